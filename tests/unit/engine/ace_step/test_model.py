from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.ace_step.memory_plans import MemoryPlan
from engine.errors import Cancelled, EngineUnavailable, InvalidValue
from engine.hardware import Offload
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder
from tests.helpers.tiny_ace_step import copy_model

torch = pytest.importorskip("torch")

from engine.ace_step.model import LoadedModel, ModelFiles  # noqa: E402


def load(models_dir: Path, offload: Offload = "resident", device: str = "cpu") -> LoadedModel:
    files = ModelFiles(replace(plan_from_folder("tiny-turbo", models_dir), device=device))
    return LoadedModel(files, MemoryPlan(offload, 512, 1, 0), lambda _share: None)


def weights(model: LoadedModel) -> dict[str, Any]:
    return {name: part.clone() for name, part in model.pipe.transformer.state_dict().items()}


def test_a_model_without_code_modules_makes_music_but_no_covers(
    models_dir: Path, tmp_path: Path, source_file: Path
) -> None:
    import shutil

    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    shutil.rmtree(copy / "audio_tokenizer")
    shutil.rmtree(copy / "audio_token_detokenizer")
    made = make_engine(INFO, tmp_path)
    assert len(made.generate(request(), quiet_progress)) == 1
    with pytest.raises(EngineUnavailable, match="lacks the modules that cover needs"):
        made.generate(request(task="cover", source_audio=str(source_file)), quiet_progress)
    made.unload()


def test_files_are_known_without_loading_them(models_dir: Path) -> None:
    files = ModelFiles(plan_from_folder("tiny-turbo", models_dir))
    assert files.footprint.total_weights == 4 * sum(part.size for part in files.checkpoint.components.values())


def test_a_configuration_of_another_kind_is_refused_with_the_command_that_repairs_it(
    models_dir: Path, tmp_path: Path
) -> None:
    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    (copy / "transformer" / "config.json").write_text('{"hidden_size": "big"}')
    with pytest.raises(
        EngineUnavailable, match=r"does not fit ACE-Step 1\.5: .*stembridge models download tiny-turbo"
    ):
        ModelFiles(plan_from_folder("tiny-turbo", tmp_path))


def test_only_resident_weights_hold_device_memory_between_jobs(models_dir: Path) -> None:
    assert (
        load(models_dir).held_bytes == ModelFiles(plan_from_folder("tiny-turbo", models_dir)).footprint.total_weights
    )
    assert load(models_dir, "components", "cpu:0").held_bytes == 0


def test_a_load_that_is_cancelled_raises_what_the_report_raised(models_dir: Path) -> None:
    def cancel(share: float) -> None:
        if share > 0.5:
            raise Cancelled

    files = ModelFiles(plan_from_folder("tiny-turbo", models_dir))
    with pytest.raises(Cancelled):
        LoadedModel(files, MemoryPlan("resident", 512, 1, 0), cancel)


def test_an_adapter_replaces_the_one_before_it_and_none_restores_the_weights(
    models_dir: Path, tmp_path: Path
) -> None:
    from safetensors.torch import save_file

    for name, layer in (("first", "to_q"), ("second", "to_v")):
        path = f"transformer.layers.0.self_attn.{layer}"
        rows = 32 if layer == "to_q" else 16
        pair = {f"{path}.lora_A.weight": torch.ones(1, 32), f"{path}.lora_B.weight": torch.ones(rows, 1)}
        save_file(pair, tmp_path / f"{name}.safetensors")
    model = load(models_dir)
    original = weights(model)
    changed = {}
    for name in ("first", "second", ""):
        model.use_lora(str(tmp_path / f"{name}.safetensors") if name else "", 0.5, tmp_path)
        now = weights(model)
        changed[name] = [key for key, value in original.items() if not torch.equal(value, now[key])]
    assert changed == {
        "first": ["layers.0.self_attn.to_q.weight"],
        "second": ["layers.0.self_attn.to_v.weight"],
        "": [],
    }
    with pytest.raises(InvalidValue):
        model.use_lora("missing", 1.0, tmp_path)
    assert all(torch.equal(value, weights(model)[key]) for key, value in original.items())
