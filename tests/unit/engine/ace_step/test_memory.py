from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.ace_step.memory import Footprint, JobSize, TorchMemory, footprint, is_out_of_memory

torch = pytest.importorskip("torch")

from tests.helpers.full_ace_step import full_size_checkpoint  # noqa: E402
from tests.helpers.live_bytes import LiveBytes  # noqa: E402


@pytest.fixture(scope="module")
def full() -> dict[str, Footprint]:
    return {
        "2b": footprint(full_size_checkpoint("2b"), "bfloat16"),
        "xl": footprint(full_size_checkpoint("xl"), "bfloat16"),
    }


def test_weights_are_counted_as_published(full: dict[str, Footprint]) -> None:
    assert full["2b"].total_weights == pytest.approx(6.32e9, rel=0.002)
    assert full["xl"].total_weights == pytest.approx(11.50e9, rel=0.002)
    assert full["xl"].weights["transformer"] == pytest.approx(8.34e9, rel=0.002)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(("seconds", "sequences"), [(30, 2), (60, 1)])
def test_the_transformers_estimate_is_near_what_is_alive(dtype: str, seconds: int, sequences: int) -> None:
    from diffusers import AceStepTransformer1DModel

    sizes: dict[str, int] = {"hidden_size": 160, "intermediate_size": 608, "num_attention_heads": 16}
    sizes |= {"num_key_value_heads": 4, "head_dim": 16}
    with torch.device("cpu"):
        kind = getattr(torch, dtype)
        model = AceStepTransformer1DModel(
            **sizes, num_hidden_layers=2, in_channels=12, audio_acoustic_hidden_dim=4, encoder_hidden_size=128
        )
        for parameter in model.parameters():
            parameter.data = parameter.data.to(kind)
    frames = seconds * 25
    noise = torch.zeros(sequences, frames, 4, dtype=kind)
    with torch.no_grad(), LiveBytes() as alive:
        model(
            hidden_states=noise,
            timestep=torch.ones(sequences, dtype=kind),
            timestep_r=torch.ones(sequences, dtype=kind),
            encoder_hidden_states=torch.zeros(sequences, 300, 128, dtype=kind),
            context_latents=torch.zeros(sequences, frames, 8, dtype=kind),
            return_dict=False,
        )
    reckoned = _footprint(sizes, dtype).transformer_bytes(JobSize(seconds, sequences))
    assert 0.95 < reckoned / alive.peak < 1.25


def _footprint(sizes: dict[str, int], dtype: str) -> Footprint:
    return Footprint(
        weights={},
        block_bytes=1,
        element_bytes=4 if dtype == "float32" else 2,
        hidden=sizes["hidden_size"],
        intermediate=sizes["intermediate_size"],
        heads=sizes["num_attention_heads"],
        kv_heads=sizes["num_key_value_heads"],
        head_dim=sizes["head_dim"],
        encoder_hidden=128,
        encoder_intermediate=384,
        vae_width=0,
    )


def test_the_autoencoders_estimate_is_near_what_is_alive() -> None:
    from engine.ace_step.load import without_warnings

    with without_warnings():
        from diffusers import AutoencoderOobleck

        vae: Any = AutoencoderOobleck(
            encoder_hidden_size=4,
            downsampling_ratios=[2, 4, 4, 6, 10],
            channel_multiples=[1, 2, 4, 8, 16],
            decoder_channels=4,
            decoder_input_channels=2,
            sampling_rate=48_000,
        )
    reckoned = replace(_footprint(dict.fromkeys(_SIZES, 1), "float32"), vae_width=4 * 1920).vae_bytes(50)
    with torch.no_grad(), LiveBytes() as decoding:
        vae.decode(torch.zeros(1, 2, 50))
    with torch.no_grad(), LiveBytes() as encoding:
        vae.encode(torch.zeros(1, 2, 50 * 1920))
    assert 1.0 < reckoned / decoding.peak < 1.25
    assert 0.95 < reckoned / encoding.peak < 1.25


_SIZES = ("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads", "head_dim")


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (MemoryError(), True),
        (RuntimeError("expected scalar type Float"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_full_memory_is_distinguished_from_other_errors(error: Exception, full: bool) -> None:
    assert is_out_of_memory(error) is full


def test_a_jobs_latent_frames_are_rounded_up() -> None:
    assert [JobSize(seconds, 1).latent_frames for seconds in (10.0, 10.01, 0.04)] == [250, 251, 1]


def test_the_autoencoders_widest_layer_is_found(full: dict[str, Footprint]) -> None:
    # 1920 samples of 128 channels at the end of the decoder: no inner layer has more elements for one latent frame.
    assert full["2b"].vae_width == 1920 * 128
    assert full["2b"].vae_bytes(100) == int(5.4 * 1920 * 128 * 100 * 2)


def test_guidance_doubles_the_batch_and_variations_multiply_it() -> None:
    sizes = _footprint({**dict.fromkeys(_SIZES, 64), "num_attention_heads": 1, "num_key_value_heads": 1}, "float32")
    one = sizes.transformer_bytes(JobSize(60, 1))
    tokens = 750
    mask = 4 * tokens**2
    feed_forward, attention = (6 + 3) * 64 * 4, 4 * 64 * 4 + 64 * (4 + 16) + 2 * 64 * 4
    conditions = 300 * (2 * 64 + 2 * 64) * 4
    layer = tokens * max(feed_forward, attention) + conditions
    assert one == max(18 * tokens**2, mask + layer)
    assert sizes.transformer_bytes(JobSize(60, 1, guided=True)) == max(18 * tokens**2, mask + 2 * layer)
    assert sizes.transformer_bytes(JobSize(60, 8)) == mask + 8 * layer


def test_the_free_memory_of_the_cpu_is_that_of_the_system() -> None:
    import psutil

    total = psutil.virtual_memory().total
    assert 0 < TorchMemory().free_bytes("cpu") <= total
