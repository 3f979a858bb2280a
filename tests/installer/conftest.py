"""Makes the installer's modules importable by their bare names, as in `installer/setup.py`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "installer"))


@pytest.fixture
def installer() -> Iterator[None]:
    """Unloads the installer's modules after the test: they check the platform when they are imported."""
    yield
    for name in ("build", "bundle_parts", "sound_libraries"):
        sys.modules.pop(name, None)
