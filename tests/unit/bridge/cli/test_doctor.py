"""`stembridge doctor`: what it finds on machines in all sorts of states."""

from __future__ import annotations

import json
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge import __version__
from bridge.cli import doctor
from bridge.cli.doctor import Finding
from bridge.cli.main import main
from bridge.home.folders import Folders
from bridge.home.running_companion import RunningCompanion
from bridge.settings import SettingsFile
from bridge.upkeep.updates import Outdated
from engine.errors import EngineUnavailable
from engine.hardware.device import Device
from tests.helpers.hub.tiny_separator import NAME, WEIGHTS, save_files, write_entry

CARD = Device("cuda", "A card", 24 * 10**9, 23 * 10**9, "bfloat16")


@pytest.fixture(autouse=True)
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that is known at once: asking torch for one takes seconds."""
    monkeypatch.setattr(doctor, "probe_in_subprocess", lambda: CARD)


def test_a_library_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "soundfile", None)
    assert main(["doctor", "--json"]) == 1
    findings = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["libraries"]["status"] == "bad"
    assert "soundfile" in findings["libraries"]["detail"]


@pytest.mark.parametrize("told", ["", "{", "[]", '{"osc_port": 1}', '{"osc_port": "x", "http_port": 1, "pid": 1}'])
def test_a_broken_companion_file_misleads_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, told: str
) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "companion.json").write_text(told)
    assert main(["doctor"]) == 0
    assert "none is running" in capsys.readouterr().out


@pytest.mark.parametrize("port", [1, 10**6, -1])
def test_the_file_of_a_killed_companion_is_recognised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, port: int
) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "companion.json").write_text(json.dumps({"pid": 1, "osc_port": port, "http_port": port}))
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "none is running" in told
    assert "killed" in told


OK, NOTE, BAD = Finding("Python", "ok", "3.11"), Finding("MIDI", "note", "none"), Finding("libraries", "bad", "scipy")


@pytest.mark.parametrize(("findings", "code"), [([], 0), ([OK, NOTE], 0), ([OK, BAD, NOTE], 1)])
def test_only_what_is_bad_makes_the_exit_code_1(
    findings: list[Finding], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_CHECKS", (lambda _: findings[:1], lambda _: findings[1:]))
    assert main(["doctor"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{one.status:5} {one.what:14} {one.detail}" for one in findings]
    assert main(["doctor", "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == __version__
    assert [tuple(one.values()) for one in document["findings"]] == [
        (one.what, one.status, one.detail) for one in findings
    ]


def test_a_remote_companion_is_asked_only_where_one_is_set(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._remote(folders) == []
    monkeypatch.setenv("STEMBRIDGE_REMOTE_URL", "http://127.0.0.1:1")
    (found,) = doctor._remote(folders)
    assert (found.what, found.status) == ("remote", "note")
    health = {"unfinished_jobs": 2, "version": "1.0", "engine": "sketch"}
    monkeypatch.setattr("engine.remote.client.RemoteCompanion.health", lambda _: health)
    assert doctor._remote(folders) == [
        Finding("remote", "ok", "http://127.0.0.1:1: version 1.0, sketch, 2 jobs there")
    ]


DISK = namedtuple("DISK", "total used free")


@pytest.mark.parametrize(
    ("free_gb", "writable", "status", "words"),
    [
        (5.0, True, "ok", "5.0 GB free"),
        (0.9, True, "note", "0.9 GB free"),
        (5.0, False, "bad", "5.0 GB free, not writable"),
    ],
)
def test_folders_need_room_and_the_right_to_write(
    free_gb: float, writable: bool, status: str, words: str, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: DISK(0, 0, free_gb * 1e9))
    monkeypatch.setattr(doctor, "_can_write", lambda _: writable)
    assert doctor._own_folders(folders) == [
        Finding("data folder", status, f"{folders.data} ({words})"),
        Finding("config folder", status, f"{folders.config} ({words})"),
    ]


def test_writing_is_tried_and_leaves_nothing(tmp_path: Path) -> None:
    assert doctor._can_write(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not doctor._can_write(tmp_path / "none")


def test_broken_files_of_the_user_are_notes(folders: Folders) -> None:
    assert doctor._user_files(folders) == [Finding("genre map", "ok", str(folders.genre_map))]
    folders.presets.mkdir(parents=True)
    folders.genre_map.write_text("[[rule]]\ntempo = [1, 2]\n")
    (folders.presets / "mine.json").write_text("{")
    genre_map, preset = doctor._user_files(folders)
    assert (genre_map.what, genre_map.status) == ("genre map", "note")
    assert (preset.what, preset.status, "mine.json" in preset.detail) == ("preset", "note", True)


@pytest.mark.parametrize(
    ("is_on", "installed", "problem", "expected"),
    [
        (False, False, "", []),
        (False, True, "", [("ok", "installed; the setting link turns it on")]),
        (True, True, "", [("ok", "on: pads read it where no MIDI clock is heard")]),
        (True, False, "not installed", [("note", "the setting link is on; not installed")]),
        (False, True, "does not load", [("note", "does not load")]),
    ],
)
def test_link_is_told_where_it_is_on_or_installed(
    is_on: bool,
    installed: bool,
    problem: str,
    expected: list[tuple[str, str]],
    folders: Folders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    SettingsFile(folders.settings).set("link", is_on)
    monkeypatch.setattr(doctor, "is_installed", lambda: installed)
    monkeypatch.setattr(doctor, "obstacle", lambda: problem)
    assert [(one.status, one.detail) for one in doctor._link(folders)] == expected


def test_a_running_companion_is_told_with_its_ports(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_companion", lambda _: RunningCompanion(42, 9124, 9125))
    assert doctor._companion(folders) == [
        Finding("companion", "ok", f"OSC 9124, HTTP 9125, process 42 ({folders.companion_file})")
    ]


def test_what_is_outdated_is_told_with_the_command_that_helps(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "find_outdated", lambda _: [Outdated("x", "0.9", "x is old.", lambda _: None)])
    assert doctor._outdated(folders) == [
        Finding("update", "note", "x is old. `stembridge update` brings it up to date")
    ]


def test_an_engine_environment_is_told_only_where_one_was_begun(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor._environment(folders) == []
    folders.engine.mkdir(parents=True)
    state = SimpleNamespace(to_do="repair", sentence="Files are missing.")
    monkeypatch.setattr(doctor, "look_at", lambda _place, _hardware: state)
    monkeypatch.setattr(doctor, "detect_hardware", lambda: None)
    assert doctor._environment(folders) == [
        Finding("environment", "note", "Files are missing. This helps: stembridge engine repair")
    ]
    state.to_do, state.sentence = "", "Ready."
    assert doctor._environment(folders) == [Finding("environment", "ok", "Ready.")]


def test_without_the_engines_libraries_no_device_is_asked(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "missing_packages", lambda: ("torch",))
    assert doctor._models(folders) == []


def test_the_model_to_download_is_told_where_none_is_installed(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "missing_packages", tuple)
    device, model = doctor._models(folders)
    assert device == Finding("device", "ok", str(CARD))
    assert (model.what, model.status) == ("model", "note")
    assert "none is installed; for this device ace-step" in model.detail
    assert "stembridge models download ace-step" in model.detail

    def no_answer() -> Device:
        raise EngineUnavailable("torch does not start.")

    monkeypatch.setattr(doctor, "probe_in_subprocess", no_answer)
    assert doctor._models(folders) == [Finding("device", "note", "torch does not start.")]


def test_a_model_whose_files_have_another_size_is_bad(folders: Folders) -> None:
    pytest.importorskip("safetensors", reason="the extra `models` is not installed")
    write_entry(folders.models)
    assert main(["models", "download", NAME, "--from", str(save_files(folders.data / "source")), "--yes"]) == 0
    assert doctor._damaged(folders) == []
    (folders.models / NAME / WEIGHTS).unlink()
    (found,) = doctor._damaged(folders)
    assert (found.what, found.status) == ("model", "bad")
    assert found.detail.endswith(f"{WEIGHTS} is missing. Fetch it again: stembridge models download {NAME}")
