"""The companion's side of the worker, against small programs that do what a worker may do, right and wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bridge.jobs.worker import client as client_module
from bridge.jobs.worker.client import Outcome, WorkerClient

PRELUDE = """
import json, os, signal, sys, time
log = open(sys.argv[1], "a")
def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()
def send(event, **values):
    write(json.dumps({"event": event, "id": command["id"], **values}) + "\\n")
for line in sys.stdin:
    command = json.loads(line)
    log.write(command["do"] + "\\n")
    log.flush()
    if command["do"] != "run":
        continue
"""
WELL = """
    send("progress", phase="generating", fraction=0.5)
    send("done", manifests=["/p/manifest.json"], stems=4)
"""
STARTED = '    send("progress", phase="generating", fraction=0.1)'

Scene = Callable[[WorkerClient], Awaitable[None]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "commands.log"


@pytest.fixture
def play(tmp_path: Path, log: Path) -> Callable[[str, Scene], None]:
    """Plays a scene with a client whose worker runs `body` for each job."""

    def play_one(body: str, scene: Scene) -> None:
        program = tmp_path / "worker.py"
        program.write_text(PRELUDE + body)

        async def whole() -> None:
            client = WorkerClient([sys.executable, str(program), str(log)])
            try:
                await asyncio.wait_for(scene(client), 20)
            finally:
                await client.stop()
                await asyncio.sleep(0)  # lets the transport of a process that has ended close

        asyncio.run(whole())

    return play_one


async def run(client: WorkerClient, job_id: str = "a") -> Outcome:
    return await client.run(job_id, "{}", "{}", lambda _phase, _fraction: None)


async def started(client: WorkerClient, job_id: str) -> asyncio.Task[Outcome]:
    """Return a job once the worker has reported progress on it."""
    reported = asyncio.Event()
    job = asyncio.create_task(client.run(job_id, "{}", "{}", lambda _phase, _fraction: reported.set()))
    await reported.wait()
    return job


def test_progress_and_result_come_through(play: Callable[..., None]) -> None:
    reported = []

    async def scene(client: WorkerClient) -> None:
        outcome = await client.run("a", "{}", "{}", lambda phase, fraction: reported.append((phase, fraction)))
        assert outcome == Outcome("done", ("/p/manifest.json",), 4)

    play(WELL, scene)
    assert reported == [("generating", 0.5)]


def test_one_process_serves_job_after_job(play: Callable[..., None]) -> None:
    async def scene(client: WorkerClient) -> None:
        assert client.pid is None
        await run(client, "a")
        pid = client.pid
        assert pid
        await run(client, "b")
        assert client.pid == pid
        await client.stop()
        assert client.pid is None
        await run(client, "c")
        assert client.pid not in (None, pid)

    play(WELL, scene)


def test_events_of_another_job_are_ignored(play: Callable[..., None]) -> None:
    late = 'write(json.dumps({"event": "done", "id": "earlier", "manifests": ["/wrong"], "stems": 1}) + "\\n")'

    async def scene(client: WorkerClient) -> None:
        assert (await run(client)).manifests == ("/p/manifest.json",)

    play(f"    {late}\n{WELL}", scene)


@pytest.mark.parametrize(
    ("death", "named"),
    [
        ("os._exit(3)", "exit code 3"),
        ("os._exit(0)", "exit code 0"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "memory"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ('write(\'{"event": "do\'); os._exit(1)', "exit code 1"),
    ],
)
def test_a_death_fails_the_job_in_a_sentence_and_the_next_one_gets_a_new_process(
    play: Callable[..., None], death: str, named: str
) -> None:
    async def scene(client: WorkerClient) -> None:
        outcome = await run(client, "dies")
        assert outcome.kind == "failed"
        assert named in outcome.message
        assert outcome.message.endswith("started anew for the next job.")
        assert client.pid is None
        assert (await run(client, "lives")).kind == "done"

    play(f"    if command['id'] == 'dies':\n        {death}\n{WELL}", scene)


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "",
        "[]",
        "{}",
        '{"event": "done"}',
        '{"event": "dance", "id": "bad"}',
        '{"event": "progress", "id": "bad"}',
        '{"event": "progress", "id": "bad", "phase": "dreaming", "fraction": 0.5}',
        '{"event": "progress", "id": "bad", "phase": "writing", "fraction": "half"}',
        '{"event": "failed", "id": "bad", "message": "' + "x" * 1_100_000 + '"}',
    ],
    ids=lambda line: line[:60],
)
def test_a_line_that_is_not_the_protocol_costs_the_job_and_nothing_else(
    play: Callable[..., None], line: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(client: WorkerClient) -> None:
        with caplog.at_level(logging.ERROR):
            outcome = await run(client, "bad")
        assert outcome.kind == "failed"
        assert "lost its way" in outcome.message
        assert client.pid is None
        assert (await run(client, "good")).kind == "done"

    play(f"    if command['id'] == 'bad':\n        write({line!r} + '\\n'); time.sleep(60)\n{WELL}", scene)
    assert "protocol" in caplog.text


def test_a_program_that_is_not_there_fails_the_job() -> None:
    async def scene() -> None:
        outcome = await run(WorkerClient(["/no/such/program"]))
        assert outcome.kind == "failed"
        assert "could not be started" in outcome.message

    asyncio.run(scene())


def test_cancel_is_passed_on_and_the_process_stays(play: Callable[..., None], log: Path) -> None:
    body = f"""
{STARTED}
    for line in sys.stdin:
        log.write(json.loads(line)["do"] + "\\n")
        break
    send("cancelled")
