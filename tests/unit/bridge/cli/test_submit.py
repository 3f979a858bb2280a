"""`stembridge submit`: a request to another companion, followed, fetched, or cancelled."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import submit
from bridge.cli.main import main
from engine.errors import EngineFailed
from engine.remote.address import RemoteAddress
from engine.remote.follow import RemoteStatus
from tests.helpers.small_take import MANIFEST, write_take

URL = "http://studio.local:9125"


class FakeRemote:
    """Another companion that finishes at once, or fails as it is told."""

    calls: list[tuple[object, ...]]
    error: BaseException | None = None

    def __init__(self, address: RemoteAddress) -> None:
        self.calls.append(("connect", address.url, address.key))

    def __enter__(self) -> FakeRemote:
        return self

    def __exit__(self, *_: object) -> None:
        self.calls.append(("close",))

    def submit(self, block: Mapping[str, object]) -> str:
        self.calls.append(("submit", dict(block)))
        return "r1"

    def wait(self, request: str, report: Callable[[RemoteStatus], None]) -> str:
        report(RemoteStatus("running", 0.5, "composing"))
        if self.error is not None:
            raise self.error
        return f"result of {request}"

    def cancel(self, request: str) -> None:
        self.calls.append(("cancel", request))


@pytest.fixture(autouse=True)
def remote(folders: object, monkeypatch: pytest.MonkeyPatch) -> type[FakeRemote]:
    monkeypatch.setattr(submit, "RemoteCompanion", FakeRemote)
    monkeypatch.setattr(FakeRemote, "calls", [], raising=False)
    monkeypatch.setattr(FakeRemote, "error", None)

    def fetch(_companion: object, result: str, out: Path) -> list[Path]:
        FakeRemote.calls.append(("fetch", result))
        return [write_take(out / "1"), write_take(out / "2")]

    monkeypatch.setattr(submit, "fetch_takes", fetch)
    return FakeRemote


@pytest.fixture
def block(tmp_path: Path) -> Path:
    path = tmp_path / "block.json"
    path.write_text('{"genres": "funk", "source_audio": "/my/mix.wav"}')
    return path


def run(block: Path, out: Path, *more: str) -> int:
    return main(["submit", "--url", URL, "--params", str(block), "--out", str(out), *more])


def test_the_takes_folders_are_printed_and_the_progress_is_a_bar(
    block: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(block, tmp_path / "out") == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(tmp_path / "out" / "1"), str(tmp_path / "out" / "2")]
    assert told.err == "\r" + "█" * 15 + "·" * 15 + "  50% composing  \n"
    assert FakeRemote.calls == [
        ("connect", URL, ""),
        ("submit", {"genres": "funk", "source_audio": "/my/mix.wav"}),
        ("fetch", "result of r1"),
        ("close",),
    ]


def test_json_is_the_first_manifest(block: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(block, tmp_path / "out", "--json") == 0
    assert json.loads(capsys.readouterr().out) == MANIFEST


def test_the_key_is_the_flags_or_the_environments(
    block: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEMBRIDGE_KEY", "sb_environment")
    run(block, tmp_path / "a")
    run(block, tmp_path / "b", "--key", "sb_flag")
    connects: list[Any] = [call for call in FakeRemote.calls if call[0] == "connect"]
    assert [key for _, _, key in connects] == ["sb_environment", "sb_flag"]


@pytest.mark.parametrize(("error", "code"), [(EngineFailed("No room there."), 1), (KeyboardInterrupt(), 130)])
def test_any_end_but_a_good_one_cancels_the_request(
    error: BaseException, code: int, block: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRemote, "error", error)
    assert run(block, tmp_path / "out") == code
    assert FakeRemote.calls[-2:] == [("cancel", "r1"), ("close",)]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "url", "named"),
    [("{", URL, "line 1"), ('{"cfg": 99}', URL, "cfg"), ("{}", "studio", "url")],
)
def test_wrong_values_are_refused_before_anything_is_sent(
    content: str, url: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "block.json").write_text(content)
    arguments = ["--url", url, "--params", str(tmp_path / "block.json"), "--out", str(tmp_path / "out")]
    assert main(["submit", *arguments]) == 2
    assert named in capsys.readouterr().err
    assert FakeRemote.calls == []
