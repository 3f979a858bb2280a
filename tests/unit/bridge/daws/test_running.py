"""Detection of running programs by their names."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bridge.daws.running import is_running


def test_a_star_stands_for_every_end_of_a_process_name(tmp_path: Path) -> None:
    sleep = Path("/bin/sleep")
    if not sleep.exists():
        pytest.skip("needs a program that waits")
    name = f"ard{os.getpid()}"
    program = tmp_path / f"{name}-7.3"
    program.write_bytes(sleep.read_bytes())
    program.chmod(0o755)
    process = subprocess.Popen([program, "60"])
    try:
        assert is_running([f"{name}*"])
        assert not is_running([name])
        assert is_running([f"{name}-7.3"])
    finally:
        process.kill()
        process.wait()
