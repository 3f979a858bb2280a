"""The interface of every DAW in the table: install, uninstall, status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DawStatus:
    """The status of our scripts in one DAW.

    Attributes:
        daw: the DAW's name in the table.
        folder: the folder that its scripts are or would be installed into; None if the DAW was not found.
        version: of the installed scripts, "" if there are none.
        is_current: True if the scripts are complete, unchanged and of this version.
        is_running: True if the DAW runs now.
        heard_s: seconds since the last heartbeat of the scripts inside the DAW, None if there was none.
        notes: sentences for the user: missing parts, and steps to take in the DAW itself.
    """

    daw: str
    folder: Path | None
    version: str = ""
    is_current: bool = False
    is_running: bool = False
    heard_s: float | None = None
    notes: tuple[str, ...] = ()

    def with_notes(self, notes: tuple[str, ...]) -> DawStatus:
        """Return a copy with other notes."""
        return replace(self, notes=notes)

    @property
    def is_installed(self) -> bool:
        """True if any version of the scripts is there."""
        return bool(self.version)


class Daw(Protocol):
    """One DAW. `dest` is the folder that `--dest` names, None for the DAW's usual one on this system."""

    name: str
    label: str

    def install(self, dest: Path | None) -> list[Path]:
        """Install or update the scripts; return the written files, none if everything was current.

        Raises
        ------
        InvalidValue
            If `dest` is no folder of this DAW.
        StemBridgeError
            If the DAW is not found, runs while a file of it would be overwritten, or a file cannot be written.
        """

    def uninstall(self, dest: Path | None) -> list[Path]:
        """Remove everything that `install` has added; return the files that were removed or restored.

        Errors are those of `install`.
        """

    def status(self, dest: Path | None) -> DawStatus:
        """Return the status, also of a DAW that is not found; raises InvalidValue as `install` does."""
