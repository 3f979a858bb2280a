"""The .RPP beside a take: read back by the `rpp` package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rpp
from hypothesis import given
from hypothesis import strategies as st

from bridge.takes.rpp import rpp_text, write_rpp
from engine.errors import InvalidValue
from engine.music import MeterMap, TempoMap

MANIFEST: dict[str, Any] = {
    "tempo": 97.6,
    "time_signature": "7/8",
    "tempo_map": [],
    "frames": 413_115,
    "sample_rate": 48_000,
    "stems": [{"name": "drums", "file": "drums.wav", "color": "#e4572e"}, {"name": "bass", "file": "bass.wav"}],
}


def parse(manifest: dict[str, Any], title: str = "a take") -> Any:  # noqa: ANN401
    return rpp.loads(rpp_text(manifest, title))


def value(element: Any, name: str) -> list[str]:  # noqa: ANN401
    return next(list(child[1:]) for child in element if isinstance(child, list) and child[0] == name)


def test_a_take_is_a_folder_of_tracks_at_its_own_tempo() -> None:
    project = parse(MANIFEST)
    assert value(project, "TEMPO") == ["97.6", "7", "8"]
    assert value(project, "SAMPLERATE")[:2] == ["48000", "1"]
    assert project.find("TEMPOENVEX") is None
    folder, drums, bass = project.findall("TRACK")
    assert [value(track, "NAME") for track in (folder, drums, bass)] == [["a take"], ["drums"], ["bass"]]
    assert [value(track, "ISBUS") for track in (folder, drums, bass)] == [["1", "1"], ["0", "0"], ["2", "-1"]]
    assert int(value(drums, "PEAKCOL")[0]) == 0x1000000 | 0x2E57E4
    item = bass.find("ITEM")
    assert (value(item, "POSITION"), value(item, "BEAT"), value(item, "LOOP")) == (["0"], ["1"], ["0"])
    assert float(value(item, "LENGTH")[0]) == pytest.approx(413_115 / 48_000, abs=1e-12)
    assert value(item.find("SOURCE"), "FILE") == ["bass.wav"]


def test_a_tempo_map_is_an_envelope_in_seconds() -> None:
    points = [
        {"beat": 0.0, "bpm": 97.6, "ramp": False},
        {"beat": 8.0, "bpm": 120.0, "ramp": True},
        {"beat": 12.0, "bpm": 90.0, "ramp": False},
    ]
    envelope = parse({**MANIFEST, "tempo_map": points}).find("TEMPOENVEX")
    rows = [list(map(float, child[1:])) for child in envelope if child[0] == "PT"]
    seconds = [TempoMap.parse(points).seconds(float(str(point["beat"]))) for point in points]
    assert [row[0] for row in rows] == pytest.approx(seconds)
    assert [row[1:3] for row in rows] == [[97.6, 1], [120, 0], [90, 1]]
    assert [row[3] for row in rows] == [65536 * 8 + 7, 0, 0]


@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30))
def test_any_name_comes_through(name: str) -> None:
    line = " ".join(name.split())
    stems = [{"name": name, "file": "a.wav", "color": "#000000"}]
    track = parse({**MANIFEST, "stems": stems}, name).findall("TRACK")[1]
    expected = line if not all(mark in line for mark in "\"'`") else line.replace("`", "'")
    assert value(track, "NAME") == [expected]


def test_only_a_complete_take_gets_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue):
        write_rpp(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    with pytest.raises(InvalidValue, match="without format 1"):
        write_rpp(tmp_path / "manifest.json")
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


METERS = [
    {"bar": 0, "time_signature": "4/4"},
    {"bar": 2, "time_signature": "3/4"},
    {"bar": 4, "time_signature": "7/8"},
]


def test_meter_changes_are_points_of_the_envelope_at_a_constant_tempo() -> None:
    project = parse({**MANIFEST, "tempo": 120.0, "time_signature": "4/4", "meter_map": METERS})
    assert value(project, "TEMPO") == ["120", "4", "4"]
    rows = [list(map(float, child[1:])) for child in project.find("TEMPOENVEX") if child[0] == "PT"]
    assert rows == [
        [0.0, 120.0, 1.0, 65536 * 4 + 4],
        [4.0, 120.0, 1.0, 65536 * 4 + 3],
        [7.0, 120.0, 1.0, 65536 * 8 + 7],
    ]


def test_a_meter_change_inside_a_ramp_does_not_bend_it() -> None:
    """REAPER's ramps are linear in time, as the map's: both halves of a ramp lie on the same line."""
    points = [{"beat": 0.0, "bpm": 100.0, "ramp": True}, {"beat": 16.0, "bpm": 140.0, "ramp": False}]
    project = parse({**MANIFEST, "time_signature": "4/4", "tempo_map": points, "meter_map": METERS})
    rows = [list(map(float, child[1:])) for child in project.find("TEMPOENVEX") if child[0] == "PT"]
    assert [row[2:] for row in rows] == [[0, 262148], [0, 262147], [0, 524295], [1, 0]]
    tempo_map, meters = TempoMap.parse(points), MeterMap.parse(METERS)
    beats = [0, meters.beats(2), meters.beats(4), 16]
    assert [row[0] for row in rows] == pytest.approx([tempo_map.seconds(beat) for beat in beats])
    # Beats that a linear ramp between two points lasts: seconds × the mean tempo.
    for one, following, beat, next_beat in zip(rows, rows[1:], beats, beats[1:], strict=False):
        lasts = (following[0] - one[0]) * (one[1] + following[1]) / 120
        assert lasts == pytest.approx(float(next_beat - beat))
