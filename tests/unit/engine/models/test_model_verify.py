"""Installed models: from a folder, damaged, another's, removed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import EngineUnavailable, InvalidValue, ModelFault
from engine.models.adopt import adopt
from engine.models.catalogue import ModelEntry, find_entry
from engine.models.installed_models import RECORD, InstalledModel, ModelStore, installed_entries
from engine.models.verify import quick_check, verify
from tests.helpers.hub.checkpoints import save_diffusers, save_separator

VAE = "vae/diffusion_pytorch_model.safetensors"


@pytest.fixture
def source(checkpoints: dict[str, Path], tmp_path: Path) -> Path:
    """A folder with the tiny base model, to be spoilt at will."""
    return shutil.copytree(checkpoints["tiny/base"], tmp_path / "source")


@pytest.fixture
def installed(base: ModelEntry, source: Path, store: ModelStore) -> InstalledModel:
    """The tiny base model, installed as copies of its own."""
    adopt(base, source, store)
    shutil.rmtree(source)
    return store.get(base.name)


def edit_json(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


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


def truncate(folder: Path) -> None:
    with (folder / VAE).open("r+b") as file:
        file.truncate(1000)


def corrupt_header(folder: Path) -> None:
    (folder / VAE).write_bytes(b"\xff" * 8 + (folder / VAE).read_bytes()[8:])


def empty(folder: Path) -> None:
    (folder / VAE).write_bytes(b"")


def lose(folder: Path) -> None:
    (folder / VAE).unlink()


def break_config(folder: Path) -> None:
    (folder / "transformer" / "config.json").write_text("{")


def widen_config(folder: Path) -> None:
    edit_json(folder / "transformer" / "config.json", hidden_size=2048)


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


@pytest.mark.parametrize("spoil", [truncate, corrupt_header, empty, lose, break_config, widen_config])
def test_what_breaks_after_the_installation_is_found(
    base: ModelEntry, installed: InstalledModel, spoil: Callable[[Path], None]
) -> None:
    spoil(installed.folder)
    faults = verify(installed, base)
    assert len(faults) == 1
    assert str(installed.folder) in faults[0]


def test_one_flipped_bit_is_found_by_reading_and_not_by_size(base: ModelEntry, installed: InstalledModel) -> None:
    path = installed.folder / VAE
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    quick_check(installed)
    assert verify(installed, base) == [f"{path} is damaged: its hash is not the recorded one."]


def test_a_missing_file_is_found_at_once(installed: InstalledModel) -> None:
    lose(installed.folder)
    with pytest.raises(ModelFault, match=r"is missing\. Fetch it again: stembridge models download tiny-base"):
        quick_check(installed)


def test_a_pickle_that_was_put_there_is_named(base: ModelEntry, installed: InstalledModel) -> None:
    (installed.folder / "vae" / "extra.bin").write_bytes(b"x")
    assert "extra.bin is a pickle" in verify(installed, base)[0]


def test_verify_counts_every_byte(base: ModelEntry, installed: InstalledModel) -> None:
    counted: list[int] = []
    verify(installed, base, counted.append)
    assert sum(counted) == installed.size_bytes


def test_remove_frees_what_it_says_and_touches_nothing_else(installed: InstalledModel, store: ModelStore) -> None:
    record = (installed.folder / RECORD).stat().st_size
    assert store.remove("tiny-base") == installed.size_bytes + record
    assert {path.name for path in store.folder.iterdir()} == {"catalogue.toml", ".tiny-base.lock"}
    with pytest.raises(EngineUnavailable, match="stembridge models download tiny-base"):
        store.remove("tiny-base")


def test_removing_a_link_leaves_what_it_leads_to(store: ModelStore, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "song.wav").touch()
    (store.folder / "tiny-base").symlink_to(mine)
    assert store.remove("tiny-base") == 0
    assert (mine / "song.wav").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../data", "a/b", "/tmp", "a\\b", ".hidden", "x.partial"])
def test_names_that_lead_out_of_the_folder(store: ModelStore, name: str) -> None:
    with pytest.raises(InvalidValue):
        store.remove(name)


@pytest.mark.parametrize(
    "record", ["", "{", "[]", "null", '{"format": 1}', '{"format": 2}', '{"format": 1, "files": [3]}']
)
def test_a_folder_whose_record_is_broken_is_not_installed(store: ModelStore, record: str) -> None:
    (store.folder / "tiny-base").mkdir()
    (store.folder / "tiny-base" / RECORD).write_text(record)
    assert store.find("tiny-base") is None


def test_installed_models_come_in_the_order_of_the_catalogue(
    store: ModelStore, installed: InstalledModel, turbo: ModelEntry, checkpoints: dict[str, Path]
) -> None:
    adopt(turbo, checkpoints["tiny/turbo"], store)
    assert [entry.name for entry in installed_entries(store.folder)] == ["tiny-turbo", "tiny-base"]
    assert installed_entries(store.folder, "separator") == []


def test_a_record_reads_back_as_written(installed: InstalledModel) -> None:
    assert InstalledModel.from_json(installed.to_json(), installed.folder) == installed
