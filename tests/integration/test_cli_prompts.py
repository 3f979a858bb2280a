"""`stembridge generate` with unusual prompts, meters and lengths: music with a notice, or a refusal."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import pytest

from tests.helpers.command_here import refusal, run_generate
from tests.helpers.take_ears import check_complete, frames_of, take_at

CHEAP = ("--tempo", "240", "--sample-rate", "8000", "--stems", "drums,bass", "--seed", "1")
WORDS_600 = " ".join([*(a + b for a, b in product(ascii_lowercase, repeat=2))][:599]) + " techno"


@pytest.mark.parametrize(
    ("genres", "told"),
    [
        ("calm aggressive house, happy, dark", '"calm" and "aggressive" contradict each other: "calm" was taken.'),
        ("house without drums, instrumental with female vocals", "Nobody sings or raps"),
        (WORDS_600, " more words"),
        ("🎷🔥🎺", "No style was named, so the sketch engine plays lofi"),
        ("🎸 punk 🤘🏽", ""),
        ("Ünïcödé ツ funk", '"ünïcödé"'),
        (", ; --- !!!", "No style was named"),
        ("house, jazz, polka, metal, ska", "only house and jazz were used"),
    ],
)
def test_any_prompt_makes_music_and_reports_how_it_was_read(tmp_path: Path, genres: str, told: str) -> None:
    document = run_generate(tmp_path, f"--genres={genres}", "--bars", "1", *CHEAP, "--out", str(tmp_path / "out"))
    check_complete(take_at(Path(document["manifest"])))
    notices = " ".join(document["notices"])
    assert told.casefold() in notices.casefold()
    assert all(len(notice) < 500 for notice in document["notices"])


def test_an_empty_prompt_takes_its_genres_from_the_tempo_and_key(tmp_path: Path) -> None:
    document = run_generate(tmp_path, "--genres", "", "--bars", "1", *CHEAP, "--out", str(tmp_path / "out"))
    assert document["params"]["genres"]
    assert any("tempo/key map" in notice for notice in document["notices"])


def test_a_prompt_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    line = refusal(tmp_path, "generate", "--genres", "techno " * 600, "--out", str(tmp_path / "out"))
    assert "genres" in line
    assert "2,000 characters" in line
    assert len(line) < 500


@pytest.mark.parametrize("meter", ["0/4", "4/0", "4/3", "33/4", "-3/4", "4", "4/4/4", "x/4", "3.5/4", "4/64"])
def test_an_invalid_meter_is_refused(tmp_path: Path, meter: str) -> None:
    arguments = ("--genres", "funk", f"--time-signature={meter}", "--out", str(tmp_path / "out"))
    assert meter in refusal(tmp_path, "generate", *arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("meter", "bars", "beats"),
    [
        ("31/32", "1", Fraction(31, 8)),
        ("1/1", "1", Fraction(4)),
        ("32/1", "1/8", Fraction(16)),
        ("4/4", "0.5", Fraction(2)),
    ],
)
def test_strange_meters_and_broken_bars_are_played_to_the_frame(
    tmp_path: Path, meter: str, bars: str, beats: Fraction
) -> None:
    length = str(float(Fraction(bars)))
    out = ("--out", str(tmp_path / "out"))
    document = run_generate(tmp_path, "--genres", "techno", "--time-signature", meter, "--bars", length, *CHEAP, *out)
    assert document["frames"] == frames_of(beats, "240", 8_000)
    check_complete(take_at(Path(document["manifest"])))


@pytest.mark.slow
def test_2000_bars_are_made(tmp_path: Path) -> None:
    arguments = ("--genres", "trance", "--time-signature", "1/4", "--bars", "2000", "--tempo", "400")
    document = run_generate(tmp_path, *arguments, *CHEAP[2:], "--out", str(tmp_path / "out"))
    assert document["frames"] == frames_of(Fraction(2000), "400", 8_000)


@pytest.mark.parametrize(("bars", "named"), [("2000", "600"), ("0", "bars"), ("-0.5", "bars"), ("1e9", "bars")])
def test_lengths_out_of_range_are_refused(tmp_path: Path, bars: str, named: str) -> None:
    arguments = ("--genres", "funk", "--tempo", "120", f"--bars={bars}", "--out", str(tmp_path / "out"))
    assert named in refusal(tmp_path, "generate", *arguments)
