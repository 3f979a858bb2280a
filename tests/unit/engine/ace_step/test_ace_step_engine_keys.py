from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.errors import Cancelled
from engine.music import Key, Meter
from tests.helpers.ace_requests import quiet_progress, request

if TYPE_CHECKING:
    from engine.contract import Audio

pytest.importorskip("torch")

SUNG = "[Verse]\nla la la\n[Chorus]\noh"
AUDIBLE = 1e-4


def mix(engine: AceStepEngine, **values: Any) -> Audio:  # noqa: ANN401
    return engine.generate(request(**values), quiet_progress)[0].mix


def difference(first: Audio, second: Audio) -> float:
    """Largest difference over what both have."""
    frames = min(len(first), len(second))
    return float(np.abs(first[:frames] - second[:frames]).max())


@pytest.fixture(scope="module")
def plain(engine: AceStepEngine) -> Audio:
    return mix(engine)


@pytest.mark.parametrize(
    "values",
    [
        {"genres": "ambient drone"},
        {"lyrics": SUNG},
        {"seed": 8},
        {"steps": 10},
        {"shift": 1.0},
        {"key": Key("F", "major")},
        {"meter": Meter(3, 4), "beats": 8},
        {"bpm": 60.0, "beats": 4},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_key_changes_the_music(engine: AceStepEngine, plain: Audio, values: dict[str, Any]) -> None:
    assert difference(mix(engine, **values), plain) > AUDIBLE


@pytest.mark.parametrize(
    "values",
    [
        {"cfg": 7.0},  # distilled into a turbo model
        {"lyrics_strength": 5.0},  # nothing to sing
        {"lora_strength": 0.3},  # no adapter
        {"region": [1.0, 2.0]},  # no source
        {"source_audio": "/nowhere.wav"},  # text2music takes none
        {"genres": "dusty boom bap, 120 BPM, F# major"},  # tempo and key have fields of their own
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_key_with_nothing_to_act_on_changes_no_bit(
    engine: AceStepEngine, plain: Audio, values: dict[str, Any]
) -> None:
    assert np.array_equal(mix(engine, **values), plain)


def test_reference_audio_changes_the_sound(engine: AceStepEngine, plain: Audio, source_file: Path) -> None:
    assert difference(mix(engine, reference_audio=str(source_file)), plain) > AUDIBLE


def test_language_has_an_effect_only_on_singing(engine: AceStepEngine, plain: Audio) -> None:
    assert np.array_equal(mix(engine, language="de"), plain)
    assert difference(mix(engine, lyrics=SUNG, language="de"), mix(engine, lyrics=SUNG, language="ja")) > 0


def test_cfg_guides_a_base_model(base_engine: AceStepEngine) -> None:
    without, weak, strong = (mix(base_engine, cfg=cfg) for cfg in (1.0, 2.0, 6.0))
    assert difference(weak, without) > AUDIBLE
    assert difference(strong, without) > difference(weak, without)


def test_values_that_a_model_does_not_accept_are_reported_with_those_that_ran(engine: AceStepEngine) -> None:
    (made,) = engine.generate(request(steps=50, shift=4.0, cfg=4.0, lyrics_strength=2.0), quiet_progress)
    assert made.effective_params == {"steps": 8, "shift": 3.0, "cfg": 1.0, "lyrics_strength": 1.0}
    assert any("ran 8 steps instead of 50" in notice for notice in made.notices)


def test_values_that_run_as_requested_are_not_reported(engine: AceStepEngine) -> None:
    (made,) = engine.generate(request(steps=12, shift=2.0), quiet_progress)
    assert made.effective_params == {}


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_another_rate_has_the_same_music_at_its_length(engine: AceStepEngine, plain: Audio, rate: int) -> None:
    from engine.resample import resample_whole

    made = mix(engine, sample_rate=rate)
    assert made.shape == (round(len(plain) * rate / 48_000), 2)
    back = resample_whole(made, rate, 48_000)
    middle = slice(48_000, 96_000)
    # What lies above the hearing range is gone; the rest is there.
    error = np.abs(np.fft.rfft(back[middle, 0] - plain[middle, 0]))[:18_000]
    assert error.max() < 0.02 * np.abs(np.fft.rfft(plain[middle, 0])).max()


HOSTED = {"steps": 50, "cfg": 4.0, "shift": 4.0}


@pytest.mark.parametrize(
    ("model", "block", "origin", "runs"),
    [
        ("base", {}, {}, (50, 7.0, 1.0)),
        ("base", {"cfg": 4.0}, {}, (50, 4.0, 1.0)),
        ("base", HOSTED, dict.fromkeys(HOSTED, "default"), (50, 4.0, 4.0)),
        ("turbo", {}, {}, (8, 1.0, 3.0)),
        ("turbo", {"steps": 12}, {}, (12, 1.0, 3.0)),
        ("turbo", HOSTED, dict.fromkeys(HOSTED, "default"), (8, 1.0, 3.0)),
    ],
)
def test_a_model_runs_its_own_preset_but_for_what_was_said(
    engine: AceStepEngine,
    base_engine: AceStepEngine,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    block: dict[str, object],
    origin: dict[str, str],
    runs: tuple[int, float, float],
) -> None:
    ran = []

    def stop_at_the_sampler(_pipe: object, _conditioning: object, _noise: object, sampling: Any, *_: object) -> None:  # noqa: ANN401
        ran.append((sampling.steps, sampling.cfg, sampling.shift))
        raise Cancelled

    monkeypatch.setattr("engine.ace_step.render.denoise", stop_at_the_sampler)
    used = base_engine if model == "base" else engine
    with pytest.raises(Cancelled):
        used.generate(replace(request(), block=block, origin=origin), quiet_progress)
    assert ran == [runs]


def test_a_turbo_that_nobody_asked_for_steps_gives_no_notice_and_says_what_it_ran(engine: AceStepEngine) -> None:
    (made,) = engine.generate(
        replace(request(), block=HOSTED, origin=dict.fromkeys(HOSTED, "default")), quiet_progress
    )
    assert not any("steps" in notice or "shift" in notice or "cfg" in notice for notice in made.notices)
    assert (made.effective_params["steps"], made.effective_params["shift"]) == (8, 3.0)
