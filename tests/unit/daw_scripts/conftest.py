from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.daws.scripts import SCRIPTS
from tests.helpers.ableton.fake_live.host import FakeLive

ABLETON = SCRIPTS / "ableton"


@pytest.fixture(scope="module")
def parts() -> Iterator[Any]:
    """Every module of Ableton's control surface, as Live imports them."""
    with FakeLive():
        sys.path.insert(0, str(ABLETON))
        names = [path.stem for path in (ABLETON / "StemBridge").glob("*.py") if path.stem != "__init__"]
        yield SimpleNamespace(**{name: importlib.import_module(f"StemBridge.{name}") for name in names})
        sys.path.remove(str(ABLETON))
        for name in [name for name in sys.modules if name.split(".")[0] == "StemBridge"]:
            del sys.modules[name]
