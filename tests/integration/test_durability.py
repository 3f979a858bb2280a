"""The companion or its worker is killed, ended or cancelled: nothing half-written, nothing lost."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from tests.helpers.companion_process import CompanionProcess, Start, is_alive, read_json, run_bridge
from tests.helpers.folders import everything_in
from tests.helpers.osc_daw import LONG, MINUTE, SHORT, Daw
from tests.helpers.take_ears import takes_in
from tests.helpers.waiting import wait_until


def staged_in(project: Path) -> list[Path]:
    return list(project.glob("**/.*.part"))


@pytest.fixture
def companion(start: Start) -> CompanionProcess:
    """A companion of this test alone."""
    return start()


@pytest.fixture
def daw(daw: Daw, project: Path) -> Daw:
    daw.set_up(project)
    return daw


def start_again(companion: CompanionProcess, start: Start) -> CompanionProcess:
    """Start the next companion on the ports of one that is gone."""
    return start("--osc-port", str(companion.osc_port), "--http-port", str(companion.http_port))


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["generating", "writing"])
def test_after_sigkill_the_next_companion_reports_the_running_job_and_runs_the_queued_ones_in_order(
    companion: CompanionProcess, daw: Daw, project: Path, start: Start, phase: str
) -> None:
    running = daw.generate(**LONG)
    queued = [daw.generate(**SHORT, seed=seed) for seed in (1, 2, 3)]
    daw.wait_for_phase(running, phase, above=0.86 if phase == "writing" else 0.11)
    if phase == "writing":
        assert staged_in(project)
    worker = companion.worker_pid()
    companion.kill()
    wait_until(lambda: not is_alive(worker), "the worker has ended")

    following = start_again(companion, start)
    failed = daw.wait_for("/job/failed", job=running)
    assert "trigger it again" in failed.values[1]
    manifests = [daw.finish(job) for job in queued]

    assert [read_json(path)["params"]["seed"] for path in manifests] == [1, 2, 3]
    assert [path.stat().st_mtime_ns for path in manifests] == sorted(path.stat().st_mtime_ns for path in manifests)
    assert takes_in(project) == sorted(path.parent for path in manifests)
    assert {id_: job["state"] for id_, job in following.jobs().items()} == {
        running: "failed",
        **dict.fromkeys(queued, "done"),
    }


@pytest.mark.slow
def test_when_companion_and_worker_are_killed_together_the_next_one_clears_up(
    companion: CompanionProcess, daw: Daw, project: Path, start: Start
) -> None:
    job = daw.generate(**LONG)
    daw.wait_for_phase(job, "writing", above=0.86)
    worker = companion.worker_pid()
    os.kill(worker, signal.SIGSTOP)  # so that it cannot clear up by itself when its companion is gone
    companion.kill()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not is_alive(worker), "the worker has ended")
    assert staged_in(project)

    start_again(companion, start)
    daw.wait_for("/job/failed", job=job)
    assert everything_in(project) == []


@pytest.mark.slow
def test_a_second_companion_leaves_the_jobs_of_a_living_one_alone(
    companion: CompanionProcess, daw: Daw, project: Path, start: Start
) -> None:
    job = daw.generate(**LONG)
    daw.wait_for_phase(job, "generating")
    other = start()
    assert other.jobs()[job]["state"] == "running"
    daw.send("/cancel", job)
    daw.wait_for("/job/cancelled", job=job)


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["generating", "writing"])
def test_a_killed_worker_costs_one_job_and_the_next_one_runs(
    companion: CompanionProcess, daw: Daw, project: Path, phase: str
) -> None:
    broken, following = daw.generate(**LONG), daw.generate(**SHORT)
    daw.wait_for_phase(broken, phase)
    worker = companion.worker_pid()
    os.kill(worker, signal.SIGKILL)
    failed = daw.wait_for("/job/failed", job=broken)
    assert "memory" in failed.values[1]
    manifest = daw.finish(following)
    assert takes_in(project) == [manifest.parent]
    assert companion.worker_pid() != worker
    assert daw.errors_until_pong() == []


def test_a_worker_killed_while_it_waits_costs_no_job(companion: CompanionProcess, daw: Daw, project: Path) -> None:
    first = daw.take(**SHORT)
    worker = companion.worker_pid()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the companion has noticed")
    assert daw.errors_until_pong() == []  # by this answer the event loop has handled the worker's end
    second = daw.take(**SHORT)
    assert takes_in(project) == sorted([first["folder"], second["folder"]])


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["queued", "loading", "generating", "writing"])
def test_a_cancelled_job_stops_by_itself_and_leaves_nothing(
    companion: CompanionProcess, daw: Daw, project: Path, phase: str
) -> None:
    ahead = daw.generate(**LONG) if phase == "queued" else ""
    job = daw.generate(**MINUTE)
    if phase != "queued":
        daw.wait_for_phase(job, phase)
    worker = companion.worker_pid()
    daw.send("/cancel", job)
    daw.wait_for("/job/cancelled", job=job)
    assert companion.worker_pid() == worker, "it did not stop in time and its process was ended"
    if ahead:
        daw.send("/cancel", ahead)
        daw.wait_for("/job/cancelled", job=ahead)
    assert everything_in(project) == []
    assert takes_in(project) == []
    following = daw.take(**SHORT)
    assert takes_in(project) == [following["folder"]]


def test_a_cancelled_job_is_not_run_by_the_next_companion(
    companion: CompanionProcess, daw: Daw, project: Path, start: Start
) -> None:
    daw.generate(**LONG)
    queued = daw.generate(**SHORT)
    daw.send("/cancel", queued)
    daw.wait_for("/job/cancelled", job=queued)
    companion.kill()
    following = start_again(companion, start)
    assert following.jobs()[queued]["state"] == "cancelled"
    assert daw.take(**SHORT)["id"] != queued


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(companion: CompanionProcess, daw: Daw, project: Path, number: int) -> None:
    daw.take(**SHORT)
    worker = companion.worker_pid()
    assert companion.stop(number) == 0
    wait_until(lambda: not is_alive(worker), "the worker has ended")
    assert companion.log.read_text() == ""
    assert not companion.file.exists()
    assert list((companion.home / "data" / "sessions").iterdir()) == []


@pytest.mark.slow
def test_a_signal_in_the_middle_of_a_job_fails_it_and_keeps_the_queue(
    companion: CompanionProcess, daw: Daw, project: Path, start: Start
) -> None:
    running, queued = daw.generate(**LONG), daw.generate(**SHORT)
    daw.wait_for_phase(running, "generating")
    assert companion.stop() == 0
    assert "closed while this job ran" in daw.wait_for("/job/failed", job=running).values[1]
    assert takes_in(project) == []
    start_again(companion, start)
    manifest = daw.finish(queued)
    assert takes_in(project) == [manifest.parent]


def test_the_file_for_scripts_is_the_users_alone(companion: CompanionProcess) -> None:
    told = read_json(companion.file)
    assert stat.S_IMODE(companion.file.stat().st_mode) == 0o600
    assert (told["pid"], told["osc_port"], told["http_port"]) == (
        companion.pid,
        companion.osc_port,
        companion.http_port,
    )
    assert set(told) == {"pid", "version", "osc_port", "http_port", "token", "mailbox"}
    assert len(told["token"]) >= 24
    assert [path.name for path in companion.file.parent.glob(".*")] == []


def test_the_file_of_a_newer_companion_outlives_an_older_one(start: Start) -> None:
    older, newer = start(), start()
    assert older.stop() == 0
    assert read_json(newer.file)["pid"] == newer.pid


def test_a_second_companion_on_the_same_ports_is_refused_in_one_sentence(companion: CompanionProcess) -> None:
    before = companion.file.read_text()
    ports = ("--osc-port", str(companion.osc_port), "--http-port", str(companion.http_port))
    ended = run_bridge(companion.home, "serve", *ports)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (1, "", 1)
    assert "already in use" in ended.stderr
    assert companion.file.read_text() == before
