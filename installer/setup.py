#!/usr/bin/env python3
"""Sets Stem Bridge up in a virtual environment beside this checkout, and runs it. Standard library only.

python3 installer/setup.py                install (what is there already is kept)
python3 installer/setup.py demo           install, then run the main job: `stembridge demo`
python3 installer/setup.py run ARGS…      install, then run `stembridge ARGS…`
python3 installer/setup.py test ARGS…     install with the test tools, then check and test; ARGS go to pytest
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile")
"""Half of the tests wait for processes: two at a time, those of one file together."""


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit code."""
    if sys.version_info < OLDEST:
        return _fail(f"Stem Bridge needs Python 3.11 or newer, this is {sys.version.split()[0]}")
    command, rest = (arguments[0], arguments[1:]) if arguments else ("install", [])
    if command not in ("install", "demo", "run", "test"):
        return _fail(f"{command!r} is not a command; there are install, demo, run and test")
    try:
        install("[test,ace-step]" if command == "test" else "")
    except subprocess.CalledProcessError as error:
        return _fail(f"this step failed with exit code {error.returncode}: {' '.join(map(str, error.cmd))}")
    if command == "test":
        return check_and_test(rest)
    if command == "install":
        print(f"Installed. Run {BIN / 'stembridge'} --help")
        return 0
    return _call([PYTHON, "-m", "bridge", *(["demo"] if command == "demo" else []), *rest])


def install(extra: str) -> None:
    """Make the environment and install this checkout into it, unless that has been done with these very pins."""
    stamp = VENV / f".installed{extra.strip('[]')}"
    wanted = hashlib.sha256(
        b"".join((ROOT / n).read_bytes() for n in ("pyproject.toml", "constraints.txt"))
    ).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted and PYTHON.exists():
        return
    if not PYTHON.exists() or not _has_pip():
        _check_venv()
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", "-e", f"{ROOT}{extra}"], check=True)
    stamp.write_text(wanted)


def check_and_test(arguments: list[str]) -> int:
    """Run the linter, the type checker and the tests; return the first exit code that is not 0."""
    for step in (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", *TWO_AT_ONCE, *arguments],
    ):
        code = _call([PYTHON, "-m", *step])
        if code:
            return code
    return 0


def _call(command: list[object]) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


def _has_pip() -> bool:
    return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _check_venv() -> None:
    """End with the line that helps where Debian's Python lacks its venv module."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit("setup: Python's venv module is missing. On Debian and Ubuntu: apt-get install -y python3-venv")


def _fail(message: str) -> int:
    print(f"setup: {message}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
