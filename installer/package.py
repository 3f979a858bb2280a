#!/usr/bin/env python3
"""Builds the sdist, and from it the wheel, and checks both as a package index would. Standard library only.

python3 installer/package.py        dist/stembridge-VERSION.tar.gz, dist/stembridge-VERSION-py3-none-any.whl
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
VENV = ROOT / "build" / "package-venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> int:
    """Build and check; return the exit code."""
    try:
        make_environment()
        files = build()
        check(files)
    except subprocess.CalledProcessError as error:
        print(f"package: exit code {error.returncode} of {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    for file in files:
        print(f"{file.name}  ({file.stat().st_size / 1e6:.1f} MB)")
    return 0


def make_environment() -> None:
    """Create an environment with the tools of the extra `release`, without the project itself."""
    if not PYTHON.exists():
        _run(sys.executable, "-m", "venv", VENV)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run(*pip, "-c", ROOT / "constraints.txt", *extras["release"])


def build() -> list[Path]:
    """Build the sdist and from it the wheel; return both. Bundles in the same folder stay."""
    shutil.rmtree(ROOT / "build" / "lib", ignore_errors=True)  # setuptools would include deleted modules
    for old in _built():
        old.unlink()
    _run(PYTHON, "-m", "build", "--outdir", DIST, ROOT)
    return _built()


def _built() -> list[Path]:
    """Return the sdists and wheels in the folder; a bundle's archive has its system in its name."""
    sdists = (path for path in DIST.glob("stembridge-*.tar.gz") if path.name.count("-") == 1)
    return sorted([*sdists, *DIST.glob("stembridge-*.whl")])


def check(files: list[Path]) -> None:
    """Check the metadata, the page's text, and the wheel's contents."""
    _run(PYTHON, "-m", "twine", "check", "--strict", *files)
    _run(PYTHON, "-m", "check_wheel_contents", *(file for file in files if file.suffix == ".whl"))


def _run(*command: object) -> None:
    print(f"package: {' '.join(map(str, command))}", file=sys.stderr, flush=True)
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
