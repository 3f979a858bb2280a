from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.ace_step.checkpoint import CODES, REQUIRED, Checkpoint, TensorRef, read_checkpoint
from engine.ace_step.plan import TURBO, LoadPlan
from engine.errors import EngineUnavailable
from tests.helpers.ace_requests import INFO, quiet_progress
from tests.helpers.ace_shelf import make_engine, plan_from_folder
from tests.helpers.tiny_ace_step import TRANSFORMER, copy_model, truncate

torch = pytest.importorskip("torch")


def refused(folder: Path) -> str:
    """Return the sentence with which the model in `folder/tiny-turbo` is refused; it must not stay loaded."""
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


def write_component(folder: Path, tensors: dict[str, tuple[int, ...]], config: object = None) -> None:
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: torch.zeros(shape) for name, shape in tensors.items()}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"hidden_size": 4} if config is None else config))


def pipeline_of(folder: Path) -> Path:
    for name in REQUIRED:
        write_component(folder / name, {"weight": (2, 3)})
    return folder


def read(folder: Path) -> Checkpoint:
    return read_checkpoint(LoadPlan("mine", folder, "diffusers", TURBO))


def test_a_tensors_size_is_the_product_of_its_shape() -> None:
    assert TensorRef(Path("x"), "key", (2, 3, 4)).size == 24
    assert TensorRef(Path("x"), "key", ()).size == 1


def test_a_pipeline_folder_is_read_component_by_component(tmp_path: Path) -> None:
    found = read(pipeline_of(tmp_path))
    assert set(found.components) == set(REQUIRED)
    assert found.tokenizer == tmp_path / "tokenizer"
    vae = found.components["vae"]
    assert vae.tensors == {"weight": TensorRef(tmp_path / "vae" / "model.safetensors", "weight", (2, 3))}
    assert (vae.size, vae.config) == (6, {"hidden_size": 4})


def test_both_layouts_have_the_same_components_and_tensors(models_dir: Path) -> None:
    diffusers, original = (
        read_checkpoint(plan_from_folder(name, models_dir)) for name in ("tiny-turbo", "tiny-original")
    )
    assert set(diffusers.components) == set(original.components) == {*REQUIRED, *CODES}
    for name, component in diffusers.components.items():
        shapes = {key: ref.shape for key, ref in component.tensors.items()}
        assert {key: ref.shape for key, ref in original.components[name].tensors.items()} == shapes


def test_a_text_encoder_inside_a_language_model_is_unwrapped(tmp_path: Path) -> None:
    write_component(pipeline_of(tmp_path) / "text_encoder", {"model.norm.weight": (4,), "lm_head.weight": (9, 4)})
    assert set(read(tmp_path).components["text_encoder"].tensors) == {"norm.weight"}


def test_shards_are_read_together_and_private_configuration_is_left_out(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    pipeline_of(tmp_path)
    write_component(tmp_path / "vae", {"a": (1,)}, {"_class_name": "AutoencoderOobleck", "sampling_rate": 48_000})
    save_file({"b": torch.zeros(2)}, tmp_path / "vae" / "model-00002.safetensors")
    vae = read(tmp_path).components["vae"]
    assert set(vae.tensors) == {"a", "b"}
    assert vae.config == {"sampling_rate": 48_000}


def test_a_configuration_that_is_no_object_is_named(tmp_path: Path) -> None:
    write_component(pipeline_of(tmp_path) / "vae", {"a": (1,)}, [1])
    with pytest.raises(EngineUnavailable, match=r"config\.json cannot be read .* \(it is no JSON object\)"):
        read(tmp_path)


def test_a_latent_of_silence_with_other_tensors_is_refused(models_dir: Path, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    copy = copy_model(models_dir / "tiny-original", tmp_path / "tiny-turbo")
    save_file({"a": torch.zeros(1), "b": torch.zeros(1)}, copy / TRANSFORMER / "silence_latent.safetensors")
    assert "silence_latent.safetensors does not hold the latent of silence" in refused(tmp_path)
