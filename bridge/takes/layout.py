"""Location of takes in a project, and the check that a project can hold them. No numpy."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bridge.takes.naming import MAX_FOLDER_NAME
from bridge.takes.take import MANIFEST
from engine.errors import InvalidValue, StemBridgeError

FOLDER = "StemBridge"
MAX_MANIFEST_PATH_BYTES = 900
"""Longest path of a manifest: `/job/done` sends it, and an OSC message is limited to 1,024 bytes (by REAPER)."""


def takes_folder(project: Path, daw: str = "") -> Path:
    """Return the folder of the takes of `project`, which need not exist.

    A Live project (it has a folder "Ableton Project Info", or `daw` names Live) keeps imported audio under
    Samples/Imported: Live refers to files there by relative paths, so a moved project still finds them.
    """
    is_live = any(word in daw.lower() for word in ("live", "ableton")) or (project / "Ableton Project Info").is_dir()
    return project / "Samples" / "Imported" / FOLDER if is_live else project / FOLDER


def check_project(path: str | Path, daw: str = "") -> Path:
    """Return `path` as a project folder that takes can be written to; the check leaves no file behind.

    Raises
    ------
    InvalidValue
        If it is not absolute, not an existing folder, too long for OSC, or not writable.
    """
    project = Path(path)
    if not str(path) or not project.is_absolute():
        raise InvalidValue("project", str(path), "the absolute path of a folder")
    if not _is_folder(project):
        raise InvalidValue("project", str(path), "a folder that exists (save the project first)")
    _check_length(project, daw)
    _check_writable(project, takes_folder(project, daw))
    return project


def check_project_is_there(project: str | None) -> None:
    """Refuse to write into a project folder that has been deleted, renamed or unmounted, and so would be made again.

    Raises
    ------
    StemBridgeError
        If `project` is named and no folder.
    """
    if project is not None and not _is_folder(Path(project)):
        raise StemBridgeError(f"The project's folder {project} is gone; nothing was written.")


def nearest_folder(path: Path) -> Path:
    """Return `path` or its nearest existing parent, which may be a file."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a NUL in the path, a name that is too long, a lost network drive
        return False


def _check_length(project: Path, daw: str) -> None:
    longest = takes_folder(project, daw) / ("x" * MAX_FOLDER_NAME) / MANIFEST
    try:
        size = len(str(longest).encode("utf-8"))
    except UnicodeEncodeError:
        raise InvalidValue("project", repr(str(project)), "a path in valid UTF-8 (rename the folder)") from None
    if size > MAX_MANIFEST_PATH_BYTES:
        spare = MAX_MANIFEST_PATH_BYTES - size + len(str(project).encode("utf-8"))
        raise InvalidValue("project", str(project), f"a path of at most {spare} bytes (move it up some folders)")


def why_not_writable(folder: Path) -> str:
    """Return the reason why no file can be made in the existing `folder`, empty if one can; leave nothing there."""
    # os.access is wrong on network shares and read-only disks: only creating a real file is a reliable test.
    probe = folder / f".stembridge-{secrets.token_hex(8)}.tmp"
    try:
        with probe.open("xb"):
            pass
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return ""


def _check_writable(project: Path, takes: Path) -> None:
    if reason := why_not_writable(nearest_folder(takes)):
        raise InvalidValue("project", str(project), f"a folder that can be written to ({reason})")
