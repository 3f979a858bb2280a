"""Kills, signals and cancels of the companion and its worker: nothing half-written, nothing lost."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from tests.helpers.companion_process import CompanionProcess, Start, is_alive, read_json, run_bridge
from tests.helpers.folders import everything_in
from tests.helpers.osc_daw import LONG, MINUTE, SHORT, WRITTEN, Daw
from tests.helpers.take_ears import takes_in
from tests.helpers.waiting import wait_until


def staged_in(project: Path) -> list[Path]:
    return list(project.glob("**/.*.part"))


def start_again(own_companion: CompanionProcess, start: Start) -> CompanionProcess:
    """Start a companion on the ports of one that has ended."""
    return start("--osc-port", str(own_companion.osc_port), "--http-port", str(own_companion.http_port))


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["generating", "writing"])
def test_after_sigkill_the_next_companion_reports_the_running_job_and_runs_the_queued_ones_in_order(
    own_companion: CompanionProcess, own_daw: Daw, project: Path, start: Start, phase: str
) -> None:
    running = own_daw.generate(**(WRITTEN if phase == "writing" else LONG))
    queued = [own_daw.generate(**SHORT, seed=seed) for seed in (1, 2, 3)]
    own_daw.wait_for_phase(running, phase, above=0.86 if phase == "writing" else 0.11)
    if phase == "writing":
        assert staged_in(project)
    worker = own_companion.worker_pid()
    own_companion.kill()
    wait_until(lambda: not is_alive(worker), "the worker has ended")

    following = start_again(own_companion, start)
    failed = own_daw.wait_for("/job/failed", job=running)
    assert "trigger it again" in failed.values[1]
    manifests = [own_daw.finish(job) for job in queued]

    assert [read_json(path)["params"]["seed"] for path in manifests] == [1, 2, 3]
    assert [path.stat().st_mtime_ns for path in manifests] == sorted(path.stat().st_mtime_ns for path in manifests)
    assert takes_in(project) == sorted(path.parent for path in manifests)
    assert {id_: job["state"] for id_, job in following.jobs().items()} == {
        running: "failed",
        **dict.fromkeys(queued, "done"),
    }


@pytest.mark.slow
def test_when_companion_and_worker_are_killed_together_the_next_one_clears_up(
    own_companion: CompanionProcess, own_daw: Daw, project: Path, start: Start
) -> None:
    job = own_daw.generate(**WRITTEN)
    own_daw.wait_for_phase(job, "writing", above=0.86)
    worker = own_companion.worker_pid()
    os.kill(worker, signal.SIGSTOP)  # so that it cannot clean up by itself after its companion has died
    own_companion.kill()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not is_alive(worker), "the worker has ended")
    assert staged_in(project)

    start_again(own_companion, start)
    own_daw.wait_for("/job/failed", job=job)
    assert everything_in(project) == []


@pytest.mark.slow
def test_a_second_companion_leaves_the_jobs_of_a_running_one_alone(
    own_companion: CompanionProcess, own_daw: Daw, project: Path, start: Start
) -> None:
    job = own_daw.generate(**LONG)
    own_daw.wait_for_phase(job, "generating")
    other = start()
    assert other.jobs()[job]["state"] == "running"
    own_daw.send("/cancel", job)
    own_daw.wait_for("/job/cancelled", job=job)


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["generating", "writing"])
def test_a_killed_worker_costs_one_job_and_the_next_one_runs(
    own_companion: CompanionProcess, own_daw: Daw, project: Path, phase: str
) -> None:
    broken = own_daw.generate(**(WRITTEN if phase == "writing" else LONG))
    following = own_daw.generate(**SHORT)
    own_daw.wait_for_phase(broken, phase)
    worker = own_companion.worker_pid()
    os.kill(worker, signal.SIGKILL)
    failed = own_daw.wait_for("/job/failed", job=broken)
    assert "memory" in failed.values[1]
    manifest = own_daw.finish(following)
    assert takes_in(project) == [manifest.parent]
    assert own_companion.worker_pid() != worker
    assert own_daw.errors_until_pong() == []


def test_an_idle_worker_that_is_killed_costs_no_job(
    own_companion: CompanionProcess, own_daw: Daw, project: Path
) -> None:
    first = own_daw.take(**SHORT)
    worker = own_companion.worker_pid()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the companion has noticed")
    assert own_daw.errors_until_pong() == []  # by this answer the event loop has handled the worker's end
    second = own_daw.take(**SHORT)
    assert takes_in(project) == sorted([first["folder"], second["folder"]])


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["queued", "loading", "generating", "writing"])
def test_a_cancelled_job_stops_by_itself_and_leaves_nothing(
    own_companion: CompanionProcess, own_daw: Daw, project: Path, phase: str
) -> None:
    ahead = own_daw.generate(**LONG) if phase == "queued" else ""
    job = own_daw.generate(**MINUTE)
    if phase != "queued":
        own_daw.wait_for_phase(job, phase)
    worker = own_companion.worker_pid()
    own_daw.send("/cancel", job)
    own_daw.wait_for("/job/cancelled", job=job)
    assert own_companion.worker_pid() == worker, "it did not stop in time and its process was ended"
    if ahead:
        own_daw.send("/cancel", ahead)
        own_daw.wait_for("/job/cancelled", job=ahead)
    assert everything_in(project) == []
    assert takes_in(project) == []
    following = own_daw.take(**SHORT)
    assert takes_in(project) == [following["folder"]]


def test_a_cancelled_job_is_not_run_by_the_next_companion(
    own_companion: CompanionProcess, own_daw: Daw, project: Path, start: Start
) -> None:
    own_daw.generate(**LONG)
    queued = own_daw.generate(**SHORT)
    own_daw.send("/cancel", queued)
    own_daw.wait_for("/job/cancelled", job=queued)
    own_companion.kill()
    following = start_again(own_companion, start)
    assert following.jobs()[queued]["state"] == "cancelled"
    assert own_daw.take(**SHORT)["id"] != queued


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(own_companion: CompanionProcess, own_daw: Daw, project: Path, number: int) -> None:
    own_daw.take(**SHORT)
    worker = own_companion.worker_pid()
    assert own_companion.stop(number) == 0
    wait_until(lambda: not is_alive(worker), "the worker has ended")
    assert own_companion.log.read_text() == ""
    assert not own_companion.file.exists()
    assert list((own_companion.home / "data" / "sessions").iterdir()) == []


@pytest.mark.slow
def test_a_signal_in_the_middle_of_a_job_fails_it_and_keeps_the_queue(
    own_companion: CompanionProcess, own_daw: Daw, project: Path, start: Start
) -> None:
    running, queued = own_daw.generate(**LONG), own_daw.generate(**SHORT)
    own_daw.wait_for_phase(running, "generating")
    assert own_companion.stop() == 0
    assert "closed while this job ran" in own_daw.wait_for("/job/failed", job=running).values[1]
    assert takes_in(project) == []
    start_again(own_companion, start)
    manifest = own_daw.finish(queued)
    assert takes_in(project) == [manifest.parent]


def test_the_file_for_scripts_is_readable_by_its_user_only(own_companion: CompanionProcess) -> None:
    written = read_json(own_companion.file)
    assert stat.S_IMODE(own_companion.file.stat().st_mode) == 0o600
    assert (written["pid"], written["osc_port"], written["http_port"]) == (
        own_companion.pid,
        own_companion.osc_port,
        own_companion.http_port,
    )
    assert set(written) == {"pid", "version", "osc_port", "http_port", "token", "mailbox", "session"}
    assert len(written["token"]) >= 24
    assert [path.name for path in own_companion.file.parent.glob(".*")] == []


def test_the_first_companion_keeps_the_file_and_another_one_takes_it_over(start: Start) -> None:
    first, second = start(), start()
    assert read_json(first.file)["pid"] == first.pid
    assert first.stop() == 0
    wait_until(
        lambda: second.file.exists() and read_json(second.file)["pid"] == second.pid, "the file is the second's"
    )


def test_a_second_companion_on_the_same_ports_is_refused_in_one_sentence(own_companion: CompanionProcess) -> None:
    before = own_companion.file.read_text()
    ports = ("--osc-port", str(own_companion.osc_port), "--http-port", str(own_companion.http_port))
    ended = run_bridge(own_companion.home, "serve", *ports)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (1, "", 1)
    assert "already in use" in ended.stderr
    assert own_companion.file.read_text() == before
