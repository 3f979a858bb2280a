"""`stembridge` without a command: the window gets what the settings say."""

from __future__ import annotations

import pytest

from bridge.cli import window
from bridge.cli.main import main
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile


def test_the_settings_reach_the_window_and_its_exit_code_is_ours(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[LaunchOptions, bool]] = []

    def run_window(options: LaunchOptions, settings: SettingsFile, in_background: bool) -> int:
        assert settings.path == folders.settings
        seen.append((options, in_background))
        return 7

    monkeypatch.setattr(window, "run_window", run_window)
    assert main([]) == 7
    settings = SettingsFile(folders.settings)
    for key, value in (("osc_port", 9000), ("http_port", 0), ("engine", "sketch"), ("abletonosc", True)):
        settings.set(key, value)
    settings.set("project", "/song")  # the window passes it with every request itself
    assert main(["--in-background"]) == 7
    assert seen == [
        (LaunchOptions(folders), False),
        (LaunchOptions(folders, osc_port=9000, http_port=0, engine="sketch", abletonosc=True), True),
    ]
