#!/usr/bin/env python3
"""Sets Stem Bridge up in a virtual environment beside this checkout, and runs it. Standard library only.

python3 installer/setup.py                install (what is there already is kept)
python3 installer/setup.py demo           install, then run the main job: `stembridge demo`
python3 installer/setup.py run ARGS…      install, then run `stembridge ARGS…`
python3 installer/setup.py test ARGS…     install with the test tools, then check and test; ARGS go to pytest
python3 installer/setup.py docs           install what builds the documentation, and build it as a site: build/site
python3 installer/setup.py check          say which libraries of the system are missing; stdout is the line that
                                          installs them, so that `… check | sh -e` does it
python3 installer/setup.py uninstall ARGS…  run `stembridge uninstall ARGS…`, then delete the environment
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import python_check
import wheels
from distribution import Distribution, glibc_version, this_distribution

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MADE_HERE = (".venv", "stembridge.egg-info", "build")
"""Folders in the checkout that `install` creates and `uninstall` deletes."""
SIDE_BY_SIDE = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
"""Options of pytest-xdist: many tests wait for processes, so three run at a time, each file in one worker."""
EXTRAS = {"test": "[test,docs,ace-step]", "docs": "[docs]"}
"""Command → the extras of the package that it needs."""
COMMANDS = ("install", "demo", "run", "test", "docs", "check", "uninstall")


def main(arguments: list[str]) -> int:
    """Run the command in the arguments; return the exit code."""
    if problem := python_check.too_old(sys.version_info[:3], _distribution(), _is_root()):
        return _fail(problem)
    command, rest = (arguments[0], arguments[1:]) if arguments else ("install", [])
    if command not in COMMANDS:
        return _fail(f"{command!r} is not a command; there are {', '.join(COMMANDS)}.")
    if command == "check":
        for line in (say_missing_libraries(), say_missing_wheels([""])):
            if line:
                print(line)
        return 0
    if command == "uninstall":
        return uninstall(rest)
    try:
        install(EXTRAS.get(command, ""))
    except subprocess.CalledProcessError as error:
        return _fail(f"this step failed with exit code {error.returncode}: {' '.join(map(str, error.cmd))}.")
    say_missing_libraries()
    if command == "test":
        return check_and_test(rest)
    if command == "docs":
        return _call([PYTHON, "-m", "mkdocs", "build", "--strict", *rest])
    if command == "install":
        print(f"Installed. Run {BIN / 'stembridge'} --help")
        return 0
    return _call([PYTHON, "-m", "bridge", *(["demo"] if command == "demo" else []), *rest])


def install(extra: str) -> None:
    """Create the environment and install this checkout into it, unless that was done with the same pins."""
    stamp = VENV / f".installed{extra.strip('[]')}"
    wanted = hashlib.sha256(
        b"".join((ROOT / n).read_bytes() for n in ("pyproject.toml", "constraints.txt"))
    ).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted and PYTHON.exists():
        return
    _require_wheels(["", *extra.strip("[]").split(",")] if extra else [""])
    if not PYTHON.exists() or not _has_pip():
        if problem := python_check.without_venv(sys.version_info[:3], _distribution(), _is_root()):
            sys.exit(f"setup: {problem}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", "-e", f"{ROOT}{extra}"], check=True)
    stamp.write_text(wanted)


def say_missing_libraries() -> str:
    """Print to stderr which system libraries are missing; return the command line that installs them."""
    distribution = _distribution()
    if distribution is None:
        return ""
    import system_libraries as libraries

    missing = libraries.missing_libraries(libraries.has_screen(), libraries.has_library, libraries.has_font)
    if not missing:
        return ""
    print(f"setup: {libraries.advice(missing, distribution, _is_root())}", file=sys.stderr)
    return libraries.install_line(missing, distribution, _is_root())


def say_missing_wheels(parts: list[str]) -> str:
    """Print to stderr which packages need a compiler; return the line that installs one, "" if there is one."""
    machine = wheels.this_machine(glibc_version())
    if advice := wheels.advice(machine, parts, _distribution(), _is_root()):
        print(f"setup: {advice}", file=sys.stderr)
    if not advice or wheels.has_compiler() or not wheels.can_be_compiled(machine, parts):
        return ""
    return wheels.install_line(_distribution(), _is_root())


def _require_wheels(parts: list[str]) -> None:
    """Say what pip will have to compile; end here where it cannot."""
    line = say_missing_wheels(parts)
    machine = wheels.this_machine(glibc_version())
    if wheels.without_wheel(machine, parts) and (line or not wheels.can_be_compiled(machine, parts)):
        sys.exit(1)


def uninstall(arguments: list[str]) -> int:
    """Remove Stem Bridge's files outside this checkout, then the folders that `install` has created in it."""
    if PYTHON.exists():
        code = _call([PYTHON, "-m", "bridge", "uninstall", *arguments])
        if code or "--dry-run" in arguments or "--help" in arguments:
            return code
    for name in MADE_HERE:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    print(f"What is left is this folder, which you may delete: {ROOT}", file=sys.stderr)
    return 0


def check_and_test(arguments: list[str]) -> int:
    """Run the linter, the type checker and the tests; return the first exit code that is not 0."""
    # The tests start hundreds of processes; without cached bytecode each of them would compile all modules again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for step in (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", *SIDE_BY_SIDE, *arguments],
    ):
        code = _call([PYTHON, "-m", *step])
        if code:
            return code
    return 0


def _call(command: list[object]) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


def _has_pip() -> bool:
    return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _distribution() -> Distribution | None:
    """Return the Linux distribution, None on other systems."""
    return this_distribution() if sys.platform == "linux" else None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _fail(message: str) -> int:
    print(f"setup: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
