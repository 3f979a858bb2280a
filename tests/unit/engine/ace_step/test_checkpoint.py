from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import EngineUnavailable
from tests.helpers.ace_requests import INFO, quiet_progress
from tests.helpers.ace_shelf import make_engine
from tests.helpers.tiny_ace_step import TRANSFORMER, copy_model, truncate

torch = pytest.importorskip("torch")


def refused(folder: Path) -> str:
    """Return the sentence with which the model in `folder/tiny-turbo` is refused; nothing of it may stay loaded."""
    made = make_engine(INFO, folder)
    with pytest.raises(EngineUnavailable) as caught:
        made.load(quiet_progress)
    assert made._model is None
    return str(caught.value)


def test_a_file_that_is_cut_short_is_named_in_the_original_layout(models_dir: Path, tmp_path: Path) -> None:
    copy = copy_model(models_dir / "tiny-original", tmp_path / "tiny-turbo")
    truncate(copy / TRANSFORMER / "model.safetensors", 0.9)
    assert "model.safetensors cannot be read" in refused(tmp_path)


def test_garbage_instead_of_weights_is_refused(models_dir: Path, tmp_path: Path) -> None:
    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    (copy / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"not a model" * 100)
    assert "cannot be read" in refused(tmp_path)


def test_a_pickle_is_no_weight_file(models_dir: Path, tmp_path: Path) -> None:
    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    weights = copy / "transformer" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "holds no safetensors weights" in refused(tmp_path)
