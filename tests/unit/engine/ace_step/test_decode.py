from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from engine.ace_step.context import HOP  # noqa: E402
from engine.ace_step.decode import decode  # noqa: E402
from tests.helpers.ace_shelf import plan_from_folder  # noqa: E402


def test_tiles_of_the_autoencoder_join_exactly(models_dir: Path) -> None:
    from engine.ace_step.checkpoint import read_checkpoint
    from engine.ace_step.context import encode_audio
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


class FakeDecoder:
    """An autoencoder that repeats the first channel of each latent frame, and remembers its inputs."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def decode(self, latents: Any) -> Any:  # noqa: ANN401
        self.shapes.append(tuple(latents.shape))
        return SimpleNamespace(sample=latents[:, :1].repeat_interleave(HOP, dim=2).repeat(1, 2, 1))

    dtype = torch.float32


@pytest.mark.parametrize(
    ("frames", "longest", "shapes"),
    [
        (10, 100, [(3, 2, 10)]),  # all three fit
        (10, 20, [(2, 2, 10), (1, 2, 10)]),  # two at a time
        (50, 48, [(1, 2, 36), (1, 2, 38), (1, 2, 14)] * 3),  # one at a time, in tiles that yield 24
    ],
)
def test_short_variations_are_decoded_together_and_long_ones_in_tiles(
    frames: int, longest: int, shapes: list[tuple[int, ...]]
) -> None:
    decoder = FakeDecoder()
    pipe: Any = SimpleNamespace(vae=decoder)
    latents = torch.arange(3.0 * frames).reshape(3, frames, 1).repeat(1, 1, 2)
    reports: list[float] = []
    audio = decode(pipe, latents, longest, reports.append)
    assert decoder.shapes == shapes
    assert audio.shape == (3, frames * HOP, 2)
    assert torch.equal(audio[:, ::HOP, 0], latents[:, :, 0])
    assert torch.equal(audio[..., 0], audio[..., 1])
    assert len(reports) == len(shapes) + 1
    assert reports == sorted(reports)
    assert (reports[0], reports[-1]) == (0.0, 1.0)
