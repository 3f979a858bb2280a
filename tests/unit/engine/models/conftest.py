from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.models.catalogue import ModelEntry, find_entry
from engine.models.installed_models import ModelStore
from tests.helpers.hub import checkpoints as tiny
from tests.helpers.hub.catalogue import write_catalogue
from tests.helpers.hub.server import LocalHub


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny models in every layout, by repository; read only."""
    return tiny.save_all(tmp_path_factory.mktemp("checkpoints"))


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
