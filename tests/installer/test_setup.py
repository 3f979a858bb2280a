"""The commands of `installer/setup.py`."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
from distribution import Distribution

from tests.helpers.paths import ROOT

INSTALLER = ROOT / "installer"


def test_setup_can_be_read_by_a_python_that_is_too_old() -> None:
    """Otherwise a newcomer with Python 3.8 would see a SyntaxError instead of the sentence."""
    for name in ("setup", "distribution", "python_check", "system_libraries", "wheels"):
        ast.parse((INSTALLER / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.fixture
def setup() -> ModuleType:
    """`installer/setup.py` as a module."""
    spec = importlib.util.spec_from_file_location("stembridge_setup", INSTALLER / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_setup_names_its_commands(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["instal"]) == 1
    said = capsys.readouterr().err
    assert all(command in said for command in setup.COMMANDS)
    assert all(f"setup.py {command}" in (setup.__doc__ or "") for command in setup.COMMANDS if command != "install")


def test_setup_deletes_what_it_has_created_and_nothing_else(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = tmp_path / "calls"
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\ntest "$4" != --fail\n')
    python.chmod(0o755)
    (tmp_path / "stembridge.egg-info").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "PYTHON", python)
    assert setup.main(["uninstall", "--fail"]) == 1  # when `stembridge uninstall` fails nothing is deleted here
    assert setup.main(["uninstall", "--dry-run"]) == 0
    assert python.exists()
    assert setup.main(["uninstall", "--yes"]) == 0
    assert calls.read_text().splitlines()[-1] == "-m bridge uninstall --yes"
    assert {path.name for path in tmp_path.iterdir()} == {"calls", "pyproject.toml"}
    assert str(tmp_path) in capsys.readouterr().err


@pytest.fixture
def checkout(setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The recorded commands of a checkout in `tmp_path`; the first creates the environment's Python."""
    commands: list[list[str]] = []
    venv = tmp_path / ".venv"

    def run(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append([str(part) for part in command])
        (venv / "bin").mkdir(parents=True, exist_ok=True)
        (venv / "bin" / "python").touch()
        return subprocess.CompletedProcess([], 0)

    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", venv)
    monkeypatch.setattr(setup, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(setup, "say_missing_libraries", lambda: "")
    return commands


def test_an_installation_is_done_once_for_the_same_pins_and_extras(
    setup: ModuleType, checkout: list[list[str]], tmp_path: Path
) -> None:
    def installs() -> list[str]:
        found = [command[-1] for command in checkout if "install" in command]
        checkout.clear()
        return found

    setup.install("")
    assert installs() == [str(tmp_path)]
    setup.install("")
    assert installs() == []
    setup.install("[docs]")
    assert installs() == [f"{tmp_path}[docs]"]
    (tmp_path / "constraints.txt").write_text("two")
    setup.install("")
    assert installs() == [str(tmp_path)]


def test_the_command_runs_with_its_arguments_after_the_installation(
    setup: ModuleType, checkout: list[list[str]]
) -> None:
    assert setup.main(["run", "doctor", "--json"]) == 0
    assert checkout[-1][1:] == ["-m", "bridge", "doctor", "--json"]
    assert setup.main(["demo", "--quick"]) == 0
    assert checkout[-1][1:] == ["-m", "bridge", "demo", "--quick"]
    assert setup.main(["docs"]) == 0
    assert checkout[-1][1:] == ["-m", "mkdocs", "build", "--strict"]


def test_checks_and_tests_run_in_order_until_one_fails(
    setup: ModuleType, checkout: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {"ruff": 0, "mypy": 5, "pytest": 0}
    called: list[str] = []

    def call(command: list[object]) -> int:
        called.append(str(command[2]))
        return codes[str(command[2])]

    monkeypatch.setattr(setup, "_call", call)
    assert setup.check_and_test([]) == 5
    assert called == ["ruff", "ruff", "mypy"]
    codes["mypy"] = 0
    called.clear()
    assert setup.check_and_test(["-x"]) == 0
    assert called == ["ruff", "ruff", "mypy", "pytest"]


def test_a_failed_step_is_a_sentence(
    setup: ModuleType, checkout: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: str) -> None:
        raise subprocess.CalledProcessError(3, ["pip", "install"])

    monkeypatch.setattr(setup, "install", fail)
    assert setup.main(["install"]) == 1
    assert capsys.readouterr().err == "setup: this step failed with exit code 3: pip install.\n"


def test_check_prints_only_the_command_line(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "say_missing_libraries", lambda: "apt-get install -y libegl1")
    monkeypatch.setattr(setup, "say_missing_wheels", lambda _: "")
    assert setup.main(["check"]) == 0
    assert capsys.readouterr().out == "apt-get install -y libegl1\n"
    monkeypatch.setattr(setup, "say_missing_libraries", lambda: "")
    assert setup.main(["check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.fixture
def machine(setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Debian on which one package has no wheel, another one not even a source, and there is no compiler."""
    row = {"": ["one==1"], "ace-step": ["torch==2"]}
    table = tmp_path / "wheels.json"
    table.write_text(json.dumps({"no_wheel": {"linux x86_64 2.34": {"3.14": row}}}))
    wheels = setup.wheels
    monkeypatch.setattr(wheels, "TABLE", table)
    monkeypatch.setattr(wheels, "this_machine", lambda _: wheels.Machine("linux", "x86_64", "3.14", (2, 41)))
    monkeypatch.setattr(wheels, "has_compiler", lambda: False)
    monkeypatch.setattr(setup, "_distribution", lambda: Distribution("debian", "Debian"))
    monkeypatch.setattr(setup, "say_missing_libraries", lambda: "")


@pytest.mark.usefixtures("machine")
def test_check_names_what_needs_a_compiler(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["check"]) == 0
    said = capsys.readouterr()
    assert "pip will have to compile one==1" in said.err
    assert said.out.endswith("apt-get install -y build-essential python3-dev pkg-config\n")


@pytest.mark.usefixtures("machine")
def test_what_pip_cannot_do_is_told_before_pip_runs(
    setup: ModuleType, checkout: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"):
        setup.main(["demo"])
    assert "pip will have to compile one==1" in capsys.readouterr().err
    monkeypatch.setattr(setup.wheels, "has_compiler", lambda: True)
    with pytest.raises(SystemExit, match="1"):  # no compiler makes torch
        setup.main(["test"])
    assert "torch==2 cannot be had" in capsys.readouterr().err
    assert checkout == []
    assert setup.main(["demo"]) == 0
    assert checkout
