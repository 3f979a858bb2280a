"""Finds Ableton Live's User Library: in its usual folder on each system, or where the user has moved it.

The folder of a moved library is in `Library.cfg` in the preferences, which each version of Live has separately.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath

from bridge.daws.foreign import read_foreign

NAME = "User Library"
CONFIG = "Library.cfg"
MAX_CONFIG_BYTES = 1_000_000
_SIGNS = ("Ableton Folder Info", "Remote Scripts", "Clips", "Defaults", "Presets", "Templates")
"""Folders that Live creates in a User Library; a folder that contains one of them counts as a User Library."""
_PROJECT_PATH = re.compile(r'<ProjectPath\s+Value="([^"]+)"')


def is_user_library(folder: Path) -> bool:
    """Return whether a folder is a User Library of Live, by its name (it may be empty) or its contents."""
    return folder.is_dir() and (folder.name == NAME or any((folder / sign).is_dir() for sign in _SIGNS))


def find_user_library(platform: str, environ: Mapping[str, str], home: Path) -> Path | None:
    """Return the User Library on `platform` (a `sys.platform`), None if there is none.

    The one in the most recently changed preferences comes first. On Linux, Wine's drive `C:` is searched.
    """
    for folder in _candidates(platform, environ, home):
        if is_user_library(folder):
            return folder
    return None


def usual_place(platform: str, environ: Mapping[str, str], home: Path) -> Path:
    """Return the default folder of the User Library."""
    return _documents(platform, environ, home)[0] / "Ableton" / NAME


def _candidates(platform: str, environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    configs = [path for folder in _preferences(platform, environ, home) for path in folder.glob(f"*/**/{CONFIG}")]
    for config in sorted(configs, key=_changed_s, reverse=True):
        for text in _PROJECT_PATH.findall(read_foreign(config, MAX_CONFIG_BYTES)):
            named = _local(html.unescape(text), platform, environ, home)
            yield from (named / NAME, named)
    for documents in _documents(platform, environ, home):
        yield documents / "Ableton" / NAME


def _documents(platform: str, environ: Mapping[str, str], home: Path) -> list[Path]:
    if platform == "darwin":
        return [home / "Music"]
    if platform == "win32":
        profile = Path(environ.get("USERPROFILE") or home)
        return [profile / "Documents", profile / "OneDrive" / "Documents"]
    return [_wine_home(environ, home) / "Documents"]


def _preferences(platform: str, environ: Mapping[str, str], home: Path) -> list[Path]:
    """Return the folders that contain one folder of preferences for each version of Live."""
    if platform == "darwin":
        return [home / "Library" / "Preferences" / "Ableton"]
    if platform == "win32":
        return [Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "Ableton"]
    return [_wine_home(environ, home) / "AppData" / "Roaming" / "Ableton"]


def _wine_home(environ: Mapping[str, str], home: Path) -> Path:
    return _drive_c(environ, home) / "users" / (environ.get("USER") or home.name)


def _drive_c(environ: Mapping[str, str], home: Path) -> Path:
    return Path(environ.get("WINEPREFIX") or home / ".wine") / "drive_c"


def _local(text: str, platform: str, environ: Mapping[str, str], home: Path) -> Path:
    """Return a path of this system for a path in Live's preferences: under Wine those are paths of Windows."""
    windows = PureWindowsPath(text)
    if platform in ("darwin", "win32") or not windows.drive:
        return Path(text)
    root = Path("/") if windows.drive.upper() == "Z:" else _drive_c(environ, home)
    return root.joinpath(*windows.parts[1:])


def _changed_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
