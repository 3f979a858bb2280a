"""All libraries offer what the ports use."""

from __future__ import annotations

import inspect

import pytest

from bridge.doors.midi.backends import interface, libremidi, librtmidi, rtmidi2_wheel

INPUTS = (librtmidi.CInput, rtmidi2_wheel.WheelInput, libremidi.LibreInput)
OUTPUTS = (librtmidi.COutput, rtmidi2_wheel.WheelOutput, libremidi.LibreOutput)
LIBRARIES = (librtmidi.LibRtMidi, rtmidi2_wheel.RtMidi2, libremidi.LibreMidi)


def parameters(kind: type, method: str) -> list[str]:
    return list(inspect.signature(getattr(kind, method)).parameters)


def methods(kind: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        *((kind, interface.MidiInput) for kind in INPUTS),
        *((kind, interface.MidiOutput) for kind in OUTPUTS),
        *((kind, interface.MidiLibrary) for kind in LIBRARIES),
    ],
)
def test_every_method_is_there_with_its_parameters(kind: type, wanted: type) -> None:
    assert methods(wanted)
    for method in methods(wanted):
        assert parameters(kind, method) == parameters(wanted, method), (kind, method)


def test_python_rtmidi_has_the_names_that_the_others_have() -> None:
    rtmidi = pytest.importorskip("rtmidi", reason="python-rtmidi has no wheel for this Python")
    for kind, wanted in ((rtmidi.MidiIn, interface.MidiInput), (rtmidi.MidiOut, interface.MidiOutput)):
        assert set(methods(wanted)) <= set(dir(kind))
    assert {"API_UNSPECIFIED", "API_LINUX_ALSA", "API_UNIX_JACK"} <= set(dir(rtmidi))
