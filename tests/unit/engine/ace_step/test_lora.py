from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.checkpoint import Component, TensorRef
from engine.errors import InvalidValue
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder

if TYPE_CHECKING:
    from engine.contract import Audio

torch = pytest.importorskip("torch")

from engine.ace_step.lora import LoraChange, find_lora, merge, read_lora  # noqa: E402

_RANK = 2


def adapter(names: str = "diffusers", scale: float = 3.0, hidden: int = 32) -> dict[str, object]:
    """Return an adapter of the first block's attention, with names as three trainers write them."""
    generator = torch.Generator().manual_seed(3)
    down, up = (scale * torch.randn(shape, generator=generator) for shape in ((_RANK, hidden), (hidden, _RANK)))
    path, ends = {
        "diffusers": ("transformer.layers.0.self_attn.to_q", (".lora_A.weight", ".lora_B.weight")),
        "peft": ("base_model.model.layers.0.self_attn.q_proj", (".lora_A.weight", ".lora_B.weight")),
        "kohya": ("layers.0.self_attn.q_proj", (".lora_down.weight", ".lora_up.weight")),
    }[names]
    state = {path + ends[0]: down, path + ends[1]: up}
    return state | ({f"{path}.alpha": torch.tensor(2.0 * _RANK)} if names == "kohya" else {})


@pytest.fixture(scope="module")
def loras(models_dir: Path) -> Iterator[Path]:
    from safetensors.torch import save_file

    folder = models_dir / "loras"
    folder.mkdir()
    for names in ("diffusers", "peft", "kohya"):
        save_file(adapter(names), folder / f"{names}.safetensors")
    save_file(adapter(hidden=48), folder / "other-model.safetensors")
    save_file({"x.weight": torch.zeros(2, 2)}, folder / "no-lora.safetensors")
    (folder / "broken.safetensors").write_bytes(b"broken")
    (folder / "with-config").mkdir()
    save_file(adapter("peft"), folder / "with-config" / "adapter_model.safetensors")
    (folder / "with-config" / "adapter_config.json").write_text(json.dumps({"r": _RANK, "lora_alpha": 2 * _RANK}))
    (folder / "empty").mkdir()
    yield folder
    shutil.rmtree(folder)


def mix(engine: AceStepEngine, **block: object) -> Audio:
    return engine.generate(request(**block), quiet_progress)[0].mix


def test_an_adapter_changes_the_music_and_leaves_no_trace(engine: AceStepEngine, loras: Path) -> None:
    plain = mix(engine)
    with_it = mix(engine, lora="diffusers")
    assert np.abs(with_it - plain).max() > 1e-5
    assert np.array_equal(mix(engine), plain)


def test_its_strength_is_a_factor(engine: AceStepEngine, loras: Path) -> None:
    plain = mix(engine)
    assert np.array_equal(mix(engine, lora="diffusers", lora_strength=0.0), plain)
    half, full = (np.abs(mix(engine, lora="diffusers", lora_strength=s) - plain).mean() for s in (0.5, 1.0))
    assert 0 < half < full


def test_the_names_of_all_trainers_mean_the_same_weights(engine: AceStepEngine, loras: Path) -> None:
    wanted = mix(engine, lora="diffusers")
    assert np.array_equal(mix(engine, lora=str(loras / "peft.safetensors")), wanted)


def test_a_scale_beside_the_weights_or_in_them_counts(engine: AceStepEngine, loras: Path) -> None:
    wanted = mix(engine, lora="diffusers", lora_strength=2.0)
    assert np.array_equal(mix(engine, lora="kohya"), wanted)
    assert np.array_equal(mix(engine, lora="with-config"), wanted)
    mix(engine)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nobody", "lora must be the path of a .safetensors file, or the name of one in .*loras, not 'nobody'"),
        ("other-model", r"made for the model that runs; it changes layers.0.self_attn.to_q.weight of the shape"),
        ("no-lora", "lora must be a LoRA; this file holds another kind of adapter"),
        ("broken", "lora must be a whole .safetensors file; this one cannot be read"),
        ("empty", "a folder with one .safetensors file; this one has 0"),
    ],
)
def test_an_adapter_that_cannot_be_used_is_refused_and_changes_nothing(
    engine: AceStepEngine, loras: Path, name: str, sentence: str
) -> None:
    plain = mix(engine)
    with pytest.raises(InvalidValue, match=sentence):
        mix(engine, lora=name)
    assert np.array_equal(mix(engine), plain)


