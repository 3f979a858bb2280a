from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from engine.errors import InvalidValue, ModelFault
from engine.models.adopt import adopt
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import ModelStore
from engine.models.verify import verify

VAE = "vae/diffusion_pytorch_model.safetensors"


def test_a_folder_is_installed_without_a_second_copy_and_outlives_it(
    base: ModelEntry, source: Path, store: ModelStore
) -> None:
    model = adopt(base, source, store)
    assert (model.folder / VAE).stat().st_nlink == 2
    shutil.rmtree(source)
    assert verify(store.get("tiny-base"), base) == []
    assert (model.origin, model.commit, model.licence) == (str(source), "", "MIT")
    assert not store.partial("tiny-base").exists()


def test_a_folder_on_another_disk_is_copied(
    base: ModelEntry, source: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    model = adopt(base, source, store)
    assert (model.folder / VAE).stat().st_nlink == 1
    assert verify(model, base) == []


def test_a_hub_cache_of_symbolic_links_can_be_the_source(
    base: ModelEntry, source: Path, store: ModelStore, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot"
    for path in source.rglob("*"):
        if path.is_file():
            target = snapshot / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path)
    model = adopt(base, snapshot, store)
    assert not any(path.is_symlink() for path in model.folder.rglob("*"))


def test_the_folder_of_an_installed_model_can_be_the_source(
    turbo: ModelEntry, checkpoints: dict[str, Path], store: ModelStore, tmp_path: Path
) -> None:
    first = adopt(turbo, checkpoints["tiny/turbo"], store)
    second = ModelStore(tmp_path / "other machine")
    model = adopt(turbo, first.folder, second)
    assert model.files == first.files
    carried = shutil.copytree(first.folder, tmp_path / "carried")
    (carried / VAE).write_bytes(b"\0" + (carried / VAE).read_bytes()[1:])
    with pytest.raises(ModelFault, match=r"vae/.* was damaged on its way"):
        adopt(turbo, carried, second)


@pytest.mark.parametrize("spoilt", ["missing", "a file", "empty", "another"])
def test_folders_that_are_no_model(
    base: ModelEntry, store: ModelStore, tmp_path: Path, spoilt: str, checkpoints: dict[str, Path]
) -> None:
    place = checkpoints["tiny/demucs"] if spoilt == "another" else tmp_path / "place"
    if spoilt == "a file":
        place.touch()
    if spoilt == "empty":
        place.mkdir()
    with pytest.raises((InvalidValue, ModelFault), match=str(place)):
        adopt(base, place, store)
    assert store.find("tiny-base") is None
    assert not store.partial("tiny-base").exists()


def empty(folder: Path) -> None:
    (folder / VAE).write_bytes(b"")
