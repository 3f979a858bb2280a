"""The notes that a fresh system is tried with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.companion_process import environ
from tests.helpers.jack_server import jack_server
from tests.helpers.paths import ROOT


def test_three_notes_are_played_into_the_monitor_and_found_again(tmp_path: Path) -> None:
    with jack_server():
        script = [sys.executable, str(ROOT / "installer" / "midi_check.py")]
        done = subprocess.run(
            script, env=environ(tmp_path), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("MIDI through ")
    assert done.stdout.count('"note"') == 3
