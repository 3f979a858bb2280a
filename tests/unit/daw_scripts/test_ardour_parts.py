"""The parts of Ardour's scripts that work without Ardour, in Lua 5.3 as Ardour embeds it."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.music import Meter, MeterMap, MeterPoint, TempoMap
from tests.helpers.paths import ROOT
from tests.helpers.reaper_stub.session import LUAS

LIB = ROOT / "daw_scripts" / "ardour" / "lib"
LUA = LUAS["5.3"].LuaRuntime(unpack_returned_tuples=True)
LUA.execute("Temporal = {}")
LuaError = LUAS["5.3"].LuaError
SUPERCLOCKS = 282_240_000


def lua_file(name: str, folder: Path = LIB) -> Any:  # noqa: ANN401
    return LUA.globals()["dofile"](str(folder / name))


JSON, TEMPO = lua_file("json.lua"), lua_file("tempo.lua")
TEXT = lua_file("text.lua", LIB.parents[1] / "reaper" / "lib")  # installed for both DAWs
METERS = lua_file("meters.lua", LIB.parents[1] / "reaper" / "lib")
SESSION, TAKE = lua_file("session.lua")(TEMPO, METERS), lua_file("take.lua")(JSON, TEXT)


def plain(value: Any) -> Any:  # noqa: ANN401
    """Return a Lua value as a Python one; a table with keys 1, 2, … as a list."""
    if LUAS["5.3"].lua_type(value) != "table":
        return value
    keys = list(value.keys())
    if keys and all(isinstance(key, int) for key in keys):
        return [plain(value[index]) for index in range(1, len(keys) + 1)]
    return {key: plain(value[key]) for key in keys}


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
# Excluded: null, which becomes nil, and empty lists, which become empty tables; neither can be converted back.
documents = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(text, inner, min_size=1, max_size=4),
    max_leaves=12,
)


@given(document=documents, as_ascii=st.booleans(), indent=st.sampled_from([None, 2]))
def test_json_written_by_python_is_read_by_lua(document: Any, as_ascii: bool, indent: int | None) -> None:  # noqa: ANN401
    assert plain(JSON["read"](json.dumps(document, ensure_ascii=as_ascii, indent=indent))) == document


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_sentence(document: str) -> None:
    read = LUA.eval("function(read, text) local fine, why = pcall(read, text) return fine and 'fine' or why end")
    assert read(JSON["read"], document).startswith(("fine", "not JSON at"))


@pytest.mark.parametrize(
    "document", ["", "{", '{"a"}', "[1,]", '"', '"\\u12"', "nul", "1 2", "[" * 200, "-", "{1:2}"]
)
def test_text_that_is_not_json_is_refused(document: str) -> None:
    with pytest.raises(LuaError, match="not JSON"):
        JSON["read"](document)


@given(st.decimals(20, 400, places=3).map(float))
def test_a_tempo_is_read_back_as_it_was_typed(bpm: float) -> None:
    stored = SUPERCLOCKS * 60 / round(SUPERCLOCKS * 60 / bpm)  # as Ardour keeps it
    assert TEMPO["typed"](stored, SUPERCLOCKS) == bpm


def lua_map(sections: list[tuple[float, float, float]], length: float) -> TempoMap:
    rows = [LUA.table_from({"beat": beat, "bpm": bpm, "end_bpm": end}) for beat, bpm, end in sections]
    return TempoMap.parse(plain(TEMPO["map"](LUA.table_from(rows), length)))


def ramp_seconds(beats: float, bpm: float, end_bpm: float, into: float) -> float:
    """Ardour's ramp: the tempo is linear over quarter notes (its tempo.cc: log1p(…) / omega)."""
    slope = (end_bpm - bpm) / beats
    return 60.0 * math.log1p(slope * into / bpm) / slope


tempos = st.floats(40, 250)


@given(beats=st.floats(0.5, 64), bpm=tempos, end_bpm=tempos, part=st.floats(0, 1))
def test_a_ramp_over_beats_has_the_same_time_at_every_beat(
    beats: float, bpm: float, end_bpm: float, part: float
) -> None:
    assume(abs(end_bpm - bpm) > 0.01)
    one_tick = 1 / 1920
    inside = lua_map([(0.0, bpm, end_bpm)], beats)
    into = part * (beats - one_tick)
    expected = ramp_seconds(beats - one_tick, bpm, end_bpm, into)
    assert inside.seconds(into) == pytest.approx(expected, abs=1.0 / 192_000)


