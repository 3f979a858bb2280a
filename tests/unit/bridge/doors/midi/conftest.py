"""Fixtures of the tests of the MIDI door."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.doors.midi import ports as ports_module
from bridge.doors.midi.backends import choice


@pytest.fixture
def no_midi(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without ALSA's sequencer and JACK."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no such server")
    monkeypatch.setattr(ports_module.sys, "platform", "linux")
    monkeypatch.setattr(choice, "SEQUENCER", Path("no such sequencer"))
