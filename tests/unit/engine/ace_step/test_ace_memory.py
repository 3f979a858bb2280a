from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.ace_step.memory import Footprint, NotEnoughMemory, Shape, footprint, is_out_of_memory
from engine.ace_step.memory_plans import fitting, ways
from engine.ace_step.plan import BASE, TURBO, LoadPlan
from engine.ace_step.tiles import OVERLAP, tiles

torch = pytest.importorskip("torch")

from tests.helpers.ace_shelf import plan_from_folder  # noqa: E402
from tests.helpers.full_ace_step import full_size_checkpoint  # noqa: E402
from tests.helpers.live_bytes import LiveBytes  # noqa: E402

DESKTOP = 600_000_000
"""What a desktop and a DAW leave taken of a card."""


@pytest.fixture(scope="module")
def full() -> dict[str, Footprint]:
    return {
        "2b": footprint(full_size_checkpoint("2b"), "bfloat16"),
        "xl": footprint(full_size_checkpoint("xl"), "bfloat16"),
    }


def gpu(name: str = "model", **values: Any) -> LoadPlan:  # noqa: ANN401
    plan = LoadPlan(name, Path("models"), "diffusers", TURBO, device="cuda", dtype="bfloat16")
    return replace(plan, **values)


def test_weights_are_counted_as_published(full: dict[str, Footprint]) -> None:
    assert full["2b"].total_weights == pytest.approx(6.32e9, rel=0.002)
    assert full["xl"].total_weights == pytest.approx(11.50e9, rel=0.002)
    assert full["xl"].weights["transformer"] == pytest.approx(8.34e9, rel=0.002)


@pytest.mark.parametrize(
    ("size", "card_gb", "offload"),
    [
        ("2b", 4, "blocks"),
        ("2b", 6, "components"),
        ("2b", 8, "resident"),
        ("xl", 8, "blocks"),
        ("xl", 12, "components"),
        ("xl", 16, "resident"),
        ("xl", 24, "resident"),
    ],
)
def test_a_minute_of_music_runs_on_the_cards_people_have(
    full: dict[str, Footprint], size: str, card_gb: int, offload: str
) -> None:
    free = card_gb * 2**30 - DESKTOP
    chosen = fitting(ways(gpu(), full[size], Shape(60, 1)), free, size)
    assert chosen[0].offload == offload
    needs = [way.need_bytes for way in chosen]
    assert needs[0] <= free
    assert needs == sorted(needs, reverse=True)


def test_four_minutes_in_eight_variations_are_split_before_anything_leaves_the_device(
    full: dict[str, Footprint],
) -> None:
    chosen = fitting(ways(gpu(limits=BASE), full["xl"], Shape(240, 8, guided=True)), 14 * 10**9, "xl")
    assert (chosen[0].offload, chosen[0].together) == ("resident", 1)


def test_too_little_is_refused_with_both_numbers(full: dict[str, Footprint]) -> None:
    with pytest.raises(NotEnoughMemory, match=r"2b needs at least 2\.\d GB .* 1\.5 GB are free"):
        fitting(ways(gpu(), full["2b"], Shape(60, 1)), 15 * 10**8, "2b")


def test_a_plan_can_fix_the_way(full: dict[str, Footprint]) -> None:
    fixed = ways(gpu(offload="components", tile_latents=64), full["2b"], Shape(60, 1))
    assert [(way.offload, way.tile) for way in fixed] == [("components", 64)]
    assert {way.offload for way in ways(gpu(device="cpu"), full["2b"], Shape(60, 1))} == {"resident"}
    assert {way.tile for way in ways(gpu(device="mps"), full["2b"], Shape(60, 1))} == {32}


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
    reckoned = _footprint(sizes, dtype).transformer_bytes(Shape(seconds, sequences))
    assert 0.95 < reckoned / alive.peak < 1.25


def _footprint(sizes: dict[str, int], dtype: str) -> Footprint:
    return Footprint(
        weights={},
        block_bytes=1,
        number_bytes=4 if dtype == "float32" else 2,
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
    from engine.ace_step.load import quiet

    with quiet():
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


@pytest.mark.parametrize(("frames", "longest"), [(250, 512), (513, 512), (1000, 128), (97, 48), (49, 48), (1, 48)])
def test_tiles_cover_everything_once_and_are_no_longer_than_allowed(frames: int, longest: int) -> None:
    cut = list(tiles(frames, longest))
    assert [tile.start for tile in cut] == [0, *(tile.end for tile in cut[:-1])]
    assert cut[-1].end == frames
    assert all(tile.right - tile.left <= longest for tile in cut)
    for tile in cut:
        assert tile.left == 0 or tile.start - tile.left >= OVERLAP
        assert tile.right == frames or tile.right - tile.end >= OVERLAP


def test_tiles_of_the_autoencoder_join_exactly(models_dir: Path) -> None:
    from engine.ace_step.checkpoint import read_checkpoint
    from engine.ace_step.context import encode_audio
    from engine.ace_step.decode import decode
    from engine.ace_step.load import load_pipeline

    plan = plan_from_folder("tiny-turbo", models_dir)
    pipe = load_pipeline(plan, read_checkpoint(plan), "cpu", lambda _share: None)
    latents = torch.randn(2, 100, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole, tiled = (decode(pipe, latents, longest, lambda _share: None) for longest in (512, 48))
        audio = whole[0].T
        once, parts = (encode_audio(pipe, audio, longest, lambda: None) for longest in (512, 48))
    assert whole.shape == (2, 100 * 1920, 2)
    assert (whole - tiled).abs().max() < 1e-6 * whole.abs().max()
    assert (once - parts).abs().max() < 1e-6 * once.abs().max()


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
def test_full_memory_is_told_from_other_errors(error: Exception, full: bool) -> None:
    assert is_out_of_memory(error) is full
