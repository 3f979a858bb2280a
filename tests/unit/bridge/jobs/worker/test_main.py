"""The worker's main program: commands in, events out, and its end when the companion has ended."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.jobs.worker import main as process_module
from bridge.jobs.worker.main import Worker
from bridge.jobs.worker.run_job import Finished
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.block import defaults
from bridge.request.job_spec import JobSpec
from engine.contract import Phase, Progress
from engine.errors import Cancelled, EngineFailed, EngineUnavailable
from tests.helpers.paths import ROOT

SPEC = JobSpec(
    "sketch", {**defaults(), "genres": "funk", "tempo": 240.0, "time_signature": "4/4", "bars": 1.0}, "", 0
)
SPEC = SPEC.with_block({"seed": 7, "model": "sketch-1", "engine": "sketch"})


def run_command(job_id: str, folder: Path, spec: JobSpec = SPEC) -> str:
    plan = TakePaths.of(job_id, 1_795_000_000.0, spec, folder)
    return json.dumps({"do": "run", "id": job_id, "spec": spec.to_json(), "plan": plan.to_json()}) + "\n"


class FakeRunner:
    """A job runner that calls `act` instead of making music."""

    def __init__(self, act: Callable[[Progress], Finished]) -> None:
        self.act = act
        self.loaded: list[str] = []

    def load(self, name: str, progress: Progress) -> None:
        self.loaded.append(name)
        if name == "ace-step":
            raise EngineUnavailable("Not here.")

    def perform(self, _spec: JobSpec, _plan: TakePaths, progress: Progress) -> Finished:
        return self.act(progress)


@pytest.fixture(autouse=True)
def grace(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Keep orphans of this test's process from ending it."""
    timers: list[float] = []

    class Timer:
        def __init__(self, seconds: float, _: object) -> None:
            timers.append(seconds)

        def start(self) -> None:
            pass

    monkeypatch.setattr(threading, "Timer", Timer)
    return timers


