"""`stembridge serve`: runs the companion without a window until it is terminated."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from bridge.companion import Companion
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile
from bridge.upkeep.updates import find_outdated

log = logging.getLogger("stembridge")


def run(options: argparse.Namespace) -> int:
    """Run the companion until SIGINT or SIGTERM; return 0."""
    folders = Folders.of_user()
    settings = SettingsFile(folders.settings)
    project = options.project or settings.text("project")
    launch_options = LaunchOptions(
        folders=folders,
        host=options.host or settings.text("host"),
        osc_port=int(settings.number("osc_port") if options.osc_port is None else options.osc_port),
        http_port=int(settings.number("http_port") if options.http_port is None else options.http_port),
        project=Path(project) if project else None,
        engine=options.engine or settings.text("engine"),
        abletonosc=settings["abletonosc"] is True,
    )
    for problem in settings.problems:
        log.warning("%s", problem)
    asyncio.run(_serve(launch_options))
    return 0


async def _serve(options: LaunchOptions) -> None:
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, end.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end.set))
    async with Companion(options) as companion:
        print(f"ready osc={companion.osc_port} http={companion.http_port}", flush=True)
        warning = asyncio.create_task(asyncio.to_thread(_warn_of_outdated, options.folders))
        await end.wait()
        await warning


def _warn_of_outdated(folders: Folders) -> None:
    """Log a warning for every outdated part; an error in that must not end the companion, so it is only logged."""
    try:
        for one in (one for one in find_outdated(folders) if one.is_announced):
            log.warning("%s `stembridge update` brings it up to date.", one.sentence)
    except Exception:
        log.exception("what is up to date could not be found out")
