from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.home.folders import HOME_VARIABLE, Folders


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folders]:
    """The folders of a user with an empty home, for commands that run in this process."""
    for name in [name for name in os.environ if name.startswith("STEMBRIDGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    handler = signal.getsignal(signal.SIGTERM)
    yield Folders.of_user()
    signal.signal(signal.SIGTERM, handler)  # commands replace it
