"""The script that builds sdist and wheel, and what the sdist has to contain."""

from __future__ import annotations

import subprocess
import tarfile
import tomllib
from pathlib import Path

import package
import pytest

from bridge import __version__
from tests.helpers.paths import ROOT


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The recorded commands of the script; the one that builds leaves its two files in `tmp_path`."""
    done: list[list[str]] = []

    def run(*command: object) -> None:
        words = [str(part) for part in command]
        done.append(words)
        if "build" in words:
            for name in (f"stembridge-{__version__}.tar.gz", f"stembridge-{__version__}-py3-none-any.whl"):
                (tmp_path / name).touch()

    monkeypatch.setattr(package, "_run", run)
    monkeypatch.setattr(package, "DIST", tmp_path)
    monkeypatch.setattr(package, "PYTHON", tmp_path / "venv" / "bin" / "python")
    return done


def test_what_is_built_is_checked_and_older_files_go(commands: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "stembridge-0.0.1.tar.gz").touch()
    bundle = tmp_path / f"stembridge-{__version__}-linux-x86_64.tar.gz"
    bundle.touch()
    assert package.main() == 0
    assert [words[1:4] for words in commands[3:]] == [
        ["-m", "twine", "check"],
        ["-m", "check_wheel_contents", str(tmp_path / f"stembridge-{__version__}-py3-none-any.whl")],
    ]
    assert str(bundle) not in commands[3]
    assert bundle.exists()
    assert not (tmp_path / "stembridge-0.0.1.tar.gz").exists()


def test_a_failed_step_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise subprocess.CalledProcessError(4, ["pip", "install"])

    monkeypatch.setattr(package, "make_environment", fail)
    assert package.main() == 1
    assert capsys.readouterr().err == "package: exit code 4 of pip install\n"


@pytest.mark.slow
def test_the_sdist_has_everything_and_the_page_is_in_its_metadata(tmp_path: Path) -> None:
    """Built by the backend itself from a copy, as `python -m build` does it."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("this is no clone")
    names = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    copy = tmp_path / "copy"
    for name in names:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())
    script = "from setuptools.build_meta import build_sdist; print(build_sdist('..'))"
    built = subprocess.run(
        [package.sys.executable, "-c", script], cwd=copy, capture_output=True, text=True, check=True
    )
    with tarfile.open(tmp_path / built.stdout.split()[-1]) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
        information = archive.extractfile(f"stembridge-{__version__}/PKG-INFO")
        assert information is not None
        metadata = information.read().decode()
    assert set(names) - inside - {".gitignore"} == set()
    assert (
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Homepage"]
        in metadata
    )
    assert "](docs/" not in metadata
