"""Fixtures of the tests of the HTTP door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.http_site import HttpSite


@pytest.fixture
def site(tmp_path: Path) -> Iterator[HttpSite]:
    """The application of a companion without jobs."""
    site = HttpSite(tmp_path)
    yield site
    site.close()
