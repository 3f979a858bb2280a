"""Disks that are full: under a project, under the queue, under the companion. One sentence, nothing half-written."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.helpers.companion_process import CompanionProcess, Start, is_alive, run_bridge
from tests.helpers.folders import everything_in
from tests.helpers.osc_daw import LONG, SHORT, Daw
from tests.helpers.take_ears import takes_in


@pytest.fixture
def companion(start: Start) -> CompanionProcess:
    """A companion of this test alone."""
    return start()


@pytest.fixture
def daw(daw: Daw, project: Path) -> Daw:
    daw.set_up(project)
    return daw


@contextmanager
def largest_file(pids: list[int], size: int) -> Iterator[None]:
    """Keep processes from writing files beyond `size` bytes: a disk that is full as far as they can tell."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    try:
        for pid, (_, hard) in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
        yield
    finally:
        for pid, limits in before.items():
            if is_alive(pid):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system of `size` on `folder`, or skip the test where that is not allowed."""
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True
    )
    if not done or done.returncode:
        pytest.skip("mounting a small file system needs root's rights")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill_disk(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def test_a_disk_that_fills_up_while_a_take_is_written(companion: CompanionProcess, daw: Daw, project: Path) -> None:
    daw.take(**SHORT)
    before = everything_in(project)
    with largest_file([companion.worker_pid()], 500_000):  # the files of 4 bars at 120 BPM have 2.3 MB each
        job = daw.generate(bars=4, tempo=120, genres="funk")
        failed = daw.wait_for("/job/failed", "/job/done", job=job)
    assert failed.name == "/job/failed"
    assert str(project) in failed.values[1]
    assert failed.values[1].count("\n") == 0
    assert everything_in(project) == before
    daw.take(**SHORT)
    assert len(takes_in(project)) == 2


def test_a_project_on_a_disk_that_is_too_small(companion: CompanionProcess, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "4m") as project, companion.daw() as daw:
        daw.set_up(project)
        job = daw.generate(bars=16, tempo=120, genres="funk")
        failed = daw.wait_for("/job/failed", "/job/done", job=job)
        assert failed.name == "/job/failed"
        assert "full" in failed.values[1]
        assert "MB" in failed.values[1]
        assert everything_in(project) == []
        daw.take(**SHORT)  # what fits is written
        assert len(takes_in(project)) == 1


def test_a_disk_without_room_for_a_single_byte(companion: CompanionProcess, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "1m") as project, companion.daw() as daw:
        daw.set_up(project)
        filler = project / "somebody else's"
        fill_disk(filler)
        job = daw.generate(**SHORT)
        assert "full" in daw.wait_for("/job/failed", job=job).values[1]
        assert everything_in(project) == [filler.name]
        assert daw.errors_until_pong() == []


def test_a_full_disk_under_the_queue_is_told_and_got_over(
    companion: CompanionProcess, daw: Daw, project: Path
) -> None:
    first = daw.take(**SHORT)
    with largest_file([companion.pid], 0):
        daw.send("/generate", 0.0, 1.0)
        refused = daw.wait_for("/error", "/job/accepted")
        assert refused.name == "/error"
        assert "queue" in refused.values[0]
        assert "full" in refused.values[0]
        daw.send("/status", first["id"])
        assert daw.wait_for("/job/done", job=first["id"])
    second = daw.take(**SHORT)
    assert takes_in(project) == sorted([first["folder"], second["folder"]])


@pytest.mark.slow
def test_a_job_that_ends_while_the_queues_disk_is_full_is_done_all_the_same(
    companion: CompanionProcess, daw: Daw, project: Path
) -> None:
    job = daw.generate(**LONG)
    daw.wait_for_phase(job, "writing")
    with largest_file([companion.pid], 0):
        manifest = daw.finish(job)
    assert takes_in(project) == [manifest.parent]
    assert daw.take(**SHORT)
    assert companion.jobs()[job]["state"] == "done"


@pytest.mark.parametrize("size", [0, 50, 5000])
def test_a_companion_whose_own_disk_is_full_says_so_and_ends(tmp_path: Path, size: int) -> None:
    home = tmp_path / "home"
    home.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        ended = run_bridge(home, "serve", "--osc-port", "0", "--http-port", "0")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (1, "", 1), ended.stderr
    assert str(home) in ended.stderr
    assert not (home / "data" / "companion.json").exists()
