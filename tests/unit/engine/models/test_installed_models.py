from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import EngineUnavailable, InvalidValue
from engine.models.adopt import adopt
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import RECORD, InstalledModel, ModelStore, installed_entries


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
