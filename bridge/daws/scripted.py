"""The common implementation of `Daw`: one installation of scripts in one folder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path

from bridge.daws.daw import DawStatus
from bridge.daws.installation import Installation
from bridge.daws.running import is_running
from bridge.home.folders import Folders
from bridge.home.heartbeat import heartbeat_age_s, heartbeat_file
from engine.errors import InvalidValue, StemBridgeError


class ScriptedDaw(ABC):
    """A `Daw` that is connected by scripts; a subclass defines the folder, its contents and the notes."""

    name: str
    label: str

    def __init__(self, processes: Collection[str]) -> None:
        """`processes` are the names of the DAW's processes, as in `is_running`."""
        self._processes = processes

    def install(self, dest: Path | None) -> list[Path]:
        """See `Daw.install`."""
        installation = self._installation(self._folder(dest))
        self._before_change(installation.overwrites())
        return installation.install()

    def uninstall(self, dest: Path | None) -> list[Path]:
        """See `Daw.uninstall`."""
        installation = self._installation(self._folder(dest))
        if installation.version:
            self._before_change(installation.shared_files)
            heartbeat_file(Folders.of_user().mailbox, self.name).unlink(missing_ok=True)
        return installation.remove()

    def status(self, dest: Path | None) -> DawStatus:
        """See `Daw.status`."""
        heard_s = heartbeat_age_s(Folders.of_user().mailbox, self.name)
        runs = self._is_running()
        try:
            folder = self._folder(dest)
        except InvalidValue:
            raise
        except StemBridgeError as error:
            return DawStatus(self.name, None, is_running=runs, heard_s=heard_s, notes=(str(error),))
        installation = self._installation(folder)
        found = DawStatus(self.name, folder, installation.version, installation.is_current(), runs, heard_s)
        return found.with_notes(self._notes(found))

    def _is_running(self) -> bool:
        return is_running(self._processes)

    def _before_change(self, paths: list[Path]) -> None:  # noqa: B027 - a hook that most DAWs leave empty
        """Raise a `StemBridgeError` if these files must not be changed now; most DAWs only read theirs."""

    @abstractmethod
    def _folder(self, dest: Path | None) -> Path:
        """Return the folder to install into; errors are those of `Daw.install`."""

    @abstractmethod
    def _installation(self, folder: Path) -> Installation:
        """Return the installation in the folder."""

    @abstractmethod
    def _notes(self, status: DawStatus) -> tuple[str, ...]:
        """Return sentences for the user: missing parts, and steps to take in the DAW itself."""
