"""The scripts of this installation."""

from __future__ import annotations

import pytest

from bridge.daws.scripts import read_scripts
from engine.errors import StemBridgeError


def test_scripts_that_are_not_in_the_installation_are_an_error() -> None:
    with pytest.raises(StemBridgeError, match="The scripts for nothing are missing"):
        read_scripts("nothing")
