"""The meters that a MIDI file says, from files as a sequencer writes them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.midimeters import meters_of_file
from engine.music import Meter, MeterMap, MeterPoint
from engine.music.meter import DENOMINATORS


def written(signatures: Sequence[tuple[float, int, int]], ticks: int = 480) -> mido.MidiFile:
    """Return a file, saved and read again, with time signatures (beat, numerator, denominator)."""
    file, track, now = mido.MidiFile(ticks_per_beat=ticks), mido.MidiTrack(), 0
    for beat, numerator, denominator in signatures:
        at = round(beat * ticks)
        track.append(mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator, time=at - now))
        now = at
    file.tracks.append(track)
    saved = io.BytesIO()
    file.save(file=saved)
    return mido.MidiFile(file=io.BytesIO(saved.getvalue()))


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 32), st.sampled_from(DENOMINATORS)), min_size=1, max_size=5)
)
def test_a_map_that_is_written_is_read_again(steps: list[tuple[int, int, int]]) -> None:
    bar, points = 0, []
    for count, numerator, denominator in steps:
        points.append(MeterPoint(bar, Meter(numerator, denominator)))
        bar += count
    meters = MeterMap(points)
    file = written([(float(meters.beats(p.bar)), p.meter.numerator, p.meter.denominator) for p in points])
    assert meters_of_file(file) == meters


@pytest.mark.parametrize(
    ("signatures", "points"),
    [
        ([], None),
        ([(8, 3, 4)], {0: "4/4", 2: "3/4"}),  # before the first one the standard's 4/4 holds
        ([(0, 4, 4), (6, 3, 4)], {0: "4/4", 1: "2/4", 2: "3/4"}),  # in the middle of a bar
        ([(0, 3, 4), (6, 3, 4)], {0: "3/4"}),
        ([(0, 7, 8), (7, 3, 64)], {0: "7/8"}),  # no DAW has 64ths
        ([(0, 4, 4), (4.01, 3, 4)], {0: "4/4"}),  # no time signature ends there
    ],
)
def test_what_files_say(signatures: list[tuple[float, int, int]], points: dict[int, str] | None) -> None:
    found = meters_of_file(written(signatures))
    assert (found and {p.bar: str(p.meter) for p in found.points}) == points
