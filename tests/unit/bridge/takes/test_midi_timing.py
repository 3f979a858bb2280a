"""Tempos, meters and key signatures as a MIDI file has them."""

from fractions import Fraction

import mido
import pytest

from bridge.takes.midi_timing import MidiGrid, key_signature, tempo_events, ticks
from engine.music import Key, Meter, TempoMap, TempoPoint

F = Fraction


def grid_events(kind: str, **fields: object) -> list[tuple[int, mido.MetaMessage]]:
    values: dict[str, object] = {
        "tempo_map": TempoMap.constant(120.0),
        "meters": [(F(0), Meter(4, 4))],
        "length_beats": F(16),
    }
    grid = MidiGrid(**values | fields)  # type: ignore[arg-type]
    return [(tick, message) for tick, message in grid.events() if message.type == kind]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("meter", "clocks"), [("4/4", 24), ("7/8", 12), ("3/1", 96), ("32/32", 3), ("5/16", 6)])
def test_every_meter_is_written(meter: str, clocks: int) -> None:
    ((tick, message),) = grid_events("time_signature", meters=[(F(0), Meter.parse(meter))])
    assert (tick, f"{message.numerator}/{message.denominator}") == (0, meter)
    assert message.clocks_per_click == clocks


def test_meters_change_where_their_bars_begin_and_none_after_the_end() -> None:
    meters = [(F(0), Meter(4, 4)), (F(8), Meter(7, 8)), (F(23, 2), Meter(3, 4)), (F(16), Meter(5, 4))]
    found = [
        (tick, str(Meter(m.numerator, m.denominator))) for tick, m in grid_events("time_signature", meters=meters)
    ]
    assert found == [(0, "4/4"), (7680, "7/8"), (11040, "3/4")]


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("E minor", "Em"), ("Bb", "Bb"), ("F# minor", "F#m"), ("Cb", "Cb"), ("C", "C"), ("Ab minor", "Abm"),
        # The other modes have the accidentals of the major key with the same notes.
        ("D dorian", "C"), ("E phrygian", "C"), ("F lydian", "C"), ("G mixolydian", "C"), ("B locrian", "C"),
        ("F# dorian", "E"), ("Eb lydian", "Bb"), ("Bb mixolydian", "Eb"), ("C# phrygian", "A"),
        # More than seven accidentals: the same keys of a piano under another name.
        ("G# major", "Ab"), ("Fb major", "E"), ("Cb minor", "Bm"), ("B# minor", "Cm"), ("A# lydian", "F"),
    ],
)  # fmt: skip
def test_every_mode_has_a_key_signature(key: str, written: str) -> None:
    assert key_signature(Key.parse(key)) == written
    ((tick, message),) = grid_events("key_signature", key=Key.parse(key))
    assert (tick, message.key) == (0, written)


def test_the_signature_has_the_notes_of_the_key() -> None:
    for letter in "CDEFGAB":
        for accidental in ("", "#", "b"):
            for mode in ("major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian"):
                key = Key(letter + accidental, mode)
                assert set(Key.parse(key_signature(key)).scale) == set(key.scale), key


def test_an_unknown_key_is_not_written() -> None:
    assert grid_events("key_signature") == []


def test_times_are_rounded_to_the_nearest_tick() -> None:
    assert [ticks(F(1, 3)), ticks(F(1, 1921)), ticks(F(7, 2))] == [320, 0, 3360]
    assert MidiGrid(TempoMap.constant(120.0), [(F(0), Meter(7, 8))], F(21, 2)).end == 10_080


def seconds_at(midi_events: list[tuple[int, int]], tick: int) -> float:
    total = 0.0
    for (start, tempo), (stop, _) in zip(midi_events, [*midi_events[1:], (tick, 0)], strict=True):
        total += max(0, min(stop, tick) - start) * tempo / 960 / 1e6
    return total


def test_a_ramp_is_never_more_than_a_millisecond_off() -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0, True), TempoPoint(16.0, 180.0)])
    found = list(tempo_events(tempo_map, 32 * 960))
    assert len(found) == 129
    for tick in range(0, 32 * 960, 60):
        exact = tempo_map.seconds(F(tick, 960))
        # Inside a step the tempo is held: at most 1 ms. At its ends only the rounding to microseconds is left, which
        # adds up where the tempo stays, a third of a microsecond per beat at 180.
        limit = 1e-3 if tick % 120 else 2e-7 if tick <= 16 * 960 else 6e-6
        assert seconds_at(found, tick) == pytest.approx(exact, abs=limit)


def test_a_ramp_that_the_take_cuts_off_ends_with_it() -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0, True), TempoPoint(16.0, 180.0)])
    found = list(tempo_events(tempo_map, 1000))
    assert [tick for tick, _ in found] == list(range(0, 1000, 120))
    assert seconds_at(found, 1000) == pytest.approx(tempo_map.seconds(F(1000, 960)), abs=1e-6)


def test_points_within_one_tick_leave_the_later_one() -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0), TempoPoint(0.0001, 90.0), TempoPoint(0.0002, 120.0)])
    assert list(tempo_events(tempo_map, 960)) == [(0, 500000)]
