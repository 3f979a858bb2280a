"""What pip would have to compile is known before pip is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import wheel_table
import wheels
from distribution import read_os_release
from wheels import Machine

from tests.helpers.os_releases import ALPINE, BOOKWORM

ROWS = {
    "linux x86_64 2.34": {"3.13": {}, "3.14": {"": ["one==1"], "test": ["two==2"]}},
    "linux aarch64 2.34": {"3.13": {"": ["PySide6_Essentials==6"]}},
    "linux aarch64 2.39": {"3.13": {}},
    "macos x86_64": {"3.13": {"ace-step": ["torch==2"]}},
}
DEBIAN = read_os_release(BOOKWORM, (2, 36))


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "wheels.json"
    path.write_text(json.dumps({"pins": [], "no_wheel": ROWS}), encoding="utf-8")
    monkeypatch.setattr(wheels, "TABLE", path)
    return path


@pytest.mark.parametrize(
    ("machine", "parts", "missing"),
    [
        (Machine("linux", "x86_64", "3.13", (2, 41)), ("", "test"), []),
        (Machine("linux", "x86_64", "3.14", (2, 41)), ("",), ["one==1"]),
        (Machine("linux", "x86_64", "3.14", (2, 41)), ("", "test"), ["one==1", "two==2"]),
        (Machine("linux", "x86_64", "3.15", (2, 41)), ("",), None),
        (Machine("linux", "x86_64", "3.13", (2, 31)), ("",), None),
        (Machine("linux", "x86_64", "3.13", (0,)), ("",), None),  # another C library
        (Machine("linux", "aarch64", "3.13", (2, 36)), ("",), ["PySide6_Essentials==6"]),
        (Machine("linux", "aarch64", "3.13", (2, 39)), ("",), []),
        (Machine("linux", "riscv64", "3.13", (2, 41)), ("",), None),
        (Machine("macos", "x86_64", "3.13"), ("",), []),
        (Machine("macos", "x86_64", "3.13"), ("", "ace-step"), ["torch==2"]),
        (Machine("freebsd14", "amd64", "3.13"), ("",), None),
    ],
)
def test_the_nearest_row_of_the_table_holds(
    table: Path, machine: Machine, parts: tuple[str, ...], missing: list[str] | None
) -> None:
    assert wheels.without_wheel(machine, parts) == missing


def test_the_advice_names_the_packages_and_what_installs_a_compiler(table: Path) -> None:
    debian = wheels.advice(Machine("linux", "x86_64", "3.14", (2, 41)), ("", "test"), DEBIAN, True)
    assert debian.startswith(
        "pip will have to compile one==1, two==2, of which there is no wheel for Python 3.14 on linux"
    )
    assert debian.splitlines()[1] == "  apt-get install -y build-essential python3-dev pkg-config"
    unknown = wheels.advice(Machine("linux", "riscv64", "3.13", (2, 41)), ("",), read_os_release(ALPINE, (0,)), True)
    assert unknown == (
        "Stem Bridge has not been tried with Python 3.13 on linux riscv64: "
        "pip may have to compile packages, which needs a compiler."
    )
    assert wheels.advice(Machine("linux", "x86_64", "3.13", (2, 41)), ("", "test"), DEBIAN, True) == ""


def test_what_no_compiler_makes_is_said_to_be_out_of_reach(table: Path) -> None:
    arm = Machine("linux", "aarch64", "3.13", (2, 36))
    assert "PySide6_Essentials==6 cannot be had for Python 3.13 on linux aarch64" in wheels.advice(
        arm, ("",), None, True
    )
    assert not wheels.can_be_compiled(arm, ("",))
    intel = Machine("macos", "x86_64", "3.13")
    assert "the sketch engine needs none" in wheels.advice(intel, ("", "ace-step"), None, False)
    assert wheels.can_be_compiled(intel, ("",))


def test_this_machine_is_named_as_the_table_names_it() -> None:
    machine = wheels.this_machine((2, 36))
    assert machine.system in {name.split()[0] for name in wheel_table.TARGETS}
    assert machine.python.count(".") == 1


def test_the_table_is_of_todays_pins_and_stem_bridge_itself_needs_no_compiler() -> None:
    assert wheel_table.main(["--check"]) == 0, "run installer/wheel_table.py"
    for python in wheel_table.PYTHONS:
        for system, processor, *glibc in (name.split() for name in wheel_table.TARGETS):
            version = tuple(int(number) for number in glibc[0].split(".")) if glibc else (0,)
            missing = wheels.without_wheel(Machine(system, processor, python, version), ("",))
            assert missing is not None
            if (processor, version) != ("aarch64", (2, 34)):  # Qt's wheels for ARM want a newer C library
                assert missing == [], (system, processor, python)
