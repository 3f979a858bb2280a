"""Checks of a finished environment, on one made of files; its Python is the one that runs the tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import bridge.upkeep.engine_env.check as check
from bridge.upkeep.engine_env.check import check_imports, probe_in
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentFault
from engine.errors import EngineUnavailable
from engine.hardware.device import Device
from engine.interpreter import Interpreter
from tests.helpers.engine_environment import make_environment


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return make_environment(tmp_path / "engine")


def test_missing_packages_are_named_once_each_in_order(location: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "PACKAGES", ("torch", "diffusers", "safetensors"))
    monkeypatch.setattr(check, "SEPARATE_PACKAGES", ("torch", "safetensors", "yaml"))
    with pytest.raises(EnvironmentFault) as caught:
        check_imports(location)
    missing = "diffusers, safetensors, yaml"
    assert str(caught.value) == f"The engine environment lacks {missing}; `stembridge engine repair` mends it."


def test_packages_and_single_modules_both_count_as_installed(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = location.packages
    assert packages is not None
    (packages / "soxr.py").touch()
    monkeypatch.setattr(check, "PACKAGES", ("torch", "soxr"))
    monkeypatch.setattr(check, "SEPARATE_PACKAGES", ())
    check_imports(location)


def test_a_package_of_the_tests_own_python_does_not_count(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "PACKAGES", ("pytest",))
    with pytest.raises(EnvironmentFault, match="lacks pytest"):
        check_imports(location)


def test_an_environment_without_packages_is_a_sentence(location: Location) -> None:
    shutil.rmtree(location.environment / "lib", ignore_errors=True)
    shutil.rmtree(location.environment / "Lib", ignore_errors=True)
    for action in (check_imports, probe_in):
        with pytest.raises(EnvironmentFault, match="has no folder of packages; remove it and install it again"):
            action(location)


def test_the_environments_own_python_is_probed(location: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Interpreter | None] = []
    cpu = Device("cpu", "a CPU", 16, 8, "float32")

    def found_by(interpreter: Interpreter | None) -> Device:
        asked.append(interpreter)
        return cpu

    monkeypatch.setattr(check, "probe_with", found_by)
    assert probe_in(location) is cpu
    (interpreter,) = asked
    assert interpreter is not None
    assert (interpreter.program, interpreter.packages) == (location.program, location.packages)


def test_a_torch_that_does_not_work_is_a_fault_of_the_environment(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> Device:
        raise EngineUnavailable("torch does not work here (libcuda.so.1).")

    monkeypatch.setattr(check, "probe_with", refuse)
    with pytest.raises(EnvironmentFault, match=r"^torch does not work here \(libcuda\.so\.1\)\.$"):
        probe_in(location)
