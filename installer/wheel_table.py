#!/usr/bin/env python3
"""Looks up which pinned packages have no wheel, for every Python and system, and writes wheels.json. Needs uv.

.venv/bin/python installer/wheel_table.py           ask the package index, and write the table
.venv/bin/python installer/wheel_table.py --check   only say whether the table has all of today's pins
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "installer" / "wheels.json"
PINS = ROOT / "constraints.txt"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NEURAL = "ace-step"
EXTRAS = {"": (), "test": ("test", "docs"), NEURAL: (NEURAL,)}
"""Name in the table → the extras of the package that it stands for; the empty name is the package itself."""


class Target(NamedTuple):
    """One kind of machine: uv's name for it, and the values of its markers."""

    uv_name: str
    sys_platform: str
    machine: str


TARGETS = {
    "linux x86_64 2.34": Target("x86_64-manylinux_2_34", "linux", "x86_64"),
    "linux aarch64 2.34": Target("aarch64-manylinux_2_34", "linux", "aarch64"),
    "linux aarch64 2.39": Target("aarch64-manylinux_2_39", "linux", "aarch64"),
    "windows AMD64": Target("x86_64-pc-windows-msvc", "win32", "AMD64"),
    "macos arm64": Target("aarch64-apple-darwin", "darwin", "arm64"),
    "macos x86_64": Target("x86_64-apple-darwin", "darwin", "x86_64"),
}
"""Name in the table → machine; with Linux, the C library's version from which on the row holds."""
MACOS = "14.0"


def main(arguments: list[str]) -> int:
    """Write or check the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="wheel_table.py", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare the pins with the table's")
    if parser.parse_args(arguments).check:
        return _check()
    pins = pinned()
    needed = {name: _needed(extras, pins) for name, extras in EXTRAS.items()}
    rows = {name: {python: _row(target, python, needed) for python in PYTHONS} for name, target in TARGETS.items()}
    TABLE.write_text(json.dumps({"pins": sorted(pins.values()), "no_wheel": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


def _check() -> int:
    left = sorted(set(pinned().values()) ^ set(json.loads(TABLE.read_text(encoding="utf-8"))["pins"]))
    if left:
        print(f"wheels.json is of other pins ({', '.join(left)}): run installer/wheel_table.py", file=sys.stderr)
    return 1 if left else 0


def pinned() -> dict[str, str]:
    """Return the pins: normalised name → requirement."""
    lines = [line.strip() for line in PINS.read_text(encoding="utf-8").splitlines()]
    return {normal(line.split("==")[0]): line for line in lines if "==" in line and not line.startswith("#")}


def normal(name: str) -> str:
    """Return the normalised name of a distribution."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def _needed(extras: tuple[str, ...], pins: dict[str, str]) -> dict[str, str]:
    """Return what is installed with `extras`: pin → its marker.

    The neural engines cannot be resolved for all systems at once (torch has no build for Intel's Macs): for them, the
    packages of Linux stand for all.
    """
    where = (
        ["--python-version", "3.12", "--python-platform", "x86_64-manylinux_2_36"]
        if NEURAL in extras
        else ["--universal"]
    )
    options = [word for extra in extras for word in ("--extra", extra)]
    listed = _uv("pip", "compile", *where, "--no-annotate", "-c", str(PINS), *options, str(ROOT / "pyproject.toml"))
    if listed.returncode:
        sys.exit(f"wheel_table: the requirements do not fit each other: {listed.stderr}")
    found = {}
    for line in listed.stdout.splitlines():
        requirement, _, marker = line.partition(";")
        pin = pins.get(normal(requirement.split("==")[0]))
        if pin:
            found[pin] = marker.strip()
    return found


def _row(target: Target, python: str, needed: dict[str, dict[str, str]]) -> dict[str, list[str]]:
    """Return the pins without a wheel: what needs them → pins."""
    parts: dict[str, list[str]] = {}
    known: set[str] = set()
    wanted: list[str] = []
    for name, markers in needed.items():
        # The neural engines have no markers (see `_needed`): where another part has a package, that one decides.
        told = known if name == NEURAL else set(wanted)
        parts[name] = [pin for pin, marker in markers.items() if pin not in told and _holds(marker, target, python)]
        known |= set(markers)
        wanted += parts[name]
    missing = without_wheel(wanted, lambda some: refusal(some, target, python))
    row = {name: found for name, pins in parts.items() if (found := [pin for pin in pins if pin in missing])}
    print(f"{target.uv_name} {python}: {row or 'all'}", file=sys.stderr, flush=True)
    return row


def _holds(marker: str, target: Target, python: str) -> bool:
    values = {
        "sys_platform": target.sys_platform,
        "platform_machine": target.machine,
        "platform_system": {"win32": "Windows", "darwin": "Darwin"}.get(target.sys_platform, "Linux"),
        "os_name": "nt" if target.sys_platform == "win32" else "posix",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    return not marker or Marker(marker).evaluate(values)


def without_wheel(pins: list[str], refused: Callable[[list[str]], str]) -> list[str]:
    """Return those of `pins` that have none.

    `refused` answers why some pins cannot be had, "" if they can. uv names one package at a time; should it name
    none, each is asked for alone.
    """
    left, missing = list(pins), list[str]()
    while left and (reason := refused(left)):
        named = [pin for pin in left if re.search(rf"(?<![\w.-]){re.escape(_as_uv_writes(pin))}(?![\w.])", reason)]
        bad = named or [pin for pin in left if refused([pin])]
        if not bad:
            sys.exit(f"wheel_table: uv refuses all together, and each is fine alone: {reason}")
        missing += bad
        left = [pin for pin in left if pin not in bad]
    return missing


def _as_uv_writes(pin: str) -> str:
    name, _, version = pin.partition("==")
    return f"{normal(name)}=={version}"


def refusal(pins: list[str], target: Target, python: str) -> str:
    """Return why `pins` cannot be had as wheels for this machine and Python, "" if they can."""
    where = ("--python-version", python, "--python-platform", target.uv_name)
    done = _uv("pip", "compile", "--no-deps", "--only-binary", ":all:", *where, "-", said="\n".join(pins))
    return done.stderr or "failed" if done.returncode else ""


def _uv(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run uv with `said` as its input."""
    return subprocess.run(
        [sys.executable, "-m", "uv", *words[:2], "--quiet", "--no-header", *words[2:]],
        input=said,
        capture_output=True,
        text=True,
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": MACOS},
        cwd=ROOT / "installer",
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
