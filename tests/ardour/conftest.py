from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.ardour.display import xvfb
from tests.helpers.debian import need


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A virtual screen for this test process; installs Ardour and Xvfb where possible, else skips the tests."""
    need("ardour7-lua", "Xvfb")
    with xvfb() as name:
        yield name
