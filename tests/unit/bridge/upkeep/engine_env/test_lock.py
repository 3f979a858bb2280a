"""The environment's lock, and the end of programs that a killed installation has left running."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.lock import exclusive
from bridge.upkeep.engine_env.record import BegunInstall, EnvironmentFault, write_begun


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return Location(tmp_path / "data" / "engine")


def test_the_folder_is_made_and_the_lock_is_free_again_afterwards(location: Location) -> None:
    for _ in range(2):
        with exclusive(location):
            assert location.root.is_dir()


def test_a_second_one_is_refused_at_once(location: Location) -> None:
    refused = pytest.raises(EnvironmentFault, match="is being changed by another window or command")
    with exclusive(location), refused, exclusive(location):
        raise AssertionError


def test_the_lock_is_released_by_an_error_too(location: Location) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(location):
        raise ZeroDivisionError
    with exclusive(location):
        pass


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    location = Location(tmp_path / "data" / "engine")
    with pytest.raises(EnvironmentFault, match=r"data.* cannot be written: .+\."), exclusive(location):
        raise AssertionError


def test_an_error_of_the_file_system_within_is_a_sentence(location: Location) -> None:
    with pytest.raises(EnvironmentFault, match=r"^/a/b cannot be written: Full\.$"), exclusive(location):
        raise OSError(28, "Full", "/a/b")


@pytest.fixture
def waiting() -> Iterator[psutil.Process]:
    """A program in a process group of its own, as `run_program` starts it, that waits for ever."""
    command = [sys.executable, "-c", "import signal; print(flush=True); signal.pause()"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="waits as POSIX programs do")
@pytest.mark.parametrize(("earlier_s", "is_ended"), [(0.0, True), (100.0, False)])
def test_a_program_that_was_left_running_is_ended_but_no_other_with_its_number(
    location: Location, waiting: psutil.Process, earlier_s: float, is_ended: bool
) -> None:
    write_begun(location, BegunInstall("cpu", waiting.pid, waiting.create_time() - earlier_s))
    with exclusive(location):
        assert (not waiting.is_running() or waiting.status() == psutil.STATUS_ZOMBIE) is is_ended


def test_a_number_that_no_process_has_is_harmless(location: Location) -> None:
    write_begun(location, BegunInstall("cpu", 2**22 + 1, 5.0))
    with exclusive(location):
        pass
