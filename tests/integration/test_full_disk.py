"""Full disks under a project, the queue or the companion: one sentence, nothing half-written."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.helpers.companion_process import CompanionProcess, is_alive, run_bridge
from tests.helpers.folders import everything_in
from tests.helpers.osc_daw import SHORT, WRITTEN, Daw
from tests.helpers.take_ears import takes_in


@contextmanager
def largest_file(pids: list[int], size: int) -> Iterator[None]:
    """Limit the files of processes to `size` bytes, which looks like a full disk to them."""
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


def test_a_disk_that_fills_up_while_a_take_is_written(
    own_companion: CompanionProcess, own_daw: Daw, project: Path
) -> None:
    own_daw.take(**SHORT)
    before = everything_in(project)
    with largest_file([own_companion.worker_pid()], 500_000):  # the files of 4 bars at 120 BPM have 2.3 MB each
        job = own_daw.generate(bars=4, tempo=120, genres="funk")
        failed = own_daw.wait_for("/job/failed", "/job/done", job=job)
    assert failed.name == "/job/failed"
    assert str(project) in failed.values[1]
    assert failed.values[1].count("\n") == 0
    assert everything_in(project) == before
    own_daw.take(**SHORT)
    assert len(takes_in(project)) == 2


def test_a_project_on_a_disk_that_is_too_small(own_companion: CompanionProcess, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "4m") as project, own_companion.daw() as own_daw:
        own_daw.set_up(project)
        job = own_daw.generate(bars=16, tempo=120, genres="funk")
        failed = own_daw.wait_for("/job/failed", "/job/done", job=job)
        assert failed.name == "/job/failed"
        assert "full" in failed.values[1]
        assert "MB" in failed.values[1]
        assert everything_in(project) == []
        own_daw.take(**SHORT)  # what fits is written
        assert len(takes_in(project)) == 1


def test_a_disk_without_room_for_a_single_byte(own_companion: CompanionProcess, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "1m") as project, own_companion.daw() as own_daw:
        own_daw.set_up(project)
        filler = project / "somebody else's"
        fill_disk(filler)
        job = own_daw.generate(**SHORT)
        assert "full" in own_daw.wait_for("/job/failed", job=job).values[1]
        assert everything_in(project) == [filler.name]
        assert own_daw.errors_until_pong() == []


def test_a_full_disk_under_the_queue_is_reported_and_overcome(
    own_companion: CompanionProcess, own_daw: Daw, project: Path
) -> None:
    first = own_daw.take(**SHORT)
    with largest_file([own_companion.pid], 0):
        own_daw.send("/generate", 0.0, 1.0)
        refused = own_daw.wait_for("/error", "/job/accepted")
        assert refused.name == "/error"
        assert "queue" in refused.values[0]
        assert "full" in refused.values[0]
        own_daw.send("/status", first["id"])
        assert own_daw.wait_for("/job/done", job=first["id"])
    second = own_daw.take(**SHORT)
    assert takes_in(project) == sorted([first["folder"], second["folder"]])


@pytest.mark.slow
def test_a_job_that_ends_while_the_queues_disk_is_full_is_done_all_the_same(
    own_companion: CompanionProcess, own_daw: Daw, project: Path
) -> None:
    job = own_daw.generate(**WRITTEN)
    own_daw.wait_for_phase(job, "writing")
    with largest_file([own_companion.pid], 0):
        manifest = own_daw.finish(job)
    assert takes_in(project) == [manifest.parent]
    assert own_daw.take(**SHORT)
    assert own_companion.jobs()[job]["state"] == "done"


@pytest.mark.parametrize("size", [0, 50, 5000])
def test_a_companion_whose_own_disk_is_full_reports_it_and_ends(tmp_path: Path, size: int) -> None:
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
