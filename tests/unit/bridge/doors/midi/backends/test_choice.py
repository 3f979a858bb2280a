"""Which library and which MIDI system is taken."""

from __future__ import annotations

import os
import socket
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from bridge.doors.midi.backends import choice
from bridge.doors.midi.backends.interface import Backend, MidiUnavailable
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.ports import Ports

LIBRARY: Any = types.SimpleNamespace(API_UNSPECIFIED=0, API_LINUX_ALSA=2, API_UNIX_JACK=3)


def loaded() -> Backend:
    return Backend("another", ("ALSA",), LIBRARY)


def missing() -> Backend:
    raise OSError("no such file")


@pytest.fixture
def no_python_rtmidi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)


def test_python_rtmidi_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.SimpleNamespace(
        __version__="1.5.8", get_compiled_api=lambda: [2], get_api_display_name=lambda _: "ALSA"
    )
    monkeypatch.setitem(sys.modules, "rtmidi", module)
    assert choice.load_backend() == Backend("python-rtmidi 1.5.8", ("ALSA",), module)  # type: ignore[arg-type]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "freebsd14"])
def test_another_module_of_that_name_is_not_taken_for_it(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", types.SimpleNamespace(RtMidiIn=object))
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(choice, "_BEHIND", {platform: (missing, loaded)})
    assert choice.load_backend().label == "another"


@pytest.mark.usefixtures("no_python_rtmidi")
@pytest.mark.parametrize(
    ("platform", "remedy"), [("linux", "install librtmidi7"), ("darwin", "rtmidi2"), ("win32", "pylibremidi")]
)
def test_a_missing_library_is_a_sentence_with_its_remedy(
    platform: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(choice, "_BEHIND", {platform: (missing,)})
    with pytest.raises(MidiUnavailable, match=remedy):
        choice.midi_api("auto")


@pytest.mark.parametrize(
    ("system", "sequencer", "jack", "api"),
    [
        ("auto", True, True, 2),
        ("auto", False, True, 3),
        ("alsa", True, True, 2),
        ("jack", True, True, 3),
        ("alsa", False, True, None),
        ("jack", True, False, None),
        ("auto", False, False, None),
    ],
)
def test_linux_has_two_systems(
    system: str, sequencer: bool, jack: bool, api: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(choice, "load_backend", loaded)
    monkeypatch.setattr(choice, "SEQUENCER", tmp_path if sequencer else tmp_path / "none")
    monkeypatch.setattr(choice, "jack_answers", lambda: jack)
    if api is None:
        with pytest.raises(MidiUnavailable, match="no JACK server" if system == "jack" else "snd-seq"):
            choice.midi_api(system)
    else:
        assert choice.midi_api(system) == (LIBRARY, api)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_have_one(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(choice, "load_backend", loaded)
    assert choice.midi_api("jack") == (LIBRARY, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="JACK's sockets lie in Linux' /dev/shm")
def test_after_a_jack_server_was_killed_nothing_is_written_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Otherwise every look, one in two seconds, brings five lines of libjack."""
    name = f"dead{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    left = Path(f"/dev/shm/jack_{name}_{os.getuid()}_0")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(left))
    try:
        ports = Ports(lambda *_: None)
        ports.rescan(MidiMap(system="jack"))
        assert ports.state == "MIDI is not available: no JACK server runs."
        ports.close()
    finally:
        left.unlink()
    assert capfd.readouterr().err == ""
