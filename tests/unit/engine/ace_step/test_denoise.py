from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ace_step.denoise import Conditioning, denoise, make_noise, schedule
from engine.ace_step.sampling import SamplerSettings
from engine.errors import Cancelled

torch = pytest.importorskip("torch")

CHANNELS = 2
NO_PIPE: Any = SimpleNamespace(transformer=None)


class FakeTransformer:
    """Answers with one constant velocity per row, and remembers its inputs."""

    def __init__(self, *velocities: float) -> None:
        self.velocities = velocities
        self.calls: list[dict[str, Any]] = []

    def __call__(self, **inputs: Any) -> tuple[Any, ...]:  # noqa: ANN401
        self.calls.append(inputs)
        x = inputs["hidden_states"]
        rows = [torch.full_like(x[0], value) for value in self.velocities * (len(x) // len(self.velocities))]
        return (torch.stack(rows),)


def conditioning(*, guided: bool = False, frames: int = 4) -> Conditioning:
    states = torch.ones(1, 3, 5)
    return Conditioning(states, torch.zeros_like(states) if guided else None, torch.ones(1, frames, 2 * CHANNELS))


def test_without_shift_the_times_are_equally_spaced() -> None:
    assert schedule(SamplerSettings(4, 1.0, 1.0)).tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_a_shift_moves_the_times_towards_the_noise() -> None:
    # t' = 3 t / (1 + 2 t): 1 -> 1, 2/3 -> 6/7, 1/3 -> 3/5.
    assert schedule(SamplerSettings(3, 1.0, 3.0)).tolist() == pytest.approx([1.0, 6 / 7, 3 / 5, 0.0])


@settings(deadline=None)
@given(st.integers(1, 150), st.floats(1, 5))
def test_times_fall_from_one_to_zero(steps: int, shift: float) -> None:
    times = schedule(SamplerSettings(steps, 1.0, shift)).tolist()
    assert (len(times), times[0], times[-1]) == (steps + 1, pytest.approx(1.0), 0.0)
    assert all(later < earlier for earlier, later in pairwise(times))


def test_a_seed_gives_the_same_noise_alone_and_in_a_batch() -> None:
    noise = make_noise([7, 8, 7], 50, CHANNELS, "cpu", torch.float32)
    assert noise.shape == (3, 50, CHANNELS)
    assert torch.equal(noise[:1], make_noise([7], 50, CHANNELS, "cpu", torch.float32))
    assert torch.equal(noise[0], noise[2])
    assert not torch.equal(noise[0], noise[1])
    half = make_noise([7], 50, CHANNELS, "cpu", torch.bfloat16)
    assert torch.equal(half, noise[:1].to(torch.bfloat16))


@pytest.mark.parametrize(("steps", "shift"), [(1, 1.0), (4, 1.0), (8, 3.0)])
def test_a_constant_velocity_is_integrated_over_the_whole_time(steps: int, shift: float) -> None:
    noise = make_noise([1, 2], 4, CHANNELS, "cpu", torch.float32)
    transformer = FakeTransformer(0.5)
    made = denoise(NO_PIPE, conditioning(), noise, SamplerSettings(steps, 1.0, shift), lambda _: None, transformer)
    assert torch.allclose(made, noise - 0.5, atol=1e-6)
    assert len(transformer.calls) == steps


def test_the_transformer_is_given_the_time_and_one_row_per_variation() -> None:
    transformer = FakeTransformer(0.0)
    noise = make_noise([1, 2], 4, CHANNELS, "cpu", torch.float32)
    denoise(NO_PIPE, conditioning(), noise, SamplerSettings(2, 1.0, 1.0), lambda _: None, transformer)
    assert [call["timestep"].tolist() for call in transformer.calls] == [[1.0, 1.0], [0.5, 0.5]]
    first = transformer.calls[0]
    assert torch.equal(first["timestep"], first["timestep_r"])
    assert first["encoder_hidden_states"].shape == (2, 3, 5)
    assert first["context_latents"].shape == (2, 4, 2 * CHANNELS)


def test_with_guidance_conditioned_and_unconditioned_rows_run_in_one_call() -> None:
    transformer = FakeTransformer(0.0)
    noise = make_noise([1], 4, CHANNELS, "cpu", torch.float32)
    denoise(NO_PIPE, conditioning(guided=True), noise, SamplerSettings(1, 4.0, 1.0), lambda _: None, transformer)
    (call,) = transformer.calls
    assert call["hidden_states"].shape[0] == 2
    assert torch.equal(call["hidden_states"][0], call["hidden_states"][1])
    assert call["encoder_hidden_states"].mean(dim=(1, 2)).tolist() == [1.0, 0.0]


def test_guidance_changes_nothing_where_both_predictions_agree() -> None:
    noise = make_noise([1], 4, CHANNELS, "cpu", torch.float32)
    sampling = SamplerSettings(4, 7.0, 1.0)
    made = denoise(NO_PIPE, conditioning(guided=True), noise, sampling, lambda _: None, FakeTransformer(0.5))
    assert torch.allclose(made, noise - 0.5, atol=1e-5)


def test_every_step_is_reported_and_what_the_report_raises_ends_the_loop() -> None:
    noise = make_noise([1], 4, CHANNELS, "cpu", torch.float32)
    seen: list[int] = []
    denoise(NO_PIPE, conditioning(), noise, SamplerSettings(3, 1.0, 1.0), seen.append, FakeTransformer(0.0))
    assert seen == [0, 1, 2, 3]
    transformer = FakeTransformer(0.0)

    def cancel(step: int) -> None:
        if step == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        denoise(NO_PIPE, conditioning(), noise, SamplerSettings(5, 1.0, 1.0), cancel, transformer)
    assert len(transformer.calls) == 2
