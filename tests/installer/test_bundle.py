"""The bundle's spec file, packing scripts and icon for all three systems, tested without a build."""

from __future__ import annotations

import configparser
import ctypes.util
import importlib.util
import plistlib
import re
import runpy
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge import __version__
from tests.helpers.debian import need
from tests.helpers.paths import ROOT

INSTALLER = ROOT / "installer"
pytest.importorskip("uv", reason="the package uv is not installed")


class Recipe:
    """The calls of the spec file to PyInstaller, whose names are replaced by recorders."""

    def __init__(self, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: dict[str, dict[str, Any]] = {}
        hooks = types.ModuleType("PyInstaller.utils.hooks")
        hooks.collect_submodules = lambda package: [package, f"{package}.part"]  # type: ignore[attr-defined]
        hooks.copy_metadata = lambda name, **_: [(f"{name}.dist-info", ".")]  # type: ignore[attr-defined]
        for name in ("PyInstaller", "PyInstaller.utils"):
            monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
        monkeypatch.setattr(sys, "platform", platform)
        names = {name: self._note(name) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
        source = compile((INSTALLER / "stembridge.spec").read_text(encoding="utf-8"), "stembridge.spec", "exec")
        exec(source, {"SPECPATH": str(INSTALLER), **names})

    def _note(self, name: str) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            self.calls[name] = {"arguments": arguments, **options}
            if name != "Analysis":
                return name
            pure = [(module, f"{module}.py", "PYMODULE") for module in ("bridge.cli", "engine", "mido")]
            binaries = [(lib, lib, "BINARY") for lib in ("libasound.so.2", "libQt6Core.so.6")]
            return types.SimpleNamespace(pure=pure, binaries=binaries, datas=[], scripts=[])

        return call


@pytest.fixture
def sound_libraries_here() -> None:
    if ctypes.util.find_library("portaudio") is None or not Path("/usr/share/alsa/alsa.conf").is_file():
        pytest.skip("the build needs libportaudio2 and libasound2-data (Debian's names)")
    need("/usr/lib/*/libwayland-cursor.so.0", "/usr/lib/*/libwayland-egl.so.1")


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system's linker")
@pytest.mark.usefixtures("installer", "sound_libraries_here")
def test_the_recipe_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Recipe("linux", monkeypatch).calls
    analysis = calls["Analysis"]
    targets = {target for _, target in analysis["datas"]}
    assert {"source", "source/bridge/cli", "source/engine/sketch/styles", "source/daw_scripts/reaper"} <= targets
    assert "spare/alsa" in targets
    assert {"bridge.part", "engine.part"} <= set(analysis["hiddenimports"])
    assert ("rtmidi" in analysis["hiddenimports"]) == (importlib.util.find_spec("rtmidi") is not None)
    assert {"torch", "demucs"} <= set(analysis["excludes"])
    assert {target for _, target in analysis["binaries"]} == {".", "spare"}
    inside = {Path(path).name for path, target in analysis["binaries"] if target == "."}
    assert inside >= {"libwayland-cursor.so.0", "libwayland-egl.so.1"}
    assert "readline" in analysis["excludes"]  # its library is GPL
    licences = {target for target, *_ in calls["COLLECT"]["arguments"][2] if target.startswith("licences/")}
    assert any(target.startswith("licences/mido/") for target in licences)
    (pure,) = calls["PYZ"]["arguments"]
    assert [module for module, *_ in pure] == ["mido"]  # the project's files lie in `source`
    binaries = calls["COLLECT"]["arguments"][1]
    assert [name for name, *_ in binaries] == ["libQt6Core.so.6"]
    assert "BUNDLE" not in calls


@pytest.mark.parametrize(("platform", "icon", "console"), [("win32", ".ico", True), ("darwin", ".icns", False)])
@pytest.mark.usefixtures("installer")
def test_the_recipe_elsewhere(platform: str, icon: str, console: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Recipe(platform, monkeypatch).calls
    assert calls["EXE"]["icon"].endswith(icon)
    assert calls["EXE"]["console"] is console
    assert not any("spare" in target for _, target in calls["Analysis"]["datas"] + calls["Analysis"]["binaries"])
    assert ("BUNDLE" in calls) == (platform == "darwin")
    if platform == "darwin":
        assert calls["BUNDLE"]["version"] == __version__
        assert calls["BUNDLE"]["name"] == "Stem Bridge.app"


@pytest.mark.parametrize("script", sorted(INSTALLER.rglob("*.sh")), ids=lambda path: path.name)
def test_shell_scripts_have_no_syntax_error(script: Path) -> None:
    subprocess.run(["sh", "-n", str(script)], check=True)
    assert script.stat().st_mode & 0o100, "is not executable"


def test_the_windows_installer_gets_every_value_that_it_requires() -> None:
    recipe = (INSTALLER / "windows" / "stembridge.iss").read_text(encoding="utf-8")
    script = (INSTALLER / "windows" / "build_installer.ps1").read_text(encoding="utf-8")
    assert set(re.findall(r"\{#(\w+)\}", recipe)) == set(re.findall(r'"/D(\w+)=', script))
    assert "PrivilegesRequired=lowest" in recipe
    output = re.search(r"OutputBaseFilename=(.*)", recipe)
    assert output is not None
    assert output[1].replace("{#Version}", "$Version").replace("x86_64", "$Machine") in script
    license_file = re.search(r"LicenseFile=(.*)", recipe)
    assert license_file is not None
    assert (INSTALLER / "windows" / license_file[1].replace("\\", "/")).resolve() == ROOT / "LICENSE"


def test_the_macs_entitlements_are_a_property_list() -> None:
    rights = plistlib.loads((INSTALLER / "macos" / "entitlements.plist").read_bytes())
    assert all(value is True for value in rights.values())


def test_the_desktop_entry_is_complete() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(INSTALLER / "linux" / "stembridge.desktop", encoding="utf-8")
    assert (
        dict(entry["Desktop Entry"]).items()
        >= {"Type": "Application", "Exec": "stembridge", "Terminal": "false"}.items()
    )


@pytest.mark.skipif(sys.platform != "linux", reason="for Linux desktops")
def test_the_program_is_added_to_the_menu_and_removed_again(tmp_path: Path) -> None:
    bundle, home = tmp_path / "a bundle", tmp_path / "home"
    (bundle / "_internal" / "icons").mkdir(parents=True)
    home.mkdir()
    for name in ("add-to-menu.sh", "stembridge.desktop"):
        shutil.copy2(INSTALLER / "linux" / name, bundle)
    shutil.copy2(INSTALLER / "icon" / "stembridge.svg", bundle / "_internal" / "icons")
    (bundle / "stembridge").write_text("#!/bin/sh\necho here\n")
    (bundle / "stembridge").chmod(0o755)

    def run(*words: str) -> int:
        command = [str(bundle / "add-to-menu.sh"), *words]
        return subprocess.run(
            command, env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, capture_output=True
        ).returncode

    assert run() == 0
    entry = (home / ".local/share/applications/stembridge.desktop").read_text()
    assert f'Exec="{bundle}/stembridge"' in entry
    started = subprocess.run([home / ".local/bin/stembridge"], capture_output=True, text=True, check=True)
    assert started.stdout == "here\n"
    assert run("--remove") == 0
    assert not [path for path in home.rglob("*") if not path.is_dir()]
    assert run("--whatever") == 2


@pytest.mark.parametrize("size_px", [16, 256])
def test_the_icon_is_drawn_at_its_size(size_px: int) -> None:
    render = runpy.run_path(str(INSTALLER / "icon" / "render.py"))["render"]
    image = render(size_px)
    assert image.size == (size_px, size_px)
    assert image.getpixel((0, 0))[3] == 0  # round corners
    assert image.getpixel((size_px // 2, size_px // 2))[3] == 255
    assert len(image.convert("RGB").getcolors(1 << 16)) > 20
