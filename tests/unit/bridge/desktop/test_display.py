"""No screen is a sentence with the headless command, never a core dump."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.desktop.display import problem

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be without a screen")


@linux
@pytest.mark.parametrize("environ", [{}, {"DISPLAY": ":987"}, {"DISPLAY": "nonsense"}, {"WAYLAND_DISPLAY": "gone"}])
def test_a_screen_that_does_not_answer_is_told(environ: dict[str, str]) -> None:
    sentence = problem(environ, "linux")
    assert sentence is not None
    assert "stembridge serve" in sentence


def test_other_systems_always_have_a_screen() -> None:
    assert problem({}, "darwin") is None


@linux
def test_the_command_without_a_screen_ends_with_one_line(tmp_path: Path) -> None:
    screen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environ = {name: value for name, value in os.environ.items() if name not in screen}
    done = subprocess.run(
        [sys.executable, "-m", "bridge"],
        env={**environ, "STEMBRIDGE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "stembridge serve" in done.stderr
