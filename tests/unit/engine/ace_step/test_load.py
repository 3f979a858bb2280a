from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.checkpoint import Checkpoint, Component, TensorRef, read_checkpoint
from engine.errors import EngineUnavailable
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder
from tests.helpers.tiny_ace_step import TRANSFORMER, copy_model, truncate

torch = pytest.importorskip("torch")

from engine.ace_step.load import (  # noqa: E402
    _LoadProgress,
    fold_weight_norm,
    load_pipeline,
    read_tensors,
    without_warnings,
)


def refused(folder: Path) -> str:
    """Return the sentence with which the model in `folder/tiny-turbo` is refused; it must not stay loaded."""
    made = make_engine(INFO, folder)
    with pytest.raises(EngineUnavailable) as caught:
        made.load(quiet_progress)
    assert made._model is None
    return str(caught.value)


def test_both_layouts_fill_the_same_modules_with_the_same_weights(models_dir: Path) -> None:
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

    plan = replace(plan_from_folder("tiny-original", models_dir), dtype="bfloat16")
    pipe: Any = load_pipeline(plan, read_checkpoint(plan), "cpu", lambda _share: None)
    for name in ("transformer", "vae", "text_encoder", "condition_encoder", "audio_tokenizer"):
        assert {value.dtype for value in getattr(pipe, name).parameters()} == {torch.bfloat16}
    assert pipe.condition_encoder.silence_latent.dtype == torch.bfloat16


def test_loading_reports_the_progress_up_to_one(models_dir: Path) -> None:
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


def test_weights_that_no_component_uses_are_skipped_and_logged(
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


def test_an_unknown_model_is_not_installed(engine: AceStepEngine) -> None:
    with pytest.raises(EngineUnavailable, match='"gpt" is not installed'):
        engine.generate(request(model="gpt"), quiet_progress)


def test_progress_is_reported_at_every_hundredth_and_at_the_end() -> None:
    weights = {"a": TensorRef(Path(), "a", (1000,))}
    reports: list[float] = []
    progress = _LoadProgress(Checkpoint({"vae": Component("vae", {}, weights)}, Path()), reports.append)
    for count in (1, 1, 20, 5, 973):
        progress.add(count)
    assert reports == [0.001, 0.022, 1.0]  # 0.002 and 0.027 follow their report by less than a hundredth


def test_a_model_without_weights_has_no_progress_to_divide_by() -> None:
    reports: list[float] = []
    _LoadProgress(Checkpoint({}, Path()), reports.append).add(0)
    assert reports == [0.0]


def test_folding_the_weight_norm_keeps_the_output_and_the_bits_of_the_weights() -> None:
    with without_warnings():
        layer = torch.nn.utils.weight_norm(torch.nn.Conv1d(2, 3, 3))
    module = torch.nn.Sequential(layer)
    x = torch.randn(1, 2, 9, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        before = module(x)
        fold_weight_norm(module)
        assert torch.equal(module(x), before)
    assert set(layer.state_dict()) == {"weight", "bias"}


def test_tensors_are_read_under_their_names_in_diffusers(models_dir: Path) -> None:
    plan = plan_from_folder("tiny-original", models_dir)
    transformer = read_checkpoint(plan).components["transformer"]
    name = "layers.0.self_attn.to_q.weight"
    read = read_tensors(plan, transformer, [name])
    assert list(read) == [name]
    assert tuple(read[name].shape) == transformer.tensors[name].shape


def test_a_file_that_has_gone_since_its_header_was_read_is_named(models_dir: Path, tmp_path: Path) -> None:
    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    plan = plan_from_folder("tiny-turbo", tmp_path)
    checkpoint = read_checkpoint(plan)
    (copy / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(
        EngineUnavailable, match=r"vae.diffusion_pytorch_model\.safetensors of tiny-turbo cannot be read"
    ):
        load_pipeline(plan, checkpoint, "cpu", lambda _share: None)


@pytest.mark.parametrize("shape", [(1, 15, 3), (2, 15, 2), (15, 2)])
def test_a_latent_of_silence_of_another_shape_is_refused(
    models_dir: Path, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    from safetensors.torch import save_file

    copy = copy_model(models_dir / "tiny-original", tmp_path / "tiny-turbo")
    save_file({"silence_latent": torch.zeros(shape)}, copy / TRANSFORMER / "silence_latent.safetensors")
    plan = plan_from_folder("tiny-turbo", tmp_path)
    with pytest.raises(EngineUnavailable, match="the latent of silence has the shape"):
        load_pipeline(plan, read_checkpoint(plan), "cpu", lambda _share: None)


def test_a_latent_of_silence_with_swapped_axes_is_turned(models_dir: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    copy = copy_model(models_dir / "tiny-original", tmp_path / "tiny-turbo")
    file = copy / TRANSFORMER / "silence_latent.safetensors"
    latent = load_file(file)["silence_latent"]
    save_file({"silence_latent": latent.transpose(1, 2).contiguous()}, file)
    plan = plan_from_folder("tiny-turbo", tmp_path)
    pipe: Any = load_pipeline(plan, read_checkpoint(plan), "cpu", lambda _share: None)
    assert torch.equal(pipe.condition_encoder.silence_latent, latent)
