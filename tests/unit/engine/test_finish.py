"""Splitting an engine's result into stems and aligning it to the grid, up to the audio of a take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from engine.contract import Generation, GenerationRequest, Stem
from engine.errors import Cancelled, EngineFailed, EngineUnavailable, ModelFault
from engine.finish import align, details, split
from engine.music import Meter, TempoMap

RATE = 8_000
REQUEST = GenerationRequest("funk", None, Meter(4, 4), TempoMap.constant(120.0), Fraction(8), RATE, 1)
MIX = np.random.default_rng(0).uniform(-0.5, 0.5, (REQUEST.frames, 2)).astype(np.float32)
RESULT = Generation((), MIX, 1, None, "a model", on_grid=False, notices=("Slow.",))


class SixStems:
    """A separator of six stems, each a sixth of the mix times its number."""

    NAMES = ("drums", "bass", "vocals", "other", "guitar", "piano")

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.asked = error, set[str]()

    def best(self, sources: Collection[str]) -> str:
        self.asked = set(sources)
        return "six" if sources else "four"

    def separate(self, mix: np.ndarray, rate: int, report: object, model: str) -> SimpleNamespace:
        if self.error:
            raise self.error
        names = self.NAMES if model == "six" else self.NAMES[:4]
        return SimpleNamespace(stems={n: mix * (i + 1) for i, n in enumerate(names)}, notices=("Split.",))


def report(fraction: float) -> None:
    assert 0 <= fraction <= 1


def test_a_result_with_stems_is_not_split() -> None:
    result = replace(RESULT, stems=(Stem("bass", MIX),))
    assert split(result, REQUEST, SixStems(AssertionError()), report) is result


def test_without_a_request_all_stems_of_the_separator_come() -> None:
    made = split(RESULT, REQUEST, SixStems(), report)
    assert [(stem.name, stem.is_drums) for stem in made.stems] == [
        ("drums", True), ("bass", False), ("vocals", False), ("other", False),
    ]  # fmt: skip
    assert made.notices == ("Slow.", "Split.")
    assert made.mix is MIX


def test_requested_stems_come_in_their_order_and_the_rest_as_other() -> None:
    made = split(RESULT, replace(REQUEST, stems=("bass", "drums")), SixStems(), report)
    assert [stem.name for stem in made.stems] == ["bass", "drums", "other"]
    assert np.array_equal(made.stems[0].audio, 2 * MIX)
    assert np.allclose(made.stems[2].audio, (3 + 4) * MIX)


def test_ace_steps_keyboard_is_the_separators_piano() -> None:
    separator = SixStems()
    made = split(RESULT, replace(REQUEST, stems=("keyboard", "other")), separator, report)
    assert separator.asked == {"piano"}
    assert [stem.name for stem in made.stems] == ["keyboard", "other"]
    assert np.array_equal(made.stems[0].audio, 6 * MIX)
    assert np.allclose(made.stems[1].audio, (1 + 2 + 3 + 4 + 5) * MIX)


def test_stems_that_the_separator_lacks_are_in_other_and_said() -> None:
    made = split(RESULT, replace(REQUEST, stems=("drums", "strings", "brass")), SixStems(), report)
    assert [stem.name for stem in made.stems] == ["drums", "other"]
    assert made.notices[-1] == "The separator has no stem strings and no brass: that is in “other”."


@pytest.mark.parametrize("kind", [EngineUnavailable, ModelFault, EngineFailed])
def test_a_mix_that_cannot_be_split_is_the_only_stem(kind: type[Exception]) -> None:
    made = split(RESULT, REQUEST, SixStems(kind("No model.")), report)
    assert [stem.name for stem in made.stems] == ["music"]
    assert made.stems[0].audio is MIX
    assert made.notices == ("Slow.", "The take is one stem, for it could not be split. No model.")


def test_a_cancellation_is_let_through() -> None:
    with pytest.raises(Cancelled):
        split(RESULT, REQUEST, SixStems(Cancelled()), report)


def test_what_is_on_the_grid_passes_sample_for_sample() -> None:
    result = replace(RESULT, stems=(Stem("bass", MIX),), on_grid=True, alignment={"method": "given"})
    aligned = align(result, REQUEST, report)
    assert aligned.generation is result
    assert aligned.request is REQUEST
    assert aligned.error is None
    assert aligned.details == {"method": "given"}


def test_a_task_on_a_source_is_as_long_as_the_source() -> None:
    longer = np.concatenate([MIX, MIX[: RATE // 4]])
    aligned = align(replace(RESULT, mix=longer, on_grid=True), REQUEST, report)
    assert aligned.request.length_beats == Fraction(17, 2)
    assert aligned.request.frames == len(longer)


def clicks(bpm: float, seconds: float) -> np.ndarray:
    """Return noise bursts on every beat, the first of four louder."""
    rate = 22_050
    audio = np.zeros((round(seconds * rate), 2), np.float32)
    burst = np.random.default_rng(3).uniform(-1, 1, 900) * np.exp(-np.arange(900) / 150)
    for beat in range(int(seconds * bpm / 60)):
        start = round(beat * 60 / bpm * rate)
        audio[start : start + 900] += (0.9 if beat % 4 == 0 else 0.4) * burst[: len(audio) - start, None]
    return audio


def test_what_is_off_the_grid_is_warped_and_its_stems_add_up() -> None:
    request = replace(REQUEST, sample_rate=22_050, length_beats=Fraction(16), tempo_map=TempoMap.constant(120.0))
    mix = clicks(118.0, 10.0)
    half = (0.5 * mix).astype(np.float32)
    stems = (Stem("drums", half, is_drums=True), Stem("bass", half))
    result = replace(RESULT, mix=mix, stems=stems, model_bpm=118.0)
    aligned = align(result, request, report)
    made = aligned.generation
    assert made.on_grid
    assert len(made.mix) == request.frames == 176_400
    assert [stem.name for stem in made.stems] == ["drums", "bass"]
    assert made.stems[0].is_drums
    assert np.abs(made.stems[0].audio + made.stems[1].audio - made.mix).max() < 1e-4
    assert aligned.error is not None
    assert aligned.details["tempo_expected"] == 118.0
    assert aligned.details["tempo_tracked"] == pytest.approx(118.0, rel=0.01)
    assert made.notices[0] == "Slow."


def test_a_piece_that_ends_fades_where_the_engine_played_on() -> None:
    request = replace(REQUEST, sample_rate=22_050, length_beats=Fraction(16), block={"ending": "end"})
    noise = np.random.default_rng(3).standard_normal((len(clicks(118.0, 12.0)), 2)) * 0.02
    mix = (clicks(118.0, 12.0) + noise).astype(np.float32)
    result = replace(RESULT, mix=mix, stems=(Stem("drums", mix, is_drums=True),), model_bpm=118.0)
    made = align(result, request, report).generation.mix

    def level(beat: float, length: int = 2_000) -> float:
        start = round(beat * 0.5 * 22_050)
        return float(np.sqrt(np.square(made[start : start + length]).mean()))

    assert level(15.9) < 0.3 * level(11.9)
    assert np.abs(made[-20:]).max() < 1e-4


def test_details_without_tracked_beats_say_so() -> None:
    fixed = SimpleNamespace(method="copy", model="given", residual_ms=None, beats=None)
    assert details(fixed, 97.6) == {
        "warp": "copy",
        "map": "given",
        "residual_ms": None,
        "tempo_expected": 97.6,
        "tempo_tracked": None,
        "tempo_relation": None,
    }
