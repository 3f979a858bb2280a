"""The scripts in DAWs as a window handles them, and the one thing to do next when no DAW is connected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from bridge.app.background import in_thread
from bridge.daws.all_daws import all_daws, find_daw
from bridge.daws.daw import Daw, DawStatus


@dataclass(frozen=True, slots=True)
class DawStanding:
    """A DAW of the table, by its label for users, and how it stands with it."""

    label: str
    status: DawStatus

    @property
    def words(self) -> str:
        """How it stands, in a few words."""
        status = self.status
        if status.folder is None:
            return "not found on this computer"
        if not status.is_installed:
            return "found; the script is not installed"
        return "the script is installed" if status.is_current else "an older version of the script is installed"

    @property
    def next_step(self) -> str:
        """What installing would be called: "Install the script", "Update the script", or "" if all is done."""
        if self.status.folder is None or self.status.is_current:
            return ""
        return "Update the script" if self.status.is_installed else "Install the script"


@dataclass(frozen=True, slots=True)
class Advice:
    """One line on what to do, and the button that does it: `command` is the window's."""

    sentence: str
    button: str
    command: str


ALONE = Advice("Works alone as well: set tempo and key by hand.", "Connect a DAW…", "connect")


def look() -> Future[list[DawStanding]]:
    """Look how it stands with every DAW of the table."""
    return in_thread(_look)


def install(name: str) -> Future[DawStanding]:
    """Install or update the script of one DAW; the future has how it stands then, or the error that says why not."""

    return _change(name, lambda daw: daw.install(None))


def uninstall(name: str) -> Future[DawStanding]:
    """Take the script of one DAW out again."""

    return _change(name, lambda daw: daw.uninstall(None))


def advice(daws: Sequence[DawStanding]) -> Advice:
    """Return what to do first while no DAW is connected: install a script, then use it; else go on alone."""
    to_do = [daw for daw in daws if daw.next_step]
    if len(to_do) == 1 and (daw := to_do[0]):
        return Advice(f"{daw.label}: {daw.words}.", daw.next_step, f"install {daw.status.daw}")
    if to_do:
        names = " and ".join(daw.label for daw in to_do)
        return Advice(f"Found here: {names}.", "Install the scripts…", "connect")
    ready = next((daw for daw in daws if daw.status.is_current), None)
    if ready is None:
        return ALONE
    return Advice(f"{ready.label}: {ready.words}; run it there.", "How to connect…", "connect")


def _look() -> list[DawStanding]:
    return [DawStanding(daw.label, daw.status(None)) for daw in all_daws()]


def _change(name: str, deed: Callable[[Daw], object]) -> Future[DawStanding]:
    def work() -> DawStanding:
        daw = find_daw(name)
        deed(daw)
        return DawStanding(daw.label, daw.status(None))

    return in_thread(work)
