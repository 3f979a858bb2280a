"""The MIDI map on disk: what is wrong is named, what the user wrote is kept."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.midi.map_format import InvalidMap, read_map
from bridge.doors.midi.messages import MidiKind
from engine.music import Meter


def test_the_whole_file_is_read() -> None:
    text = """
        inputs = ["Launch*"]
        outputs = ["Launch*"]
        virtual_port = false
        factory_map_ports = []
        system = "jack"
        quantise = "beat"
        time_signature = "7/8"
        [[binding]]
        action = "generate"
        note = 36
        channel = 10
        velocity = [20, 127]
        debounce_ms = 150
        preset = "Song sketch"
        bars = 8
        stems = ["drums", "bass"]
        quantise = "4 bars"
        [[light]]
        cc = 3
        failed = 9
    """
    read = read_map(text.encode(), "midi.toml")
    assert (read.inputs, read.quantise, read.meter) == (("Launch*",), "beat", Meter(7, 8))
    (binding,) = read.bindings
    assert (binding.kind, binding.number, binding.channel, binding.velocity) == (MidiKind.NOTE, 36, 10, (20, 127))
    assert (binding.debounce_s, binding.action.block["bars"], binding.action.quantise) == (0.15, 8, "4 bars")
    assert [read.lights[0].message(s) for s in ("idle", "failed")] == [[0xB0, 3, 0], [0xB0, 3, 9]]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("nonsense", "is not valid TOML"),
        ("speed = 1", "a setting must be one of inputs"),
        ("inputs = 'x'", "inputs must be a list of names"),
        ("quantise = 'soon'", "quantise must be one of none, beat, bar, 4 bars, not 'soon'"),
        ("[binding]\naction = 'cancel'", "[[binding]], in double brackets"),
        ("[[binding]]\nnote = 1", "action must be one of generate"),
        ("[[binding]]\naction = 'cancel'", "the message must be exactly one of note, cc"),
        ("[[binding]]\naction = 'cancel'\nnote = 1\ncc = 2", "not 'note, cc'"),
        ("[[binding]]\naction = 'cancel'\nnote = 128", "note must be an integer, 0–127, not 128"),
        ("[[binding]]\naction = 'cancel'\nnote = 1\nbars = 4", "bars must be left out with the action cancel"),
        ("[[binding]]\naction = 'cancel'\nnote = 1\ncolour = 4", "a binding's key must be one of action"),
        ("[[binding]]\naction = 'generate'\nnote = 1\nbars = -4", "bars must be"),
        ("[[binding]]\naction = 'set'\ncc = 1", "parameter must be one of lyrics_strength"),
        ("[[binding]]\naction = 'set'\ncc = 1\nparameter = 'cfg'\nrange = [0, 3]", "cfg must be"),
        ("[[binding]]\naction = 'cancel'\ncc = 1\nvelocity = [1, 2]", "a condition of notes alone"),
        ("[[binding]]\naction = 'cancel'\nbend = 0", "bend must be a share of the wheel's way"),
        ("[[binding]]\naction = 'cancel'\nmmc = 'dance'", "mmc must be one of stop, play"),
        ("[[light]]\nnote = 1\ncc = 2", "a note or a cc"),
    ],
)
def test_a_fault_is_named_with_what_is_allowed(text: str, fault: str) -> None:
    with pytest.raises(InvalidMap) as raised:
        read_map(text.encode(), "midi.toml")
    assert fault in str(raised.value)
    assert str(raised.value).startswith("midi.toml")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_map_or_a_sentence(content: bytes) -> None:
    with contextlib.suppress(InvalidMap):
        read_map(content, "midi.toml")