class Output(io.StringIO):
    """Standard output that notifies `changed` of every write."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = threading.Condition()

    def write(self, text: str) -> int:
        with self.changed:
            self.changed.notify_all()
            return super().write(text)

    def ended(self) -> int:
        """Return the number of jobs that have ended."""
        return sum(self.getvalue().count(f'"event": "{end}"') for end in ("done", "failed", "cancelled"))


def events(lines: str, act: Callable[[Progress], Finished]) -> list[dict[str, Any]]:
    """Return the events of a worker that gets `lines` one after the other, and whose companion then ends."""
    out = Output()
    worker = Worker(out)
    worker._runner = FakeRunner(act)  # type: ignore[assignment]
    thread = threading.Thread(target=worker.read_commands, args=(lines_of_companion(lines, out),))
    thread.start()
    worker.work()
    thread.join()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def lines_of_companion(lines: str, out: Output) -> Iterator[str]:
    """Yield `lines`, and end like a companion that waits for all of its jobs."""
    yield from lines.splitlines(keepends=True)
    jobs = lines.count('"do": "run"')
    with out.changed:
        assert out.changed.wait_for(lambda: out.ended() == jobs, 60)


def finished(progress: Progress) -> Finished:
    progress("generating", 0.123456)
    return Finished([Path("/p/manifest.json")], 4)


def test_progress_and_end_of_a_job_are_sent(tmp_path: Path) -> None:
    assert events(run_command("a", tmp_path), finished) == [
        {"event": "progress", "id": "a", "phase": "generating", "fraction": 0.1235},
        {"event": "done", "id": "a", "manifests": ["/p/manifest.json"], "stems": 4},
    ]


def raising(error: BaseException) -> Callable[[Progress], Finished]:
    def act(_: Progress) -> Finished:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (Cancelled(), "cancelled", None),
        (EngineFailed("It broke."), "failed", "It broke."),
        (MemoryError(), "failed", "The computer ran out of memory; ask for fewer bars or stems."),
        (ZeroDivisionError("by zero"), "failed", "The engine broke (ZeroDivisionError: by zero)."),
        (KeyError("bars"), "failed", "The engine broke (KeyError: 'bars')."),
    ],
)
def test_every_end_is_sent(
    tmp_path: Path, error: BaseException, kind: str, message: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        (event,) = events(run_command("a", tmp_path), raising(error))
    assert (event["event"], event["id"], event.get("message")) == (kind, "a", message)


def test_one_broken_job_does_not_end_the_worker(tmp_path: Path) -> None:
    acts = iter([raising(EngineFailed("It broke.")), finished])
    sent = events(run_command("a", tmp_path) + run_command("b", tmp_path), lambda progress: next(acts)(progress))
    assert [(event["id"], event["event"]) for event in sent] == [("a", "failed"), ("b", "progress"), ("b", "done")]


def test_a_command_that_cannot_be_read_fails_its_job(tmp_path: Path) -> None:
    line = json.dumps({"do": "run", "id": "a", "spec": "{}", "plan": "{}"}) + "\n"
    (event,) = events(line, finished)
    assert (event["event"], event["id"]) == ("failed", "a")


def test_a_cancel_stops_at_the_next_report_and_only_its_job(tmp_path: Path) -> None:
    cancel = json.dumps({"do": "cancel", "id": "a"}) + "\n"
    sent = events(cancel + run_command("a", tmp_path) + run_command("b", tmp_path), finished)
    assert [(event["id"], event["event"]) for event in sent] == [("a", "cancelled"), ("b", "progress"), ("b", "done")]


def test_preloading_may_fail_without_an_event(tmp_path: Path) -> None:
    load = json.dumps({"do": "load", "engine": "ace-step"}) + "\n"
    assert [event["event"] for event in events(load + run_command("a", tmp_path), finished)] == ["progress", "done"]


def test_a_worker_without_a_companion_stops_what_it_does(tmp_path: Path, grace: list[float]) -> None:
    worker = Worker(io.StringIO())
    worker.read_commands(io.StringIO(""))
    with pytest.raises(Cancelled):
        worker.report("a", "generating", 0.5)
    worker.work()  # ends at once
    assert grace == [process_module.ORPHAN_GRACE_S]


@pytest.mark.parametrize("rest", ['{"do": "ru', '{"do": "run", "id": "a", "spec": "\\ud8', "garbage"])
def test_a_companion_killed_in_the_middle_of_a_command_leaves_no_orphan(grace: list[float], rest: str) -> None:
    worker = Worker(io.StringIO())
    worker.read_commands(io.StringIO(rest))
    worker.work()
    assert len(grace) == 1


def test_a_companion_that_no_longer_listens_counts_as_gone() -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    worker = Worker(Closed())
    worker.report("a", "generating", 0.1)
    with pytest.raises(Cancelled):
        worker.report("a", "generating", 0.2)


def run_worker(lines: str, *prelude: str) -> subprocess.CompletedProcess[str]:
    """Run the real program; `prelude` is Python that runs before it."""
    script = "\n".join([*prelude, "from bridge.jobs.worker.main import main", "main()"])
    return subprocess.run(
        [sys.executable, "-c", script],
        input=lines,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_real_program_ends_with_its_input() -> None:
    ended = run_worker("")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_the_real_program_ends_with_half_a_command() -> None:
    ended = run_worker('{"do": "run", "id": "a')
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "middle of an order" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not hasattr(os, "nice"), reason="Windows has no nice values")
def test_the_daw_and_the_companion_go_first() -> None:
    show = "p.Worker.work = lambda worker: print(os.nice(0), file=sys.stderr)"
    ended = run_worker("", f"import os, sys, bridge.jobs.worker.main as p; {show}")
    assert int(ended.stderr) == min(os.nice(0) + process_module.NICENESS, 19)


def test_what_libraries_print_does_not_get_between_the_lines(tmp_path: Path) -> None:
    noisy = (
        "import bridge.jobs.worker.run_job as p; p.JobRunner.perform = lambda s, *a: print('hello from a library')"
    )
    ended = run_worker(run_command("a", tmp_path), noisy)
    assert [json.loads(line)["event"] for line in ended.stdout.splitlines()] == ["failed"]
    assert "hello from a library" in ended.stderr


def test_a_companion_that_ends_while_the_engine_is_preloaded_waits_for_nothing() -> None:
    slow = "import threading, bridge.jobs.worker.run_job as p, bridge.jobs.worker.main as q; q.ORPHAN_GRACE_S = 50"
    load = "p.JobRunner.load = lambda *_: (print('loading'), threading.Event().wait(50))"
    with subprocess.Popen(
        [sys.executable, "-c", "\n".join([slow, load, "q.main()"])],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stderr is not None
        worker.stdin.write(json.dumps({"do": "load", "engine": "sketch"}) + "\n")
        worker.stdin.flush()
        assert worker.stderr.readline() == "loading\n"
        worker.stdin.close()
        assert worker.wait(120) == 0


def test_the_phases_that_are_sent_are_those_of_the_contract(tmp_path: Path) -> None:
    sent: list[Phase] = ["loading", "generating", "separating", "aligning", "writing"]

    def act(progress: Progress) -> Finished:
        for phase in sent:
            progress(phase, 1.0)
        return Finished([], 0)

    assert [event["phase"] for event in events(run_command("a", tmp_path), act)[:-1]] == sent
