import json
import math
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bridge
from bridge.takes.colors import STEM_COLORS
from bridge.takes.manifest import build_manifest, file_names, length_beats_of, manifest_bytes, read_manifest, title_of
from bridge.takes.take import AudioFile, Take, WrittenTake
from engine.align.measure import GridError
from engine.errors import InvalidValue
from engine.music import Key, Meter, MeterMap, MeterPoint, TempoMap, TempoPoint
from tests.helpers.paths import ROOT

MakeTake = Callable[..., Take]


CONTRACT_FIELDS = [
    "format",
    "id",
    "created",
    "engine",
    "model",
    "params",
    "tempo",
    "time_signature",
    "key",
    "tempo_map",
    "start_beat",
    "bars",
    "frames",
    "sample_rate",
    "stems",
    "mix",
    "alignment",
    "stem_sum_error_db",
    "timings",
]


def written(**fields: object) -> WrittenTake:
    values: dict[str, object] = {
        "stems": (
            AudioFile("drums", "drums.wav", "drums.mid", -3.0, -14.0, "aa"),
            AudioFile("vocals", "vocals.wav", None, -6.0, None, "bb"),
        ),
        "mix": AudioFile("mix", "mix.wav", None, -1.0, -12.0, "cc"),
        "alignment": GridError("attacks in the audio of drums", 120.0, 0.1, 0.3, -0.1, 16, "tight", 118.5),
        "stem_sum_error_db": -131.0,
    }
    return WrittenTake(**(values | fields))  # type: ignore[arg-type]


def test_the_manifest_has_all_the_contract_asks_for(make_take: MakeTake) -> None:
    take = make_take(timings={"generating": 0.5})
    manifest = build_manifest(take, written(gain_db=-2.5, notices=("quieter",)), timings={"writing": 0.1})
    assert [name for name in CONTRACT_FIELDS if name not in manifest] == []
    assert manifest == {
        "format": 1,
        "id": "ab12",
        "title": "funk",
        "created": "2026-11-21T03:42:07.000Z",
        "engine": "sketch",
        "model": "sketch-1",
        "params": {"genres": "funk", "steps": 50, "seed": 7},
        "origin": {"genres": "default", "steps": "default", "seed": "default"},
        "tempo": 120.0,
        "time_signature": "4/4",
        "key": "E minor",
        "tempo_map": [],
        "start_beat": 16.0,
        "bars": 1.0,
        "frames": 16000,
        "sample_rate": 8000,
        "stems": [
            {
                "name": "drums",
                "color": STEM_COLORS["drums"],
                "midi": "drums.mid",
                "file": "drums.wav",
                "peak_db": -3.0,
                "lufs": -14.0,
                "sha256": "aa",
            },
            {
                "name": "vocals",
                "color": STEM_COLORS["vocals"],
                "file": "vocals.wav",
                "peak_db": -6.0,
                "lufs": None,
                "sha256": "bb",
            },
        ],
        "mix": {"file": "mix.wav", "peak_db": -1.0, "lufs": -12.0, "sha256": "cc"},
        "alignment": {
            "method": "attacks in the audio of drums",
            "tempo_measured": 120.0,
            "error_ms_median": 0.1,
            "error_ms_p95": 0.3,
            "downbeat_offset_ms": -0.1,
            "onsets": 16,
            "verdict": "tight",
            "tempo_before": 118.5,
        },
        "stem_sum_error_db": -131.0,
        "timings": {"generating": 0.5, "writing": 0.1},
        "prompt": "funk",
        "notices": ["quieter"],
        "bit_depth": "24",
        "gain_db": -2.5,
        "version": bridge.__version__,
    }


def test_values_that_ran_replace_the_requested_ones(make_take: MakeTake) -> None:
    take = make_take()
    take = replace(
        take, generation=replace(take.generation, seed=9, effective_params={"steps": 8}, key=Key.parse("G"))
    )
    manifest = build_manifest(take, written())
    assert manifest["params"] == {"genres": "funk", "steps": 8, "seed": 9}
    assert manifest["key"] == "G major"


def test_an_unknown_key_is_empty(make_take: MakeTake) -> None:
    take = make_take()
    assert build_manifest(replace(take, request=replace(take.request, key=None)), written())["key"] == ""


def test_a_moving_tempo_is_written_as_its_map(make_take: MakeTake) -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 97.6, True), TempoPoint(2.0, 120.0)])
    manifest = build_manifest(make_take(tempo_map=tempo_map), written())
    assert manifest["tempo"] == 97.6
    assert TempoMap.parse(manifest["tempo_map"]) == tempo_map


