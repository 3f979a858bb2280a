"""Fixtures: a fake REAPER with the actions installed, the test itself as the companion, and a saved project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.reaper_stub.hand_companion import HandCompanion
from tests.helpers.reaper_stub.installed import install_here, running
from tests.helpers.reaper_stub.model import Project
from tests.helpers.reaper_stub.session import Reaper


@pytest.fixture
def reaper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reaper]:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    with running(install_here(tmp_path / "REAPER")) as one:
        yield one


@pytest.fixture
def companion(reaper: Reaper, tmp_path: Path) -> HandCompanion:
    return HandCompanion(tmp_path / "home" / "data")


@pytest.fixture
def project(reaper: Reaper, tmp_path: Path) -> Project:
    file = tmp_path / "song" / "song.rpp"
    file.parent.mkdir()
    file.touch()
    return reaper.open(file, file.parent)
