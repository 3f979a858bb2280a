from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.checkpoint import read_checkpoint
from engine.errors import EngineUnavailable, InvalidValue
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder
from tests.helpers.tiny_ace_step import TRANSFORMER, copy_model, truncate

torch = pytest.importorskip("torch")


def refused(folder: Path) -> str:
    """Return the sentence with which the model in `folder/tiny-turbo` is refused; nothing of it may stay loaded."""
    made = make_engine(INFO, folder)
    with pytest.raises(EngineUnavailable) as caught:
        made.load(quiet_progress)
    assert made._model is None
    return str(caught.value)


def test_both_layouts_fill_the_same_modules_with_the_same_weights(models_dir: Path) -> None:
    from engine.ace_step.load import load_pipeline

    states = []
    for name in ("tiny-turbo", "tiny-original"):
        plan = plan_from_folder(name, models_dir)
        pipe: Any = load_pipeline(plan, read_checkpoint(plan), "cpu", lambda _share: None)
        states.append({part: getattr(pipe, part).state_dict() for part in read_checkpoint(plan).components})
    assert states[0].keys() == states[1].keys()
    for part, state in states[0].items():
        assert state.keys() == states[1][part].keys()
        assert all(torch.equal(value, states[1][part][key]) for key, value in state.items())


def test_a_checkpoint_is_brought_to_the_plans_dtype(models_dir: Path) -> None:
    from dataclasses import replace

    from engine.ace_step.load import load_pipeline

    plan = replace(plan_from_folder("tiny-original", models_dir), dtype="bfloat16")
    pipe: Any = load_pipeline(plan, read_checkpoint(plan), "cpu", lambda _share: None)
    for name in ("transformer", "vae", "text_encoder", "condition_encoder", "audio_tokenizer"):
        assert {value.dtype for value in getattr(pipe, name).parameters()} == {torch.bfloat16}
    assert pipe.condition_encoder.silence_latent.dtype == torch.bfloat16


def test_loading_goes_from_nothing_to_all(models_dir: Path) -> None:
    seen = []
    made = make_engine(INFO, models_dir)
    made.load(lambda phase, share: seen.append((phase, share)))
    assert {phase for phase, _ in seen} == {"loading"}
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 20
    made.unload()


@pytest.mark.parametrize(
    "file",
    [
        "transformer/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/model.safetensors",
        "transformer/config.json",
        "tokenizer/tokenizer.json",
    ],
)
def test_a_file_that_is_cut_short_is_named(models_dir: Path, tmp_path: Path, file: str) -> None:
    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    truncate(copy / file)
    sentence = refused(tmp_path)
    assert str(copy / file) in sentence or str((copy / file).parent) in sentence
    assert "stembridge models download tiny-turbo" in sentence


def test_weights_of_another_size_are_refused(models_dir: Path, tmp_path: Path) -> None:
    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    config = copy / "transformer" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"intermediate_size": 96}))
    sentence = refused(tmp_path)
    assert "transformer of tiny-turbo" in sentence
    assert "layers.0.mlp" in sentence


def test_weights_that_nobody_asks_for_are_left_where_they_are(
    models_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from safetensors.torch import load_file, save_file

    copy = copy_model(models_dir / "tiny-original", tmp_path / "tiny-turbo")
    file = copy / TRANSFORMER / "model.safetensors"
    more = {"tokenizer.quantizer.extra": torch.zeros(3), "decoder.rotary_emb.inv_freq": torch.zeros(4)}
    save_file({**load_file(file), **more}, file)
    made = make_engine(INFO, tmp_path)
    made.load(quiet_progress)
    assert "weights that are not used: ['quantizer.extra']" in caplog.text
    made.unload()


def test_another_kind_of_model_is_refused(models_dir: Path, tmp_path: Path) -> None:
    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    (copy / "transformer" / "config.json").write_text('{"sample_size": 64, "hidden_size": "big"}')
    assert "does not fit ACE-Step" in refused(tmp_path)


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    assert "is not installed" in refused(tmp_path)


def test_an_unknown_model_lists_the_known_ones(engine: AceStepEngine) -> None:
    with pytest.raises(InvalidValue, match="one of tiny-turbo, tiny-original, tiny-base, not 'gpt'"):
        engine.generate(request(model="gpt"), quiet_progress)
