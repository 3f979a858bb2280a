from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import EngineUnavailable, InvalidValue, ModelFault
from engine.models.adopt import adopt
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import (
    RECORD,
    FileRecord,
    InstalledModel,
    ModelStore,
    installed_entries,
    record_of,
    recorded_files,
)


def test_remove_frees_what_it_says_and_touches_nothing_else(installed: InstalledModel, store: ModelStore) -> None:
    record = (installed.folder / RECORD).stat().st_size
    assert store.remove("tiny-base") == installed.size_bytes + record
    assert {path.name for path in store.folder.iterdir()} == {"catalogue.toml", ".tiny-base.lock"}
    with pytest.raises(EngineUnavailable, match="is not installed, so there is nothing to remove"):
        store.remove("tiny-base")


def test_removing_a_link_leaves_its_target(store: ModelStore, tmp_path: Path) -> None:
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


FILES = (FileRecord("a.bin", 4, "0" * 64),)


def prepare(store: ModelStore, entry: ModelEntry, content: bytes) -> InstalledModel:
    """Fill the partial folder and return the record that would be installed."""
    store.partial(entry.name).mkdir(parents=True)
    (store.partial(entry.name) / "a.bin").write_bytes(content)
    return record_of(entry, FILES, "http://hub", "c0ffee", "mit")


def test_installing_renames_the_partial_folder_and_replaces_an_older_model(
    store: ModelStore, base: ModelEntry
) -> None:
    first = store.install(prepare(store, base, b"old!"))
    assert first == store.get(base.name)
    assert first.folder == store.folder / base.name
    store.install(prepare(store, base, b"new!"))
    assert (first.folder / "a.bin").read_bytes() == b"new!"
    assert not store.partial(base.name).exists()


def test_a_record_has_the_catalogues_licence_unless_the_hub_gave_one(base: ModelEntry) -> None:
    assert record_of(base, (), "http://hub").licence == "MIT"
    assert record_of(base, (), "http://hub", licence="apache-2.0").licence == "apache-2.0"


def test_a_model_that_is_not_installed_says_how_to_get_it(store: ModelStore) -> None:
    assert store.find("tiny-base") is None
    with pytest.raises(EngineUnavailable) as caught:
        store.get("tiny-base")
    assert str(caught.value) == (
        "The model tiny-base is not installed; this fetches it: stembridge models download tiny-base"
    )


def test_an_unfinished_download_is_counted_and_removed(store: ModelStore, base: ModelEntry) -> None:
    assert store.partial_bytes(base.name) == 0
    prepare(store, base, b"part")
    assert store.partial_bytes(base.name) == 4
    assert store.remove(base.name) == 4
    assert store.partial_bytes(base.name) == 0


def test_deleting_frees_nothing_of_files_with_another_link(
    store: ModelStore, base: ModelEntry, tmp_path: Path
) -> None:
    prepare(store, base, b"part")
    (tmp_path / "kept").hardlink_to(store.partial(base.name) / "a.bin")
    assert store.remove(base.name) == 0
    assert (tmp_path / "kept").read_bytes() == b"part"


def test_a_model_is_worked_on_by_one_process_at_a_time(store: ModelStore) -> None:
    with store.working_on("mine") as partial:
        assert partial.is_dir()
        with (
            pytest.raises(ModelFault, match="Another program is bringing the model mine here"),
            store.working_on("mine"),
        ):
            pass
        with store.working_on("other"):
            pass
    with store.working_on("mine"):
        pass


def test_the_records_of_a_folder_without_a_record_are_empty(tmp_path: Path, installed: InstalledModel) -> None:
    assert recorded_files(tmp_path) == ()
    assert recorded_files(installed.folder) == installed.files