def test_an_adapter_works_where_the_weights_are_not_resident(
    models_dir: Path, engine: AceStepEngine, loras: Path
) -> None:
    from dataclasses import replace

    def blocks(name: str):  # noqa: ANN202
        return replace(plan_from_folder(name, models_dir), device="cpu:0", offload="blocks")

    placed = make_engine(INFO, models_dir, plan_for=blocks)
    assert np.array_equal(mix(placed, lora="diffusers"), mix(engine, lora="diffusers"))
    placed.unload()
    mix(engine)


WEIGHT = "layers.0.self_attn.to_q.weight"
COMPONENT = Component("transformer", {}, {WEIGHT: TensorRef(Path(), WEIGHT, (32, 32))})


@pytest.mark.parametrize(
    "name", ["mine", "mine.safetensors", "{loras}/mine.safetensors", "in-folder", "{loras}/in-folder"]
)
def test_an_adapter_is_found_by_its_name_and_by_its_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "loras"
    (folder / "in-folder").mkdir(parents=True)
    for file in ("mine.safetensors", "in-folder/adapter_model.safetensors", "in-folder/readme.md"):
        (folder / file).touch()
    found = find_lora(name.format(loras=folder), tmp_path)
    assert found == folder / ("in-folder/adapter_model.safetensors" if "in-folder" in name else "mine.safetensors")


def test_a_folder_with_two_adapters_is_refused(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    for name in ("a", "b"):
        (tmp_path / "two" / f"{name}.safetensors").touch()
    with pytest.raises(InvalidValue, match=r"one \.safetensors file; this one has 2"):
        find_lora(str(tmp_path / "two"), tmp_path)


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        (None, 1.0),
        ("{", 1.0),
        ({"r": 4, "lora_alpha": 8}, 2.0),
        ({"r": 4, "lora_alpha": 8, "use_rslora": True}, 4.0),  # alpha / sqrt(rank)
        ({"r": 0, "lora_alpha": 8}, 1.0),
        ({"r": 4}, 1.0),
    ],
)
def test_the_scale_is_read_from_the_configuration_beside_the_weights(
    tmp_path: Path, config: object, scale: float
) -> None:
    from safetensors.torch import save_file

    save_file(adapter("peft"), tmp_path / "adapter_model.safetensors")
    if config is not None:
        text = config if isinstance(config, str) else json.dumps(config)
        (tmp_path / "adapter_config.json").write_text(text)
    changes = read_lora(tmp_path / "adapter_model.safetensors", "mine", COMPONENT)
    assert list(changes) == [WEIGHT]
    assert changes[WEIGHT].scale == scale


def test_a_pair_without_its_second_matrix_and_a_dora_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    whole = adapter("peft")
    down, _ = whole
    save_file({down: whole[down]}, tmp_path / "half.safetensors")
    with pytest.raises(InvalidValue, match="has no matching pair of matrices"):
        read_lora(tmp_path / "half.safetensors", "half", COMPONENT)
    save_file({**whole, "x.dora_scale": torch.ones(1)}, tmp_path / "dora.safetensors")
    with pytest.raises(InvalidValue, match="holds another kind of adapter"):
        read_lora(tmp_path / "dora.safetensors", "dora", COMPONENT)


def test_merging_adds_strength_times_scale_times_the_product_and_strength_zero_restores() -> None:
    layer = torch.nn.Linear(2, 2, bias=False)
    stored = {"weight": torch.tensor([[1.0, 2.0], [3.0, 4.0]])}
    changes = {"weight": LoraChange(torch.tensor([[1.0, 0.0]]), torch.tensor([[10.0], [20.0]]), 0.5)}
    merge(layer, stored, changes, 2.0)
    assert layer.weight.tolist() == [[11.0, 2.0], [23.0, 4.0]]
    merge(layer, stored, changes, 2.0)  # starts from the stored weights, not from the merged ones
    assert layer.weight.tolist() == [[11.0, 2.0], [23.0, 4.0]]
    merge(layer, stored, {}, 2.0)
    assert torch.equal(layer.weight, stored["weight"])
