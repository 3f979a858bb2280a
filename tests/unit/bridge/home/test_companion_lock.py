from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bridge.home.companion_lock import CompanionLock
from tests.helpers.paths import ROOT

BEGIN_AND_WAIT = """
import sys
from pathlib import Path
from bridge.home.companion_lock import CompanionLock
session = CompanionLock.begin(Path(sys.argv[1]))
print(session.name, flush=True)
sys.stdin.read()
"""


def test_a_session_is_alive_until_it_ends_and_leaves_no_lock(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "sessions"
    with CompanionLock.begin(folder) as one, CompanionLock.begin(folder) as other:
        assert one.name != other.name
        assert one.dead([one.name, other.name]) == []
    assert list(folder.iterdir()) == []
    with CompanionLock.begin(folder) as third:
        assert third.dead([one.name, other.name]) == [one.name, other.name]


def test_a_session_nobody_knows_of_is_dead(tmp_path: Path) -> None:
    with CompanionLock.begin(tmp_path) as session:
        assert session.dead(["0123456789abcdef"]) == ["0123456789abcdef"]
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_gives_its_session_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BEGIN_AND_WAIT, str(tmp_path)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    with process, CompanionLock.begin(tmp_path) as session:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert session.dead([name]) == []
        process.kill()
        process.wait()
        assert session.dead([name]) == [name]
    assert list(tmp_path.iterdir()) == []