def test_times_are_given_in_utc(make_take: MakeTake) -> None:
    local = datetime(2026, 11, 21, 5, 12, 7, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert build_manifest(make_take(created=local), written())["created"] == "2026-11-20T23:42:07.000Z"


def test_only_numbers_that_json_knows(make_take: MakeTake) -> None:
    params = {"a": math.nan, "b": [math.inf, np.float32(0.5)], "c": {"d": np.arange(2)}, "e": Path("x"), "f": True}
    grid = GridError("m", math.nan, -math.inf, None, 0.0, 3)
    manifest = build_manifest(make_take(params=params), written(alignment=grid))
    assert manifest["params"] == {"a": None, "b": [None, 0.5], "c": {"d": [0, 1]}, "e": "x", "f": True, "seed": 7}
    assert manifest["alignment"]["tempo_measured"] is None
    assert json.loads(manifest_bytes(manifest)) == manifest


def test_variations_are_named_when_there_are_several(make_take: MakeTake) -> None:
    paths = ["../a/manifest.json", "../b/manifest.json"]
    assert build_manifest(make_take(), written(), variations=paths)["variations"] == paths
    assert "variations" not in build_manifest(make_take(), written(), variations=paths[:1])


def valid(make_take: MakeTake) -> dict[str, Any]:
    return build_manifest(make_take(), written())


def saved(folder: Path, manifest: object) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest))
    return path


def test_a_manifest_is_read_back(tmp_path: Path, make_take: MakeTake) -> None:
    manifest = valid(make_take) | {"prompt": "ünï \ud800"}
    (tmp_path / "manifest.json").write_bytes(manifest_bytes(manifest))
    assert read_manifest(tmp_path / "manifest.json") == manifest | {"prompt": "ünï ?"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": 2}, "newer version"),
        ({"format": 0}, "without format 1"),
        ({"format": True}, "without format 1"),
        ({"stems": {}}, "wrong stems"),
        ({"frames": True}, "wrong frames"),
        ({"frames": 1.5}, "wrong frames"),
        ({"tempo": "120"}, "wrong tempo"),
        ({"stems": [{"name": "a", "file": "../a.wav"}]}, "own folder"),
        ({"stems": [{"name": "a", "file": "C:\\a.wav"}]}, "own folder"),
        ({"stems": [{"name": "a", "file": "a.wav", "midi": "/a.mid"}]}, "own folder"),
        ({"stems": [{"file": "a.wav"}]}, "without a name"),
        ({"song": {"file": "../song.mid"}}, "own folder"),
        ({"song": "song.mid"}, "own folder"),
        ({"stems": ["a.wav"]}, "own folder"),
        ({"mix": {}}, "own folder"),
    ],
)
def test_broken_manifests_are_refused(
    tmp_path: Path, make_take: MakeTake, change: dict[str, object], why: str
) -> None:
    with pytest.raises(InvalidValue, match=why):
        read_manifest(saved(tmp_path, valid(make_take) | change))


@pytest.mark.parametrize("name", [name for name in CONTRACT_FIELDS if name != "format"])
def test_a_missing_field_is_named(tmp_path: Path, make_take: MakeTake, name: str) -> None:
    manifest = valid(make_take)
    del manifest[name]
    with pytest.raises(InvalidValue, match=f"without {name}"):
        read_manifest(saved(tmp_path, manifest))


def test_a_manifest_names_every_file(make_take: MakeTake) -> None:
    silent, loud = build_manifest(make_take(), written()), build_manifest(make_take(), written(song="song.mid"))
    assert file_names(silent) == ["mix.wav", "drums.wav", "vocals.wav", "drums.mid"]
    assert loud["song"] == {"file": "song.mid"}
    assert file_names(loud) == [*file_names(silent), "song.mid"]


def test_a_manifest_of_before_titles_has_that_of_its_genres(make_take: MakeTake) -> None:
    manifest = build_manifest(make_take(given_title="My loop"), written())
    assert title_of(manifest) == "My loop"
    del manifest["title"]
    assert title_of(manifest) == "funk"
    assert title_of({**manifest, "params": {}}) == ""


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"format": NaN}', b"[" * 100_000])
def test_what_is_no_manifest_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(data)
    with pytest.raises(InvalidValue, match=r"manifest\.json"):
        read_manifest(path)


def test_a_missing_manifest_is_a_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="No such file"):
        read_manifest(tmp_path / "manifest.json")


def test_the_version_is_the_distributions() -> None:
    made_of = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert made_of["project"]["dynamic"] == ["readme", "version"]
    assert made_of["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "bridge.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", bridge.__version__)


def test_a_meter_map_stands_where_the_meter_changes_and_nowhere_else(make_take: MakeTake) -> None:
    take = make_take()
    meters = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))])
    mapped = replace(take, request=replace(take.request, meter_map=meters))
    assert "meter_map" not in build_manifest(take, written())
    assert build_manifest(mapped, written())["meter_map"] == meters.to_json()
    assert build_manifest(mapped, written())["time_signature"] == "4/4"


def test_bars_of_a_manifest_are_those_of_its_meter_map() -> None:
    changes = [{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}]
    assert length_beats_of({"bars": 6.0, "time_signature": "4/4", "meter_map": changes}) == 20
    assert length_beats_of({"bars": 6.0, "time_signature": "7/8"}) == 21
