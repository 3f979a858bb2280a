"""What tags say of a take."""

from __future__ import annotations

from pathlib import Path

import pytest

import bridge
from bridge.takes.export.tags import Tags, mean_bpm, tags_of
from tests.helpers.small_take import MANIFEST
from tests.helpers.take_files import write_take

MAP = [{"beat": 0.0, "bpm": 60.0, "ramp": True}, {"beat": 8.0, "bpm": 120.0, "ramp": False}]


def test_a_stem_says_its_music_and_itself(tmp_path: Path) -> None:
    take = write_take(tmp_path / "take", title="dusty lofi", tempo=97.6)
    assert tags_of(take.data, "bass") == Tags(
        title="dusty lofi bass", comment="funk, 120 BPM (seed 7)", bpm=97.6, key="Em", date="2026-11-21"
    )
    assert tags_of(take.data, "mix").title == "dusty lofi"
    assert tags_of(take.data, "bass", "My song").title == "My song bass"
    assert tags_of(take.data, "bass").software == f"Stem Bridge {bridge.__version__}"


def test_a_take_of_before_titles_is_called_by_its_genres(tmp_path: Path) -> None:
    assert tags_of(write_take(tmp_path / "a", genres="slow blues, 80 BPM").data, "mix").title == "slow blues"
    assert tags_of({**MANIFEST}, "mix").title == "ab12cd34"


@pytest.mark.parametrize(
    ("key", "short", "mode"),
    [
        ("E minor", "Em", ""),
        ("F# minor", "F#m", ""),
        ("Bb major", "Bb", ""),
        ("D dorian", "Dm", "D dorian"),
        ("E phrygian", "Em", "E phrygian"),
        ("F lydian", "F", "F lydian"),
        ("B locrian", "Bm", "B locrian"),
        ("", "", ""),
    ],
)
def test_keys_are_as_players_read_them(tmp_path: Path, key: str, short: str, mode: str) -> None:
    tags = tags_of({**MANIFEST, "key": key}, "mix")
    assert (tags.key, tags.mode_key) == (short, mode)


def test_drums_have_no_key() -> None:
    assert [tags_of(MANIFEST, stem).key for stem in ("drums", "percussion", "bass")] == ["", "", "Em"]


def test_a_changing_tempo_is_told_by_its_mean() -> None:
    ramp = {**MANIFEST, "tempo": 60.0, "tempo_map": MAP, "bars": 2.0}
    assert mean_bpm(ramp) == pytest.approx(90.0)
    assert tags_of(ramp, "mix").exact_bpm == "90"
    assert mean_bpm(MANIFEST) == 120.0


@pytest.mark.parametrize(("bpm", "text"), [(97.6, "97.6"), (120.0, "120"), (133.3333, "133.333"), (None, "")])
def test_the_exact_tempo_has_three_decimals_at_most(bpm: float | None, text: str) -> None:
    assert Tags("a", bpm=bpm).exact_bpm == text


def test_what_was_only_aligned_has_no_seed() -> None:
    assert tags_of({**MANIFEST, "engine": "align", "prompt": "loop.wav"}, "mix").comment == "loop.wav"
    assert tags_of({**MANIFEST, "prompt": ""}, "mix").comment == "(seed 7)"


def test_the_mean_tempo_counts_the_bars_of_a_meter_map() -> None:
    tempos = [{"beat": 0, "bpm": 60, "ramp": False}, {"beat": 8, "bpm": 120, "ramp": False}]
    meters = [{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}]
    manifest = {"bars": 6.0, "time_signature": "4/4", "tempo": 60.0, "tempo_map": tempos, "meter_map": meters}
    assert mean_bpm(manifest) == 60 * 20 / (8 + 12 / 2)
