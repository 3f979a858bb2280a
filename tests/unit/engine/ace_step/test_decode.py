from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from tests.helpers.ace_shelf import plan_from_folder  # noqa: E402


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
