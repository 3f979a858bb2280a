"""The script that tries a fresh Debian runs what README says."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.helpers.paths import ROOT

SCRIPT = (ROOT / "installer" / "fresh_debian.sh").read_text(encoding="utf-8")


def test_it_finds_readmes_line_of_packages() -> None:
    program = re.search(r"<<'PYTHON'\n(.*?)\nPYTHON\n", SCRIPT, re.DOTALL)
    assert program is not None
    command = [sys.executable, "-c", program[1], str(ROOT / "README.md")]
    line = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert line.startswith("apt-get install -y ")
    assert "'librtmidi[67]'" in line.split(), "the name of each system is chosen by apt"
    assert {"git", "python3", "python3-venv", "libportaudio2"} <= set(line.split())
    assert re.fullmatch(r"[a-z0-9.+ '\[\]-]+", line)


def test_its_steps_are_the_setups_commands_and_files_that_are_there() -> None:
    for path in re.findall(r"installer/\w+\.py", SCRIPT):
        assert (ROOT / path).is_file(), path