"""

    async def scene(client: WorkerClient) -> None:
        running = await started(client, "a")
        pid = client.pid
        client.cancel("a")
        assert await running == Outcome("cancelled")
        assert client.pid == pid

    play(body, scene)
    assert log.read_text().split() == ["run", "cancel"]


def test_a_worker_that_does_not_stop_is_ended_after_a_grace(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "CANCEL_GRACE_S", 0.05)

    async def scene(client: WorkerClient) -> None:
        running = await started(client, "stuck")
        client.cancel("stuck")
        client.cancel("stuck")
        assert await running == Outcome("cancelled")
        assert (await run(client, "next")).kind == "done"

    play(f"{STARTED}\n    if command['id'] == 'stuck':\n        time.sleep(60)\n{WELL}", scene)


def test_a_job_cancelled_while_the_process_starts_never_runs_nor_harms_the_next(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    monkeypatch.setattr(client_module, "CANCEL_GRACE_S", 0.05)

    async def scene(client: WorkerClient) -> None:
        running = asyncio.create_task(run(client, "a"))
        await asyncio.sleep(0)
        client.cancel("a")
        assert await running == Outcome("cancelled")
        assert (await run(client, "b")).kind == "done"  # it takes longer than the grace

    play(f"    time.sleep(0.3)\n{WELL}", scene)
    assert log.read_text().split().count("run") == 1


def test_warming_up_preloads_the_engine_once(play: Callable[..., None], log: Path) -> None:
    async def scene(client: WorkerClient) -> None:
        await asyncio.gather(client.warm_up("sketch"), client.warm_up("sketch"))
        await client.warm_up("sketch")
        await run(client)

    play(WELL, scene)
    assert log.read_text().split() == ["load", "run"]


def test_a_worker_that_does_not_end_with_its_input_is_ended(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "STOP_GRACE_S", 0.05)

    async def scene(client: WorkerClient) -> None:
        await run(client)
        process = client._process
        assert process is not None
        await client.stop()
        assert process.returncode == -signal.SIGKILL
        await client.stop()

    play(f"{WELL}\ntime.sleep(60)", scene)


def test_commands_are_lines_of_json(play: Callable[..., None], tmp_path: Path) -> None:
    out = tmp_path / "command.json"

    async def scene(client: WorkerClient) -> None:
        await client.run("a", '{"genres": "♭\\n"}', "plan", lambda _phase, _fraction: None)

    play(f"    open({str(out)!r}, 'w').write(line)\n{WELL}", scene)
    assert json.loads(out.read_text()) == {"do": "run", "id": "a", "spec": '{"genres": "♭\\n"}', "plan": "plan"}
