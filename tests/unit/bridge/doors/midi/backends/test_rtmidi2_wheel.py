"""rtmidi2, which is for macOS, played through here with JACK."""

from __future__ import annotations

import types
from typing import Any

import pytest

from bridge.doors.midi.backends.rtmidi2_wheel import RtMidi2
from tests.unit.bridge.doors.midi.backends.test_librtmidi import check_played, play


def test_notes_clock_and_system_exclusive_messages_arrive_whole() -> None:
    pytest.importorskip("rtmidi2", reason="rtmidi2 has no wheel for this system")
    told = play("rtmidi2_wheel")
    assert str(told["label"]).startswith("rtmidi2 ")
    check_played(told)


def test_its_errors_become_os_errors() -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no CoreMIDI server")

    module: Any = types.SimpleNamespace(
        API_UNSPECIFIED=0, API_LINUX_ALSA=2, API_UNIX_JACK=3, MidiIn=fail, MidiOut=fail
    )
    with pytest.raises(OSError, match="no CoreMIDI server"):
        RtMidi2(module).MidiIn(0, "one")
    with pytest.raises(OSError, match="no CoreMIDI server"):
        RtMidi2(module).MidiOut(0, "one")
