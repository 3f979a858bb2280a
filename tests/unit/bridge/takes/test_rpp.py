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
from engine.music import TempoMap

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
