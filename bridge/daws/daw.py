"""What every DAW in the table can be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands with one DAW.

    Attributes:
        daw: the DAW's name in the table.
        folder: where its scripts are or would be installed; None if the DAW was not found.
        version: of the scripts installed there, "" if none are.
        is_current: True if all of them are there, unchanged and of this version.
        is_running: True if the DAW runs now.
        heard_s: seconds since the scripts inside the DAW were last heard of, None if never.
        notes: plain sentences: what is missing, what to do in the DAW itself.
    """

    daw: str
    folder: Path | None
    version: str = ""
    is_current: bool = False
    is_running: bool = False
    heard_s: float | None = None
    notes: tuple[str, ...] = ()

    def with_notes(self, notes: tuple[str, ...]) -> Status:
        """Return the same with other notes."""
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
        """Install or update the scripts; return the files that were written, none if all was there already.

        Raises
        ------
        InvalidValue
            If `dest` is no folder of this DAW.
        StemBridgeError
            If the DAW is not found, runs while a file of it would be overwritten, or a file cannot be written.
        """

    def uninstall(self, dest: Path | None) -> list[Path]:
        """Take out everything that `install` put in; return the files that were removed or put back.

        Errors are those of `install`.
        """

    def status(self, dest: Path | None) -> Status:
        """Return how it stands; InvalidValue as `install`. A DAW that is not found is a status too."""
