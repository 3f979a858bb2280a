from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.models.adopt import adopt
from engine.models.catalogue import ModelEntry, find_entry
from engine.models.download import DownloadProgress, download, offer
from engine.models.installed_models import InstalledModel, ModelStore
from engine.models.transfer import RetryPolicy
from tests.helpers.hub.catalogue import write_catalogue
from tests.helpers.hub.fetching import QUICK, Fetch
from tests.helpers.hub.server import LocalHub


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
def fetch(hub: LocalHub, store: ModelStore) -> Fetch:
    """Downloads an entry from the hub into the store."""

    def fetch_one(
        entry: ModelEntry,
        on_progress: Callable[[DownloadProgress], None] = lambda _: None,
        retry: RetryPolicy = QUICK,
    ) -> InstalledModel:
        return download(offer(entry, store, hub.endpoint), store, on_progress, retry)

    return fetch_one


@pytest.fixture
def source(checkpoints: dict[str, Path], tmp_path: Path) -> Path:
    """A folder with a copy of the tiny base model, which a test may damage."""
    return shutil.copytree(checkpoints["tiny/base"], tmp_path / "source")


@pytest.fixture
def installed(base: ModelEntry, source: Path, store: ModelStore) -> InstalledModel:
    """The tiny base model, installed as files without other links."""
    adopt(base, source, store)
    shutil.rmtree(source)
    return store.get(base.name)
