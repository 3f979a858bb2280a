"""`stembridge` without a command: the window, with its companion."""

from __future__ import annotations

import argparse

from bridge.desktop.start import run as run_window
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile


def run(command_line: argparse.Namespace) -> int:
    """Show the window until it is closed."""
    folders = Folders.of_user()
    settings = SettingsFile(folders.settings)
    options = LaunchOptions(
        folders=folders,
        host=settings.text("host"),
        osc_port=int(settings.number("osc_port")),
        http_port=int(settings.number("http_port")),
        engine=settings.text("engine"),
        abletonosc=settings["abletonosc"] is True,
    )
    return run_window(options, settings, command_line.in_background)
