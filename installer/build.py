#!/usr/bin/env python3
"""Builds the bundle of this system from a clean clone. Standard library only; Python 3.11 or newer.

python3 installer/build.py               the bundle, tested by its own --selftest, packed into dist/
python3 installer/build.py --no-pack     the bundle alone, in dist/stembridge

The self-test opens the window; on Linux on a screen of X11 and one of Wayland (Xvfb, weston). Linux: a tar.gz, and an
AppImage where `appimagetool` is. macOS: Stem Bridge.app in a dmg. Windows: an installer by Inno Setup (`iscc`).
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import os
import platform
import py_compile
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import bundle_check
import system_libraries
import virtual_screens
from distribution import DEBIAN, this_distribution

ROOT = Path(__file__).resolve().parent.parent
BUILD, DIST = ROOT / "build", ROOT / "dist"
VENV = BUILD / "venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BUNDLE = DIST / "stembridge"
APP = DIST / "Stem Bridge.app"
OLDEST = (3, 11)
LINUX_TOOLS = {"objdump": "binutils", **virtual_screens.PACKAGES}
"""Program that the build on Linux runs → its package in Debian."""
SCREENS = ("X11", "Wayland")
"""The screens on which the self-test on Linux has to open the window."""


class BadBundle(Exception):
    """A bundle that is not fit to be given away."""


def main(arguments: list[str]) -> int:
    """Build; return the exit code."""
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__.splitlines()[0])
    parser.add_argument("--no-pack", action="store_true", help="leave the bundle in dist/stembridge")
    options = parser.parse_args(arguments)
    if sys.version_info < OLDEST:
        print(f"build: Python 3.11 or newer is needed, this is {platform.python_version()}.", file=sys.stderr)
        return 1
    if problem := missing_here():
        print(f"build: {problem}", file=sys.stderr)
        return 1
    try:
        make_environment()
        make_bundle()
        check_libraries()
        selftest()
        for path in [] if options.no_pack else pack():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            print(f"{digest}  {path.name}  ({path.stat().st_size / 1e6:.0f} MB)")
    except subprocess.CalledProcessError as error:
        print(error.stdout or "", end="", file=sys.stderr)
        print(f"build: exit code {error.returncode} of {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    except (BadBundle, virtual_screens.NoScreen) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    return 0


def missing_here() -> str:
    """Return what this Linux lacks for the build and its remedy, "" if nothing is missing."""
    if sys.platform != "linux":
        return ""
    distribution, as_root = this_distribution(), os.geteuid() == 0
    libraries = system_libraries.missing_libraries(True, system_libraries.has_library, system_libraries.has_font)
    tools = [package for program, package in LINUX_TOOLS.items() if shutil.which(program) is None]
    if not libraries and not tools:
        return ""
    names = ", ".join([*(library.soname or "a font" for library in libraries), *tools])
    if distribution.family != DEBIAN:
        return f"the bundle needs {names} of this system."
    packages = [*dict.fromkeys(library.package(distribution) for library in libraries), *tools]
    return f"the bundle needs {names} of this system:\n  {distribution.line(packages, as_root)}"


def make_environment() -> None:
    """Create an environment with the project, installed as by a user, and the build tools."""
    if not PYTHON.exists():
        _run(sys.executable, "-m", "venv", VENV)
    shutil.rmtree(BUILD / "lib", ignore_errors=True)  # setuptools would include deleted modules
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt"]
    _run(*pip, f"{ROOT}[bundle]")
    _run(*pip, "--force-reinstall", "--no-deps", ROOT)
    for plugin in VENV.rglob("libqgtk3.so"):
        plugin.unlink()  # Qt's GTK theme would load another GTK than the desktop's, and brings 20 libraries with it


def make_bundle() -> None:
    """Run PyInstaller with the spec file; precompile the project's modules for the bundle's Python."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run(PYTHON, ROOT / "installer" / "icon" / "render.py", BUILD / "icons")
    recipe = ROOT / "installer" / "stembridge.spec"
    folders = ("--workpath", BUILD / "pyinstaller", "--distpath", DIST)
    _run(PYTHON, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN", *folders, recipe)
    source = _program().parent / "_internal" / "source"
    if sys.platform == "darwin":
        source = APP / "Contents" / "Resources" / "source"
    compileall.compile_dir(
        source, quiet=1, stripdir=str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )


def check_libraries() -> None:
    """Fail if the Linux bundle lacks a library that a desktop may not have."""
    if sys.platform == "linux" and (missing := bundle_check.left_out(BUNDLE)):
        raise BadBundle(bundle_check.advice(missing))


def selftest() -> None:
    """Run the bundle's own self-test, without the build's Python variables; on Linux in real windows too."""
    environ = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    if sys.platform != "linux":
        _run(_program(), "--selftest", environ=environ)
        return
    with ExitStack() as screens:
        for start in (virtual_screens.x11, virtual_screens.wayland):
            environ |= screens.enter_context(start())
        said = _run(_program(), "--selftest", environ=environ, capture=True)
    print(said, end="", flush=True)
    if unseen := [screen for screen in SCREENS if f"on {screen} " not in said]:
        raise BadBundle(f"the self-test opened no window on {' and on '.join(unseen)}.")


def pack() -> list[Path]:
    """Pack the bundle; return the files for download."""
    version = _run(_program(), "--version", capture=True).split()[-1]
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if sys.platform == "darwin":
        return [_pack_script(ROOT / "installer" / "macos" / "make_dmg.sh", APP, DIST, version, machine)]
    if os.name == "nt":
        script = ROOT / "installer" / "windows" / "build_installer.ps1"
        shell = ("powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File")
        return [_pack_script(*shell, script, BUNDLE, DIST, version, machine)]
    return _pack_linux(f"stembridge-{version}-linux-{machine}", version)


def _pack_linux(name: str, version: str) -> list[Path]:
    for file in (ROOT / "LICENSE", *(ROOT / "installer" / "linux").glob("*")):
        if file.name != "make_appimage.sh":
            shutil.copy2(file, BUNDLE)
    archive = DIST / f"{name}.tar.gz"
    flags = (
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        f"--transform=s/^stembridge/stembridge-{version}/",
    )
    _run("tar", "-C", DIST, *flags, "-czf", archive, "stembridge")
    if shutil.which("appimagetool") is None:
        print("build: there is no appimagetool, so no AppImage is made.")
        return [archive]
    return [
        archive,
        _pack_script(ROOT / "installer" / "linux" / "make_appimage.sh", BUNDLE, DIST / f"{name}.AppImage"),
    ]


def _pack_script(*command: object) -> Path:
    """Run a packing script; return the path in its last line of output."""
    return Path(_run(*command, capture=True).strip().splitlines()[-1])


def _program() -> Path:
    if sys.platform == "darwin":
        return APP / "Contents" / "MacOS" / "stembridge"
    return BUNDLE / ("stembridge.exe" if os.name == "nt" else "stembridge")


def _run(*command: object, environ: dict[str, str] | None = None, capture: bool = False) -> str:
    print(f"build: {' '.join(map(str, command))}", file=sys.stderr, flush=True)
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=ROOT, env=environ, check=True, text=True, stdout=subprocess.PIPE if capture else None
    )
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
