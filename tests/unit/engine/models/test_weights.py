from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ModelFault
from engine.models.adopt import adopt
from engine.models.catalogue import ModelEntry, find_entry
from engine.models.installed_models import ModelStore
from engine.models.weights import check_weights, read_shapes
from tests.helpers.hub.checkpoints import save_diffusers, save_separator
from tests.helpers.hub.damage import break_config, corrupt_header, edit_json, empty, lose, truncate, widen_config
from tests.helpers.hub.fetching import VAE


def deepen_config(folder: Path) -> None:
    edit_json(folder / "transformer" / "config.json", num_hidden_layers=24)


def make_turbo(folder: Path) -> None:
    edit_json(folder / "transformer" / "config.json", is_turbo=True)


def change_class(folder: Path) -> None:
    edit_json(folder / "model_index.json", _class_name="StableAudioPipeline")


def change_vae(folder: Path) -> None:
    edit_json(folder / "vae" / "config.json", sampling_rate=44_100)


def list_nothing(folder: Path) -> None:
    (folder / "model_index.json").write_text("[]")


SPOILT: list[tuple[Callable[[Path], None], str]] = [
    (truncate, VAE),
    (corrupt_header, VAE),
    (empty, VAE),
    (lose, "vae/"),
    (break_config, "transformer/config.json"),
    (widen_config, "transformer"),
    (deepen_config, "24"),
    (make_turbo, "turbo"),
    (change_class, "StableAudioPipeline"),
    (change_vae, "44100"),
    (list_nothing, "model_index.json"),
]


@pytest.mark.parametrize(("spoil", "named"), SPOILT, ids=[spoil.__name__ for spoil, _ in SPOILT])
def test_a_spoilt_folder_is_refused_with_the_file_named(
    base: ModelEntry, source: Path, store: ModelStore, spoil: Callable[[Path], None], named: str
) -> None:
    spoil(source)
    with pytest.raises(ModelFault) as caught:
        adopt(base, source, store)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
    assert store.find("tiny-base") is None


def test_another_size_of_the_same_model_is_refused(base: ModelEntry, store: ModelStore, tmp_path: Path) -> None:
    larger = save_diffusers(tmp_path / "larger", is_turbo=False, layers=16)
    with pytest.raises(ModelFault, match="is not tiny-base: its weights have"):
        adopt(base, larger, store)


def test_a_separator_that_names_a_foreign_class_is_refused(store: ModelStore, tmp_path: Path) -> None:
    entry = find_entry("tiny-demucs", store.folder)
    with pytest.raises(ModelFault, match="is no Demucs model"):
        adopt(entry, save_separator(tmp_path / "evil", klass="os.system"), store)


def test_shapes_are_read_from_the_header(tmp_path: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    save_file({"a": np.zeros((2, 3), np.float32), "b": np.zeros((), np.float16)}, tmp_path / "x.safetensors")
    assert read_shapes(tmp_path / "x.safetensors") == {"a": (2, 3), "b": ()}


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 7, b"\xff" * 100, b"{}", (10).to_bytes(8, "little") + b"not json!!"]
)
def test_a_file_that_is_no_safetensors_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.safetensors").write_bytes(content)
    with pytest.raises(ModelFault, match=r"x\.safetensors is damaged or cut short .*; fetch the model again"):
        read_shapes(tmp_path / "x.safetensors")


def test_the_number_of_parameters_may_differ_by_fifteen_percent(
    base: ModelEntry, checkpoints: dict[str, Path]
) -> None:
    folder = checkpoints["tiny/base"]
    for factor in (0.9, 1.0, 1.1):
        check_weights(replace(base, parameters=round(base.parameters * factor)), folder)
    for factor in (0.8, 1.3):
        with pytest.raises(ModelFault, match=r"is not tiny-base: its weights have .* billion parameters, not about"):
            check_weights(replace(base, parameters=round(base.parameters * factor)), folder)


def test_a_separator_of_the_real_class_passes(store: ModelStore, tmp_path: Path) -> None:
    entry = find_entry("tiny-demucs", store.folder)
    for klass in ("demucs.htdemucs.HTDemucs", "demucs.hdemucs.HDemucs", "demucs.demucs.Demucs"):
        check_weights(entry, save_separator(tmp_path / klass, klass))


@pytest.mark.parametrize("klass", ["", "HTDemucs", "demucs.htdemucs", "evil.demucs.htdemucs.HTDemucs"])
def test_a_separator_of_another_class_does_not(store: ModelStore, tmp_path: Path, klass: str) -> None:
    with pytest.raises(ModelFault, match="is no Demucs model"):
        check_weights(find_entry("tiny-demucs", store.folder), save_separator(tmp_path / "x", klass))
