from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from engine.errors import InvalidValue, ModelFault
from engine.models.adopt import adopt, find_files
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import ModelStore
from engine.models.verify import verify
from tests.helpers.hub.fetching import VAE


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


def test_only_files_of_the_model_are_found_with_their_sizes(base: ModelEntry, source: Path) -> None:
    for name in ("evil.py", "vae/old.bin", "notes.txt"):
        (source / name).write_bytes(b"x")
    found = find_files(base, source)
    assert found[VAE] == (source / VAE).stat().st_size
    assert not {"evil.py", "vae/old.bin", "notes.txt"} & set(found)


def test_every_byte_is_counted_while_a_folder_is_installed(base: ModelEntry, source: Path, store: ModelStore) -> None:
    counted: list[int] = []
    model = adopt(base, source, store, counted.append)
    assert sum(counted) == model.size_bytes


def test_a_disk_without_links_needs_room_for_copies(
    base: ModelEntry, source: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.models.download.RESERVE_BYTES", 10**18)
    adopt(base, source, store)  # links take no room

    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(ModelFault, match="GB free"):
        adopt(base, source, store)


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_left(
    base: ModelEntry, source: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error", str(source / VAE))

    monkeypatch.setattr("engine.models.adopt.link_or_copy", refuse)
    with pytest.raises(ModelFault, match=r"cannot be installed \(Input/output error\)"):
        adopt(base, source, store)
    assert not store.partial(base.name).exists()
    assert store.find(base.name) is None
