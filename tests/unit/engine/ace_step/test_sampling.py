from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.plan import BASE, TURBO, SamplerLimits
from engine.ace_step.sampling import SamplerSettings, limits_of, read_sampling
from engine.errors import InvalidValue
from engine.models.catalogue import read_catalogue


def test_an_empty_block_runs_the_models_own_values() -> None:
    assert read_sampling({}, TURBO, "turbo") == SamplerSettings(8, 1.0, 3.0, {"steps": 8, "shift": 3.0})
    own = {"steps": 50, "cfg": 7.0, "shift": 1.0}
    assert read_sampling({}, BASE, "base") == SamplerSettings(50, 7.0, 1.0, own)


def test_the_catalogues_values_are_the_models_own() -> None:
    entries = read_catalogue()
    assert limits_of(entries["ace-step-xl-turbo"]) == TURBO
    assert limits_of(entries["ace-step-2b-base"]) == BASE


def test_a_doors_defaults_that_a_model_cannot_run_give_way_without_a_word() -> None:
    hosted = {"steps": 50, "cfg": 4.0, "shift": 4.0}
    read = read_sampling(hosted, TURBO, "turbo", frozenset(hosted))
    assert read == SamplerSettings(8, 1.0, 3.0, {"steps": 8, "cfg": 1.0, "shift": 3.0})
    assert read_sampling(hosted, BASE, "base", frozenset(hosted)) == SamplerSettings(50, 4.0, 4.0)


@pytest.mark.parametrize("steps", [1, 8, 20])
def test_a_turbo_model_takes_the_few_steps_that_are_asked_of_it(steps: int) -> None:
    read = read_sampling({"steps": steps}, TURBO, "turbo")
    assert (read.steps, read.notices) == (steps, ())


@pytest.mark.parametrize(("shift", "runs"), [(1.4, 1.0), (1.6, 2.0), (2.5, 2.0), (2.6, 3.0), (4, 3.0)])
def test_a_distilled_shift_is_the_nearest_that_the_model_knows_with_a_sentence(shift: float, runs: float) -> None:
    read = read_sampling({"shift": shift}, TURBO, "turbo")
    assert read.shift == runs
    assert read.notices == (f"turbo was trained on the shifts 1, 2, 3: it ran {runs:g} instead of {shift:g}.",)


def test_values_within_the_limits_run_as_requested_and_are_not_reported() -> None:
    block = {"steps": 12.4, "cfg": 7, "shift": 2.5}
    assert read_sampling(block, BASE, "base") == SamplerSettings(12, 7.0, 2.5)


@pytest.mark.parametrize(("steps", "runs"), [(20, 20), (21, 8), (50, 8), (150, 8)])
def test_too_many_steps_for_a_few_step_model_become_its_own_number(steps: int, runs: int) -> None:
    read = read_sampling({"steps": steps}, TURBO, "turbo")
    assert read.steps == runs
    if steps == runs:
        assert "steps" not in read.effective_params
        assert read.notices == ()
    else:
        assert read.effective_params["steps"] == 8
        (notice,) = read.notices
        assert notice.startswith(f"turbo is a few-step model: it ran 8 steps instead of {steps};")


def test_a_model_without_guidance_runs_without_and_reports_it_only_if_it_was_requested() -> None:
    asked = read_sampling({"cfg": 7}, TURBO, "turbo")
    assert asked.effective_params["cfg"] == 1.0
    assert asked.notices == ("turbo has its guidance built in: cfg 7 has no effect on it.",)
    assert read_sampling({"cfg": 1}, TURBO, "turbo").notices == ()
    unasked = read_sampling({}, TURBO, "turbo")
    assert (unasked.cfg, unasked.notices, "cfg" in unasked.effective_params) == (1.0, (), False)


@pytest.mark.parametrize(("shift", "runs"), [(0, 1.0), (1, 1.0), (3, 3.0), (3.5, 3.0), (10, 3.0)])
def test_a_shift_is_limited_to_the_range_of_the_training(shift: float, runs: float) -> None:
    read = read_sampling({"shift": shift}, TURBO, "turbo")
    assert read.shift == runs
    assert read.effective_params.get("shift", shift) == runs


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ({"steps": 0}, "steps must be 1–150"),
        ({"cfg": 15.5}, "cfg must be 1–15"),
        ({"shift": 10.1}, "shift must be 0–10"),
    ],
)
def test_a_value_outside_the_blocks_own_range_is_refused(block: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        read_sampling(block, TURBO, "turbo")


@given(st.integers(1, 150), st.floats(1, 15), st.floats(0, 10), st.sampled_from([TURBO, BASE]))
def test_what_runs_is_within_the_models_limits_and_every_difference_is_reported(
    steps: int, cfg: float, shift: float, limits: SamplerLimits
) -> None:
    read = read_sampling({"steps": steps, "cfg": cfg, "shift": shift}, limits, "model")
    assert 1 <= read.steps <= limits.max_steps
    assert limits.min_shift <= read.shift <= limits.max_shift
    assert limits.guidance or read.cfg == 1.0
    requested: dict[str, float] = {"steps": steps, "cfg": cfg, "shift": shift}
    ran = {"steps": read.steps, "cfg": read.cfg, "shift": read.shift}
    assert read.effective_params == {name: ran[name] for name in ran if ran[name] != requested[name]}
