from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_catalogue import write_catalogue
from local_hub import LocalHub

from engine.models.catalogue import ModelEntry, find_entry
from engine.models.store import ModelStore


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny models in every layout, by repository; read only."""
    import hub_checkpoints as tiny

    folder = tmp_path_factory.mktemp("checkpoints")
    return {
        "tiny/turbo": tiny.save_original(folder / "turbo"),
        "tiny/base": tiny.save_diffusers(folder / "base", is_turbo=False),
        "tiny/demucs": tiny.save_separator(folder / "demucs"),
    }


@pytest.fixture
def store(tmp_path: Path, checkpoints: dict[str, Path]) -> ModelStore:
    """An empty models' folder whose own catalogue knows the tiny models."""
    folder = tmp_path / "home" / "data" / "models"
    folder.mkdir(parents=True)
    write_catalogue(folder, checkpoints)
    return ModelStore(folder)


@pytest.fixture
def turbo(store: ModelStore) -> ModelEntry:
    """The entry of the tiny model in the original layout."""
    return find_entry("tiny-turbo", store.folder)


@pytest.fixture
def base(store: ModelStore) -> ModelEntry:
    """The entry of the tiny model in the diffusers layout."""
    return find_entry("tiny-base", store.folder)


@pytest.fixture
def hub(checkpoints: dict[str, Path]) -> Iterator[LocalHub]:
    """A hub with the tiny models."""
    hub = LocalHub(dict(checkpoints))
    yield hub
    hub.close()
