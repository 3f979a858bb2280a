"""What a saved Live set says, and what is no set."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.request.live_set import document, newest_set, read_set
from bridge.request.live_set.curve import TempoCurve
from engine.errors import InvalidValue
from engine.music import Key, Meter
from tests.helpers.ableton.als_files import START, als_xml, write_als


@pytest.mark.parametrize("major", [9, 10, 11, 12])
def test_tempo_meter_and_key_of_every_live(tmp_path: Path, major: int) -> None:
    has_switch = major >= 11
    saved = read_set(
        write_als(
            tmp_path / "a.als",
            major=major,
            tempo=97.6,
            meter=204 + 99,
            root=2,
            scale=2 if major >= 12 else "Dorian",
            in_key=True if has_switch else None,
        )
    )
    assert saved.tempo_map(0.0).points[0].bpm == 97.6
    assert saved.tempo_map(0.0).is_constant
    assert saved.meter(0.0) == Meter(7, 8)
    assert saved.key == (Key.parse("D dorian") if has_switch else None)


@pytest.mark.parametrize(("scale", "in_key"), [(1, False), (7, True), ("Whole Tone", True), ("", True)])
def test_a_scale_that_is_off_or_no_key_is_none(tmp_path: Path, scale: object, in_key: bool) -> None:
    assert read_set(write_als(tmp_path / "a.als", scale=scale, in_key=in_key)).key is None


def test_changes_of_meter_hold_from_their_beat_on(tmp_path: Path) -> None:
    saved = read_set(write_als(tmp_path / "a.als", meter_events=[(START, 201), (16, 200), (28, 302)]))
    assert [str(saved.meter(beat)) for beat in (0, 15.9, 16, 27, 28, 1000)] == [
        "4/4",
        "4/4",
        "3/4",
        "3/4",
        "6/8",
        "6/8",
    ]


def test_automated_tempo_is_a_line_over_beats(tmp_path: Path) -> None:
    events = [(START, 60), (4, 60), (8, 120), (12, 200), (12, 90)]
    saved = read_set(write_als(tmp_path / "a.als", tempo=120, tempo_events=events))
    tempo_map = saved.tempo_map(0.0)
    # 60 dx / (a + b x) integrated: 60 ln(end / start) / b seconds for b BPM per beat.
    expected = 4.0 + 60 * math.log(2) / 15 + 60 * math.log(200 / 120) / 20
    assert tempo_map.seconds(12.0) == pytest.approx(expected, abs=1e-4)
    assert tempo_map.bpm_at(6.0) == pytest.approx(90.0, rel=0.001)
    assert tempo_map.bpm_at(12.0) == 90.0
    later = saved.tempo_map(6.0)
    assert later.points[0].bpm == 90.0
    assert later.seconds(6.0) == pytest.approx(tempo_map.seconds(12.0) - tempo_map.seconds(6.0), abs=1e-4)
    assert saved.tempo_map(50.0).points[0].bpm == 90.0


@given(
    points=st.lists(st.tuples(st.integers(0, 64), st.floats(20, 400)), min_size=1, max_size=8),
    beat=st.floats(0, 80),
)
def test_every_curve_is_a_map_that_starts_where_it_was_asked_for(
    points: list[tuple[int, float]], beat: float
) -> None:
    curve = TempoCurve(tuple((float(at), bpm) for at, bpm in sorted(points, key=lambda point: point[0])))
    tempo_map = curve.map_from(beat)
    assert tempo_map.points[0].bpm == pytest.approx(curve.bpm_at(beat))
    assert all(first.bpm / second.bpm < 1.0101 for first, second in pairwise(tempo_map.points) if first.ramp)


def test_a_tempo_that_music_cannot_have_is_named(tmp_path: Path) -> None:
    saved = read_set(write_als(tmp_path / "a.als", tempo=999))
    with pytest.raises(InvalidValue, match="tempo automation must be 20–400"):
        saved.tempo_map(0.0)


def packed(text: str) -> bytes:
    """Return what Live would write; without the time of day, so that every process collects the same tests."""
    return gzip.compress(text.encode(), mtime=0)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no Live set"),
        (b"JUNK", "no Live set"),
        (packed(als_xml())[:-40], "cut short"),
        (packed("<Ableton><LiveSet></LiveSet></Ableton>"), "no main track"),
        (packed("<Ableton><LiveSet><MainTrack></LiveSet></Ableton>"), "XML is broken"),
        (packed("<Ableton><LiveSet><MainTrack></MainTrack></LiveSet></Ableton>"), "no tempo in it"),
        (packed(als_xml().replace('"108"', '"fast"')), "must be a number"),
        (packed(als_xml(meter=5000)), "time signature"),
    ],
)
def test_what_is_no_set_is_refused_in_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "a.als"
    path.write_bytes(content)
    with pytest.raises(InvalidValue, match=why):
        read_set(path)


@given(content=st.binary(max_size=200))
def test_no_file_does_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("als") / "a.als"
    path.write_bytes(content)
    with pytest.raises(InvalidValue):
        read_set(path)


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 20_000_000)
    monkeypatch.setattr(document, "MAX_REST_BYTES", 5_000_000)
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(b"<Ableton><LiveSet>" + b" " * 30_000_000) + packer.flush()
    (tmp_path / "a.als").write_bytes(packed)
    with pytest.raises(InvalidValue, match="larger than 20 MB unpacked"):
        read_set(tmp_path / "a.als")
    (tmp_path / "b.als").write_bytes(gzip.compress(b"<MainTrack " + b" " * 10_000_000))
    with pytest.raises(InvalidValue, match="more than 5 MB follow its tracks"):
        read_set(tmp_path / "b.als")


def test_a_main_track_across_two_pieces_is_found(tmp_path: Path) -> None:
    for spare in range(20):
        tracks = " " * ((1 << 20) - 120 - spare)
        assert read_set(write_als(tmp_path / f"{spare}.als", tracks=tracks)).meter(0.0) == Meter(4, 4)


def test_the_set_saved_last_counts(tmp_path: Path) -> None:
    assert newest_set(tmp_path) is None
    assert newest_set(tmp_path / "nothing") is None
    for seconds, name in ((1, "new.als"), (2, "newer.ALS"), (3, "Backup/newest.als"), (4, ".hidden.als")):
        os.utime(write_als(tmp_path / name, tempo=100 + seconds), (seconds, seconds))
    saved = newest_set(tmp_path)
    assert saved is not None
    assert saved.path.name == "newer.ALS"
    write_als(saved.path, tempo=150)
    again = newest_set(tmp_path)
    assert again is not None
    assert again.tempo.bpm_at(0) == 150
