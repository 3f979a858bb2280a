"""Tiny ACE-Step models and engines, built once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from tests.helpers.ace_requests import INFO, quiet_progress
from tests.helpers.ace_shelf import make_engine


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models' folder with a turbo model in both layouts and a base model."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    from tests.helpers.tiny_ace_step import build_tiny

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models")
    build_tiny(folder / "tiny-turbo", "diffusers")
    build_tiny(folder / "tiny-original", "original")
    build_tiny(folder / "tiny-base", "diffusers", turbo=False)
    return folder


@pytest.fixture(scope="session")
def engine(models_dir: Path) -> Iterator[AceStepEngine]:
    """One engine for all tests, loaded with the turbo model."""
    shared = make_engine(INFO, models_dir)
    shared.load(quiet_progress)
    yield shared
    shared.unload()


@pytest.fixture(scope="session")
def base_engine(models_dir: Path) -> Iterator[AceStepEngine]:
    """One engine for all tests, loaded with the base model, which has guidance and all tasks."""
    from dataclasses import replace

    shared = make_engine(replace(INFO, models=("tiny-base",)), models_dir)
    shared.load(quiet_progress)
    yield shared
    shared.unload()


@pytest.fixture(scope="session")
def source_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of stereo music-like sound at 48 kHz, 24 bit."""
    import numpy as np
    import soundfile

    rng = np.random.default_rng(1)
    time_s = np.arange(4 * 48_000) / 48_000
    tone = 0.3 * np.sin(2 * np.pi * 220 * time_s) * (1 + np.sin(2 * np.pi * 2 * time_s)) / 2
    audio = np.stack([tone, 0.8 * tone], axis=1) + 0.02 * rng.standard_normal((len(time_s), 2))
    path = tmp_path_factory.mktemp("audio") / "source.wav"
    soundfile.write(path, audio, 48_000, "PCM_24")
    return path
