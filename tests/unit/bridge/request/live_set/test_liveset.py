"""Tempo, meter and key of saved Live sets, and files that are no set."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.request.live_set import read_set
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


def test_a_tempo_that_music_cannot_have_is_named(tmp_path: Path) -> None:
    saved = read_set(write_als(tmp_path / "a.als", tempo=999))
    with pytest.raises(InvalidValue, match="tempo automation must be 20–400"):
        saved.tempo_map(0.0)


def packed(text: str) -> bytes:
    """Return a set as Live compresses it; without a time stamp, so that every process collects the same tests."""
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
def test_a_file_that_is_no_set_is_refused_in_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
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
