"""The scripts in DAWs for the window: their state, installing them, and the advice while no DAW is connected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from bridge.app.background import in_thread
from bridge.daws.all_daws import all_daws, find_daw
from bridge.daws.daw import Daw, DawStatus


@dataclass(frozen=True, slots=True)
class DawSetup:
    """A DAW of the table, with its label for users and the state of our script in it."""

    label: str
    status: DawStatus

    @property
    def words(self) -> str:
        """The state of the script, in a few words."""
        status = self.status
        if status.folder is None:
            return "not found on this computer"
        if not status.is_installed:
            return "found; the script is not installed"
        return "the script is installed" if status.is_current else "an older version of the script is installed"

    @property
    def next_step(self) -> str:
        """The label of the button: "Install the script", "Update the script", or "" if there is nothing to do."""
        if self.status.folder is None or self.status.is_current:
            return ""
        return "Update the script" if self.status.is_installed else "Install the script"


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence on what to do next, and the button for it with the window's `command`."""

    sentence: str
    button: str
    command: str


ALONE = Advice("Works alone as well: set tempo and key by hand.", "Connect a DAW…", "connect")


def look() -> Future[list[DawSetup]]:
    """Return the state of our script in every DAW of the table, in a future."""
    return in_thread(_look)


def install(name: str) -> Future[DawSetup]:
    """Install or update the script of one DAW; the future has the new state, or the error that says why not."""
    return _change(name, lambda daw: daw.install(None))


def uninstall(name: str) -> Future[DawSetup]:
    """Remove the script of one DAW; the future has the new state, or the error that says why not."""
    return _change(name, lambda daw: daw.uninstall(None))


def advice(daws: Sequence[DawSetup]) -> Advice:
    """Return the first thing to do while no DAW is connected: install a script, run it, or work without a DAW."""
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


def _look() -> list[DawSetup]:
    return [DawSetup(daw.label, daw.status(None)) for daw in all_daws()]


def _change(name: str, action: Callable[[Daw], object]) -> Future[DawSetup]:
    def work() -> DawSetup:
        daw = find_daw(name)
        action(daw)
        return DawSetup(daw.label, daw.status(None))

    return in_thread(work)
