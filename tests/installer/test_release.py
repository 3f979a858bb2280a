"""The release: its page, its hashes, and what must not go out."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import package_page
import pytest
import release

from bridge import __version__

V = __version__
NAMES = (
    f"StemBridge-{V}-windows-x86_64.exe",
    f"StemBridge-{V}-macos-arm64.dmg",
    f"stembridge-{V}-linux-x86_64.tar.gz",
    f"stembridge-{V}-py3-none-any.whl",
    f"stembridge-{V}.tar.gz",
)
CHANGELOG = f"""# Changelog

## 9.9.9 (unreleased)

- Later.

## {V} (2026-12-01)

- One.
- $two.

## 0.0.9 (2026-01-01)
- Old.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a release, in a checkout whose changelog has a date for it."""
    dist = tmp_path / "dist"
    dist.mkdir()
    for name in NAMES:
        (dist / name).write_bytes(name.encode() * 100_000)
    (tmp_path / "installer").mkdir()
    template = (release.ROOT / "installer" / release.PAGE).read_text(encoding="utf-8")
    (tmp_path / "installer" / release.PAGE).write_text(template, encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    return dist


def refusal(folder: Path, capsys: pytest.CaptureFixture[str], **environ: str) -> str:
    assert release.main([str(folder)], environ) == 1
    assert not (folder / release.SUMS).exists()
    return capsys.readouterr().err


def test_the_page_has_the_changes_and_every_file_with_its_size_and_hash(folder: Path) -> None:
    for _ in range(2):  # the files that it writes are no downloads
        assert release.main([str(folder)], {}) == 0
    page = (folder / release.PAGE).read_text(encoding="utf-8")
    address = package_page.project_address()
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert [row.split(" | ")[0] for row in rows] == [
        "| Windows 10 and 11",
        "| macOS 12 or newer",
        "| Linux",
        "| your own Python 3.11 or newer",
        "| source",
    ]
    digest = hashlib.sha256((folder / NAMES[0]).read_bytes()).hexdigest()
    file = f"[{NAMES[0]}]({address}/releases/download/v{V}/{NAMES[0]})"
    size_mb = len(NAMES[0]) / 10
    assert rows[0] == f"| Windows 10 and 11 | {file} | {size_mb:.1f} MB | `{digest}` |"
    assert page.endswith(f"## What is new in {V}\n\n- One.\n- $two.\n")
    sums = (folder / release.SUMS).read_text(encoding="utf-8")
    assert f"{digest}  {NAMES[0]}\n" in sums
    assert [line.split("  ")[1] for line in sums.splitlines()] == sorted(NAMES)


def test_files_too_many_or_too_few_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = folder / "stembridge-0.0.1-linux-x86_64.tar.gz"
    stranger.touch()
    assert refusal(folder, capsys) == f"release: {stranger.name} is no file of version {V}.\n"
    twin = stranger.rename(folder / f"stembridge-{V}-linux-aarch64.tar.gz")
    assert "two files for Linux" in refusal(folder, capsys)
    twin.unlink()
    (folder / NAMES[1]).unlink()
    assert refusal(folder, capsys) == f"release: {folder} has no file for macOS 12 or newer.\n"


def test_a_version_without_a_date_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for heading, said in ((f"## {V} (unreleased)", "does not date"), ("## 7.7.7 (2026-01-01)", "has no section")):
        (folder.parent / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n\n- One.\n", encoding="utf-8")
        assert said in refusal(folder, capsys)


def test_another_repository_or_tag_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(folder, capsys, GITHUB_REPOSITORY="some/fork")
    assert "this is https://github.com/some/fork, but pyproject.toml calls" in said
    own = package_page.project_address().removeprefix("https://github.com/")
    assert "the tag is v9.0" in refusal(folder, capsys, GITHUB_REPOSITORY=own, GITHUB_REF_NAME="v9.0")
    assert release.main([str(folder)], {"GITHUB_REPOSITORY": own, "GITHUB_REF_NAME": f"v{V}"}) == 0


def test_the_draft_gets_all_files_and_the_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda words, **_: commands.append(words))
    assert release.main([str(folder), "--publish"], {}) == 0
    (words,) = commands
    assert words[:6] == ["gh", "release", "create", f"v{V}", "--draft", "--verify-tag"]
    assert words[words.index("--notes-file") + 1] == str(folder / release.PAGE)
    assert {Path(word).name for word in words[words.index("--notes-file") + 2 :]} == {*NAMES, release.SUMS}
