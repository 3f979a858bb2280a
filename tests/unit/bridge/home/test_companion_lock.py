"""The lock by which a running companion is known: held, released, left by a killed process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bridge.home.companion_lock import CompanionLock, held_locks
from tests.helpers.paths import ROOT

BEGIN_AND_WAIT = """
import sys
from pathlib import Path
from bridge.home.companion_lock import CompanionLock
lock = CompanionLock.begin(Path(sys.argv[1]))
print(lock.name, flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_until_its_companion_ends_and_leaves_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "sessions"
    with CompanionLock.begin(folder) as one, CompanionLock.begin(folder) as other:
        assert one.name != other.name
        assert one.dead([one.name, other.name]) == []
    assert list(folder.iterdir()) == []
    with CompanionLock.begin(folder) as third:
        assert [third.is_alive(name) for name in (third.name, one.name, "", "../x")] == [True, False, False, False]
        with CompanionLock.begin(folder) as fourth:
            assert third.is_alive(fourth.name)
        assert third.dead([one.name, other.name]) == [one.name, other.name]


def test_an_unknown_name_is_of_no_running_companion(tmp_path: Path) -> None:
    with CompanionLock.begin(tmp_path) as lock:
        assert lock.dead(["0123456789abcdef"]) == ["0123456789abcdef"]
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_releases_its_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BEGIN_AND_WAIT, str(tmp_path)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    with process, CompanionLock.begin(tmp_path) as lock:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert lock.dead([name]) == []
        process.kill()
        process.wait()
        assert lock.dead([name]) == [name]
    assert list(tmp_path.iterdir()) == []


def test_held_locks_are_listed_and_stale_ones_deleted(tmp_path: Path) -> None:
    (tmp_path / "0123.lock").touch()  # of a process that was killed
    with CompanionLock.begin(tmp_path) as one, CompanionLock.begin(tmp_path) as other:
        assert held_locks(tmp_path) == sorted([one.name, other.name])
        assert sorted(path.stem for path in tmp_path.iterdir()) == sorted([one.name, other.name])
    assert held_locks(tmp_path) == []
    assert held_locks(tmp_path / "none") == []
