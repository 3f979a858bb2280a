"""The Lua file with the companion's folder and launch command."""

from __future__ import annotations

import sys

import pytest

from bridge.daws.home_lua import launch_command


def test_the_companion_is_started_with_this_python_and_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEMBRIDGE_HOME", raising=False)
    assert launch_command() == f"{sys.executable} -m bridge serve"
    monkeypatch.setenv("STEMBRIDGE_HOME", "/my home")
    assert launch_command() == f'/usr/bin/env "STEMBRIDGE_HOME=/my home" {sys.executable} -m bridge serve'
