"""Commands of pip and uv, and the choice between them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import bridge.upkeep.engine_env.tools as tools
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import (
    EnvironmentFault,
)
from bridge.upkeep.engine_env.tools import Pip, Uv, find_tool


def test_commands_keep_everything_in_one_place(tmp_path: Path) -> None:
    location, pins = Location(tmp_path), tmp_path / "constraints.txt"
    for tool in (Pip("python3", (24, 1), (3, 11)), Uv("uv")):
        command = tool.install(location, ["torch"], "https://index.example", pins)
        assert {str(location.program), "torch", "https://index.example", str(pins)} <= set(command)
        kept = " ".join((*command, *tool.environ(location).values()))
        assert str(location.cache) in kept
        assert str(location.environment) in tool.make(location)
        assert "torch" in tool.uninstall(location, ["torch"])
    old, new = (
        Pip("python3", version, (3, 11)).install(location, ["torch"], "", None) for version in ((23, 2), (24, 1))
    )
    assert "raw" not in old
    assert "raw" in new
    assert "--index-url" not in new


def test_the_tool_that_is_here_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(find_tool(), Pip)
    monkeypatch.setattr(tools, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="install uv"):
        find_tool()
    (tmp_path / "uv").write_text("#!/bin/sh\n")
    (tmp_path / "uv").chmod(0o755)
    assert isinstance(find_tool(), Uv)


def test_a_bundle_takes_its_own_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    (tmp_path / "uv").write_text("")
    assert find_tool() == Uv(str(tmp_path / "uv"))
