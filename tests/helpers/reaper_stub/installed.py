"""A fake REAPER with Stem Bridge's actions, installed by the real installer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.daws.reaper import Reaper as ReaperInstaller
from tests.helpers.reaper_stub.session import Reaper


def install_here(resources: Path) -> Path:
    """Create REAPER's resource folder and install the actions into it, for a companion in this process."""
    resources.mkdir()
    (resources / "reaper.ini").touch()
    ReaperInstaller().install(resources)
    return resources


@contextmanager
def running(resources: Path, version: str = "7.08", lua: str = "5.4") -> Iterator[Reaper]:
    """Start a REAPER with the actions in `resources`; none of them may have raised an error."""
    reaper = Reaper(resources, version, lua)
    try:
        yield reaper
    finally:
        for script in reaper.scripts:
            script.end()
        for process in reaper.functions.processes:
            process.terminate()
            process.wait(120)
    assert reaper.functions.console == ""
