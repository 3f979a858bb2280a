"""`stembridge models`: one small model from a folder to its removal, and what is printed on the way."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.cli import models
from bridge.cli.main import main
from bridge.cli.models import _ByteMeter
from bridge.home.folders import Folders
from engine.hardware.device import Device
from tests.helpers.hub.tiny_separator import LABEL, NAME, WEIGHTS, save_files, write_entry

pytest.importorskip("safetensors", reason="the extra `models` is not installed")


@pytest.fixture(autouse=True)
def catalogue(folders: Folders) -> None:
    write_entry(folders.models)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return save_files(tmp_path / "source")


@pytest.fixture
def installed(folders: Folders, source: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of the installed model."""
    assert main(["models", "download", NAME, "--from", str(source), "--yes"]) == 0
    capsys.readouterr()
    return folders.models / NAME


def test_the_list_has_two_lines_a_model_and_ours_first(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    told = capsys.readouterr()
    first, second, *others = told.out.splitlines()
    assert first == f"{NAME:18}   0.0 GB  MIT        not installed"
    assert second == f"{'':18} {LABEL}; stems; tiny/demucs"
    assert len(others) > 4
    assert told.err == f"Models are kept in {folders.models}\n"


def test_a_model_that_was_begun_or_installed_says_so(
    folders: Folders, installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partial = folders.models / "htdemucs.partial"
    partial.mkdir()
    with (partial / "weights").open("wb") as file:
        file.truncate(260_000_000)
    main(["models", "list", NAME])
    assert capsys.readouterr().out.splitlines()[0].endswith("MIT        installed")
    main(["models", "list", "htdemucs"])
    assert capsys.readouterr().out.splitlines()[0].endswith(" 0.3 GB of it here")


def test_the_list_in_json(folders: Folders, installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", NAME, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["folder"] == str(folders.models)
    (model,) = document["models"]
    origin = model["installed"].pop("origin")
    assert Path(origin).name == "source"
    assert {name: model[name] for name in ("name", "label", "kind", "repository", "size_bytes", "tasks")} == {
        "name": NAME,
        "label": LABEL,
        "kind": "separator",
        "repository": "tiny/demucs",
        "size_bytes": 4_000,
        "tasks": [],
    }
    assert (model["installed"]["folder"], model["installed"]["licence"]) == (str(installed), "MIT")


def test_an_unknown_model_is_a_wrong_value(capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("list", "download", "verify"):
        assert main(["models", action, "tiny-demucz"]) == 2
        assert f"one of {NAME}" in capsys.readouterr().err


def test_a_model_from_a_folder_is_announced_and_installed(
    folders: Folders, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "download", NAME, "--from", str(source), "--yes"]) == 0
    told = capsys.readouterr()
    assert told.err == f"{LABEL} from {source}: 0.00 GB, licence MIT.\n"
    assert told.out == f"{NAME} is installed: {folders.models / NAME} (0.00 GB)\n"


def test_no_as_an_answer_fetches_nothing(
    folders: Folders, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.StringIO("n\n")
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)
    assert main(["models", "download", NAME, "--from", str(source)]) == 1
    assert capsys.readouterr().err.endswith("Go on? [y/N] stembridge: nothing was fetched.\n")
    assert not (folders.models / NAME).exists()


def test_an_interrupt_is_130_and_says_that_it_goes_on(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.models.adopt.adopt", interrupted)
    assert main(["models", "download", NAME, "--from", str(source), "--yes"]) == 130
    assert "the same command goes on from there" in capsys.readouterr().err


def test_a_download_tells_its_size_source_and_licence(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = SimpleNamespace(endpoint="https://hub.local", commit="0123456789abcdef")

    def offer(entry: object, _store: object) -> SimpleNamespace:
        return SimpleNamespace(entry=entry, remote=remote, size_bytes=3e9, missing_bytes=1e9, licence="mit")

    def download(_offered: object, _store: object, on_progress: Callable[[Any], None]) -> SimpleNamespace:
        on_progress(SimpleNamespace(done_bytes=3e9, rate=1e6))
        return SimpleNamespace(folder=folders.models / NAME, size_bytes=3_000_000_000)

    monkeypatch.setattr("engine.models.download.offer", offer)
    monkeypatch.setattr("engine.models.download.download", download)
    monkeypatch.setattr("engine.models.download.check_disk", lambda _folder, _size: None)
    assert main(["models", "download", NAME, "--yes"]) == 0
    told = capsys.readouterr()
    assert told.err == (
        f"{LABEL} from https://hub.local/tiny/demucs at 0123456789ab: 3.00 GB, 2.00 GB of it here already, "
        "licence mit.\n"
    )
    assert told.out.endswith("(3.00 GB)\n")


def test_without_a_name_the_model_for_this_machine_is_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    device = Device("cuda", "A card", 24 * 10**9, 23 * 10**9, "bfloat16")
    named: list[str] = []
    monkeypatch.setattr("engine.hardware.probe.probe_in_subprocess", lambda: device)
    monkeypatch.setattr(models, "fetch_model", lambda entry, *_: named.append(entry.name))
    assert main(["models", "download"]) == 1
    assert named[0].startswith("ace-step")
    assert len(capsys.readouterr().err.splitlines()) == 2  # the reason, and that nothing was fetched


def test_verifying_finds_damage_and_tells_the_file(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify"]) == 0
    assert capsys.readouterr().out == f"{NAME}: all files are as they should be\n"
    weights = installed / WEIGHTS
    content = weights.read_bytes()
    weights.unlink()  # it is a hard link
    weights.write_bytes(content[:-1])
    assert main(["models", "verify", NAME]) == 1
    told = capsys.readouterr()
    assert told.out == f"{NAME}: damaged\n"
    fault = f"{weights} is {len(content) - 1} bytes long instead of {len(content)}."
    assert told.err == f"stembridge: {fault}\n"
    assert main(["models", "verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"faults": {NAME: [fault]}}


def test_removing_tells_what_it_frees(installed: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "remove", NAME, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["name"] == NAME
    assert document["freed_bytes"] > 0
    assert not installed.exists()
    assert main(["models", "remove", NAME]) == 1
    assert "stembridge: " in capsys.readouterr().err


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now_s=100.0, monotonic=lambda: clock.now_s)
    monkeypatch.setattr(models, "time", clock)
    return clock


def test_a_log_gets_a_line_every_two_seconds(clock: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    meter = _ByteMeter(2_000_000_000)
    for _ in range(10):
        clock.now_s += 0.7
        meter.add(100_000_000)
    meter.show(2_000_000_000, 5e6)
    clock.now_s += 3
    meter.show(2_000_000_000, 5e6)
    meter.end()
    assert capsys.readouterr().err.splitlines() == [
        " 15% 0.30 of 2.00 GB",
        " 30% 0.60 of 2.00 GB",
        " 45% 0.90 of 2.00 GB",
        "100% 2.00 of 2.00 GB, 5.0 MB/s",
    ]


def test_on_a_terminal_one_line_is_rewritten(
    clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    meter = _ByteMeter(0)
    clock.now_s += 0.2
    meter.show(5)
    meter.end()
    assert capsys.readouterr().err == "\r100% 0.00 of 0.00 GB   \n"