def test_steps_stay_steps_and_a_ramp_may_end_with_a_jump() -> None:
    steps = lua_map([(0.0, 97.6, 97.6), (7.0, 120.0, 120.0)], 14.0)
    assert steps.to_json() == [{"beat": 0, "bpm": 97.6, "ramp": False}, {"beat": 7.0, "bpm": 120.0, "ramp": False}]
    jump = lua_map([(0.0, 100.0, 140.0), (8.0, 90.0, 90.0)], 16.0)
    assert jump.bpm_at(8.0) == jump.bpm_at(15.0) == 90.0
    assert jump.bpm_at(7.999) == pytest.approx(140.0, abs=0.1)
    assert jump.seconds(16) - jump.seconds(8) == pytest.approx(60 * 8 / 90)


@pytest.mark.parametrize(
    ("metadata", "key", "genres"),
    [
        ("", "", ""),
        ("<Metadata><genre>dub &amp; bass</genre></Metadata>", "", "dub & bass"),
        ("<Metadata><comment>key: E minor</comment></Metadata>", "E minor", ""),
        ("<Metadata><comment>Key = F#m</comment><genre>funk</genre></Metadata>", "F#m", "funk"),
        ("<Metadata><description>slow, key: Bb</description><title>Nine</title></Metadata>", "Bb", ""),
        ("<Metadata><comment>key: A for all</comment></Metadata>", "A", ""),
        ("<Metadata><comment>a monkey: A</comment><title>key: Al</title></Metadata>", "", ""),
        ("<Metadata/><Other><comment>key: C</comment></Other>", "", ""),
    ],
)
def test_key_and_genre_come_from_the_session_metadata(metadata: str, key: str, genres: str) -> None:
    found = SESSION["metadata"](f"<Session>{metadata}</Session>")
    assert (found["key"], found["genres"]) == (key, genres)


TRAVELLING = "slow blues ab12 97.6bpm F#m"


def write_take(folder: Path, *, bytes_of: dict[str, int | None]) -> Path:
    """Write a manifest of 100 frames at 24 bits and files of these sizes; None leaves one out."""
    folder.mkdir()
    for name, size in bytes_of.items():
        if size is not None:
            (folder / f"{TRAVELLING} {name}.wav").write_bytes(bytes(size))
    stems = [{"name": name, "file": f"{TRAVELLING} {name}.wav", "color": "#123456"} for name in bytes_of]
    manifest = {"format": 1, "frames": 100, "sample_rate": 48000, "bit_depth": "24", "stems": stems}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder / "manifest.json"


def sentence_of(path: Path) -> str:
    """Return the error sentence of a take that cannot be read."""
    read = LUA.eval("function(read, path) local fine, why = pcall(read, path) return fine or why.sentence end")
    return str(read(TAKE["read"], str(path)))


def test_a_whole_take_is_read_with_its_stems_paths(tmp_path: Path) -> None:
    manifest = write_take(tmp_path / "take", bytes_of={"drums": 644, "bass": 644})
    found = plain(TAKE["read"](str(manifest)))
    assert [stem["path"] for stem in found["stems"]] == [
        str(tmp_path / "take" / f"{TRAVELLING} {name}.wav") for name in ("drums", "bass")
    ]


def test_a_take_with_a_missing_or_short_file_is_refused_as_a_whole(tmp_path: Path) -> None:
    manifest = write_take(tmp_path / "take", bytes_of={"drums": None, "bass": 300, "pad": 644})
    sentence = sentence_of(manifest)
    assert f"{TRAVELLING} drums.wav is missing, {TRAVELLING} bass.wav is cut short" in sentence
    assert "Nothing was brought in" in sentence


def test_a_missing_or_broken_manifest_is_refused_with_a_sentence(tmp_path: Path) -> None:
    assert "is gone" in sentence_of(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text("{")
    assert "no manifest of a take" in sentence_of(tmp_path / "manifest.json")


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 17), st.sampled_from([2, 4, 8, 16])), min_size=1, max_size=4
    ),
    st.integers(0, 40),
)
def test_the_meter_map_of_lua_is_that_of_the_product(steps: list[tuple[int, int, int]], start_eighths: int) -> None:
    """Whole bars of several meters, from a start that may lie inside one of them."""
    bar, points = 0, []
    for count, numerator, denominator in steps:
        points.append(MeterPoint(bar, Meter(numerator, denominator)))
        bar += count
    song = MeterMap(points)
    start = min(Fraction(start_eighths, 2), song.beats(bar) - Fraction(1, 4))
    first = song.position(start)[0]
    bars = []
    for number in range(first, bar):
        meter = song.meter_of_bar(number)
        bars.append(
            {
                "beat": float(song.beats(number) - start),
                "end_beat": float(song.beats(number + 1) - start),
                "numerator": meter.numerator,
                "denominator": meter.denominator,
            }
        )
    length = song.beats(bar) - start
    found = METERS["map"](LUA.table_from(bars, recursive=True), float(length))
    try:
        expected = song.from_beat(start).until(length)
    except InvalidValue:
        assert found is None
        return
    assert plain(found[0]) == expected.to_json()
    assert found[1] == pytest.approx(float(expected.bars(length)))
