"""The screens of the build: real ones, and programs that do not start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import virtual_screens

from bridge.desktop.display import screens
from tests.helpers.debian import need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland are of Linux")


def test_both_screens_answer_until_the_end() -> None:
    need("Xvfb", "weston")
    with virtual_screens.x11() as x11, virtual_screens.wayland() as wayland:
        assert screens(x11 | wayland) == ["wayland", "xcb"]
    assert screens(x11 | wayland) == []


@pytest.mark.parametrize(("name", "program"), [("x11", "Xvfb"), ("wayland", "weston")])
def test_a_screen_that_does_not_start_is_a_sentence(
    name: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / program).write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    with (
        pytest.raises(virtual_screens.NoScreen, match=f"{program} ended with exit code 3"),
        getattr(virtual_screens, name)(),
    ):
        pytest.fail("there is no screen")
