"""pylibremidi, which is for Windows, played through here with JACK."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from bridge.doors.midi.backends.libremidi import LibreMidi
from tests.unit.bridge.doors.midi.backends.test_librtmidi import check_played, play


def test_notes_clock_and_system_exclusive_messages_arrive_whole() -> None:
    pytest.importorskip("pylibremidi", reason="pylibremidi has no wheel for this system", exc_type=ImportError)
    told = play("libremidi")
    assert str(told["label"]).startswith("pylibremidi ")
    check_played(told)


def test_windows_uses_its_classic_midi_whose_port_names_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    asked: list[str] = []
    two = [types.SimpleNamespace(port_name="Launchpad", display_name=name) for name in ("Launchpad", "Launchpad 2")]
    observer = types.SimpleNamespace(poll=lambda: None, get_output_ports=lambda: two)
    opened: list[Any] = []
    port = types.SimpleNamespace(open_port=lambda there, _: opened.append(there) or "busy")
    api = types.SimpleNamespace(
        WINDOWS_MM="winmm", ALSA_SEQ=types.SimpleNamespace(value=2), JACK_MIDI=types.SimpleNamespace(value=4)
    )
    module: Any = types.SimpleNamespace(
        API=api,
        ObserverConfiguration=types.SimpleNamespace,
        OutputConfiguration=types.SimpleNamespace,
        Observer=lambda _, system: asked.append(system) or observer,
        MidiOut=lambda _, system: asked.append(system) or port,
    )
    client = LibreMidi(module).MidiOut(0, "lights")
    assert asked == ["winmm", "winmm"]
    assert client.get_ports() == ["Launchpad", "Launchpad 2"]
    with pytest.raises(OSError, match="busy"):
        client.open_port(1, "lights")
    assert opened == [two[1]]
    with pytest.raises(OSError, match="has gone"):
        client.open_port(2, "lights")
