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
from bridge.upkeep.engine_env.tools import Pip, Uv, find_tool, pip_version


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


def test_the_commands_of_pip_word_by_word(tmp_path: Path) -> None:
    pip, location = Pip("/usr/bin/python3", (24, 1), (3, 11)), Location(tmp_path)
    into = ["/usr/bin/python3", "-m", "pip", "--python", str(location.program)]
    environment = str(tmp_path / "environment")
    assert pip.make(location) == ["/usr/bin/python3", "-m", "venv", "--without-pip", "--clear", environment]
    assert pip.install(location, ["torch>=2.13"], "", None) == [
        *into,
        "install",
        "--no-input",
        "--cache-dir",
        str(location.cache),
        "--progress-bar",
        "raw",
        "torch>=2.13",
    ]
    assert pip.uninstall(location, ["torch", "triton"]) == [*into, "uninstall", "--yes", "torch", "triton"]
    assert pip.label == "pip 24.1 and Python 3.11 (/usr/bin/python3)"


def test_the_commands_of_uv_word_by_word(tmp_path: Path) -> None:
    uv, location = Uv("/opt/uv"), Location(tmp_path)
    assert uv.make(location)[-2:] == [">=3.11,<3.15", str(tmp_path / "environment")]
    assert uv.install(location, ["torch"], "https://index.example/cpu", tmp_path / "pins.txt") == [
        "/opt/uv",
        "pip",
        "install",
        "--python",
        str(location.program),
        "--default-index",
        "https://index.example/cpu",
        "--constraint",
        str(tmp_path / "pins.txt"),
        "torch",
    ]
    assert uv.uninstall(location, ["torch"])[-1] == "torch"
    assert uv.environ(location)["UV_PYTHON_INSTALL_DIR"] == str(tmp_path / "python")
    assert uv.label == "uv (/opt/uv)"


def test_the_version_of_pip_is_asked_for(tmp_path: Path) -> None:
    python = tmp_path / "python"
    for text, version in (("pip 24.3.1 from /x (python 3.12)", (24, 3)), ("no pip", (0, 0))):
        python.write_text(f"#!/bin/sh\necho '{text}'\n")
        python.chmod(0o755)
        assert pip_version(str(python)) == version
    assert pip_version("/no/such/python") == (0, 0)


@pytest.mark.parametrize("version", [(3, 10), (3, 15)])
def test_a_python_that_torch_has_no_builds_for_does_not_use_its_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match=r"neither pip 22\.3 or newer for Python 3\.11 or newer, nor uv"):
        find_tool()


def test_an_old_pip_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "pip_version", lambda _: (22, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="install uv"):
        find_tool()
