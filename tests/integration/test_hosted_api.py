"""The HTTP API as used, and misused, by scripts, other machines and other web pages."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile

from tests.helpers.command_here import run_here
from tests.helpers.companion_process import CompanionProcess, Start, run_bridge
from tests.helpers.hosted import LONG, MODEL, SHORT, client, follow, submit
from tests.helpers.waiting import wait_until


def create_key(home: Path, *arguments: str) -> dict[str, Any]:
    done = run_here(home, "keys", "create", "laptop", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(("accept", "kind"), [("audio/flac", "FLAC"), ("audio/mpeg", "MP3"), ("*/*", "WAV")])
def test_accept_selects_the_format_of_v1(companion: CompanionProcess, accept: str, kind: str) -> None:
    with client(companion, accept=accept) as http:
        answer = http.post(f"/v1/{MODEL}", json=SHORT)
        assert answer.status_code == 200
        assert soundfile.info(io.BytesIO(answer.content)).format == kind
        assert answer.headers["content-type"] == (accept if "/" in accept and accept != "*/*" else "audio/wav")


def test_a_result_names_files_that_are_all_there(companion: CompanionProcess) -> None:
    with client(companion) as http:
        job_id = submit(http, {**SHORT, "variations": 2})
        follow(http, job_id)
        result = http.get(f"/v2/requests/{job_id}").json()
        assert len(result["takes"]) == 2
        for take in result["takes"]:
            for name, url in take["files"].items():
                assert http.get(url).status_code == 200, name
            assert {"drums", "bass", "chords"} <= {stem["name"] for stem in take["stems"]}
        flac = http.get(result["takes"][0]["stems"][0]["url"].replace(".wav?", ".flac?"))
        assert soundfile.info(io.BytesIO(flac.content)).frames == 480_000
        assert b"BPM=" in flac.content[:4000]
        assert http.get(f"/v2/requests/{job_id}/takes/0/mix.wav").content == http.get(result["output"]).content


def test_events_report_every_phase_in_order(companion: CompanionProcess) -> None:
    with client(companion) as http:
        events = follow(http, submit(http))
    assert events[-1]["state"] == "done"
    assert [event["progress"] for event in events] == sorted(event["progress"] for event in events)
    assert follow_again(companion, events[-1]["id"]) == [events[-1]]


def follow_again(companion: CompanionProcess, job_id: str) -> list[dict[str, Any]]:
    with client(companion) as http:
        return follow(http, job_id)


def test_wrong_requests_are_answered_with_the_fault(companion: CompanionProcess) -> None:
    wrong: list[tuple[int, str, httpx.Response]] = []
    with client(companion) as http:
        post = f"/v1/{MODEL}"
        wrong += [
            (400, "not valid JSON", http.post(post, content=b"{", headers={"content-type": "application/json"})),
            (400, "a JSON object", http.post(post, json=[1])),
            (400, "Content-Type", http.post(post, content=b"{}", headers={"content-type": "text/plain"})),
            (400, "genres are missing", http.post(post, json={})),
            (400, "'sed' is not a key", http.post(post, json={**SHORT, "sed": 1})),
            (400, "source_audio must be", http.post(post, json={**SHORT, "source_audio": "/etc/passwd"})),
            (400, "project must be", http.post(post, json={**SHORT, "project": "relative"})),
            (400, "start_beat must be", http.post(post, json={**SHORT, "start_beat": -1})),
            (400, "Accept must be", http.post(post, json=SHORT, headers={"accept": "audio/midi"})),
            (404, "no model 'x'", http.post("/v1/x", json=SHORT)),
            (404, "There is nothing at", http.get("/nothing")),
            (404, "no request 'nobody'", http.get("/v2/requests/nobody/status")),
            (404, "no job 'nobody'", http.get("/v1/jobs/nobody/events")),
            (405, "GET is not allowed", http.get(post)),
            (405, "PUT is not allowed", http.put("/v2/requests/x")),
            (403, "does not answer to the name", http.get("/v1/health", headers={"host": "evil.example"})),
            (403, "may not use", http.post(post, json=SHORT, headers={"origin": "https://evil.example"})),
            (401, "unknown or revoked", http.get("/v1/health", headers={"x-api-key": "sb_wrong"})),
        ]
    for status, words, answer in wrong:
        assert (answer.status_code, words in answer.json()["error"]) == (status, True), (words, answer.text)


def test_a_body_without_end_is_refused_before_it_is_read(companion: CompanionProcess) -> None:
    with socket.create_connection(("127.0.0.1", companion.http_port)) as raw:
        head = f"POST /v1/{MODEL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        raw.sendall(f"{head}Content-Length: 99999999999\r\n\r\n".encode())
        assert b" 413 " in raw.recv(4096)


@pytest.mark.parametrize(
    "name", ["../manifest.json", "..%2f..%2f..%2fjobs.sqlite3", "%2e%2e/%2e%2e/keys.sqlite3", "mix.wav%00", "mix.ogg"]
)
def test_nothing_outside_a_take_can_be_fetched(companion: CompanionProcess, name: str) -> None:
    with client(companion) as http:
        job_id = submit(http)
        follow(http, job_id)
        request = http.build_request("GET", "/")
        request.url = httpx.URL(f"http://127.0.0.1:{companion.http_port}").copy_with(
            raw_path=f"/v2/requests/{job_id}/takes/0/{name}".encode()
        )
        assert http.send(request).status_code == 404


def test_a_client_that_disconnects_cancels_its_job(companion: CompanionProcess) -> None:
    before = set(companion.jobs())
    body = json.dumps(LONG).encode()
    head = f"POST /v1/{MODEL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", companion.http_port)) as raw:
        raw.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        (newest,) = wait_until(lambda: set(companion.jobs()) - before, "the job is there")
    with client(companion) as http:
        assert follow(http, newest)[-1]["state"] == "cancelled"


def test_an_engine_that_dies_is_502_and_the_next_request_works(companion: CompanionProcess) -> None:
    async def lose_the_engine() -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=120) as http:
            url = f"http://127.0.0.1:{companion.http_port}"
            call = asyncio.create_task(http.post(f"{url}/v1/{MODEL}", json=LONG))
            while True:
                jobs = (await http.get(f"{url}/v1/jobs", params={"limit": 1})).json()["jobs"]
                if jobs and jobs[0]["state"] == "running" and jobs[0]["phase"] == "generating":
                    break
                await asyncio.sleep(0.02)
            os.kill(companion.worker_pid(), signal.SIGKILL)
            return await call

    answer = asyncio.run(lose_the_engine())
    assert answer.status_code == 502
    assert "engine process" in answer.json()["error"]
    with client(companion) as http:
        assert http.post(f"/v1/{MODEL}", json=SHORT).status_code == 200


def test_credits_are_counted_and_come_back_when_nothing_was_made(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    key = create_key(home, "--credits", "3")
    with client(start(home=home), **{"x-api-key": key["key"]}) as http:
        answer = http.post(f"/v1/{MODEL}", json={**SHORT, "variations": 2})
        assert answer.headers["x-remaining-credits"] == "1"
        refused = http.post(f"/v2/{MODEL}", json={**SHORT, "variations": 2})
        assert refused.status_code == 406
        assert refused.headers["x-remaining-credits"] == "1"
        job_id = submit(http, {**LONG, "variations": 1})
        assert http.get("/api/auth/authenticate").json() == {"name": "laptop", "credits": 0, "unlimited": False}
        http.delete(f"/v2/requests/{job_id}")
        follow(http, job_id)
        assert http.get("/api/auth/authenticate").json()["credits"] == 1
        assert run_here(home, "keys", "revoke", key["id"]).returncode == 0
        assert http.get("/v1/health").status_code == 401


def test_a_key_sees_its_own_requests_only_and_may_ask_so_often(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    one, other = create_key(home, "--rate", "3"), create_key(home)
    companion = start(home=home)
    with client(companion, **{"x-api-key": one["key"]}) as http:
        job_id = submit(http)
        assert http.post(f"/v2/{MODEL}", json={**SHORT, "project": str(tmp_path)}).status_code == 400
        submit(http)
        limited = http.post(f"/v2/{MODEL}", json=SHORT)
        assert limited.status_code == 429
        assert 1 <= int(limited.headers["retry-after"]) <= 20
    with client(companion, **{"x-api-key": other["key"]}) as http:
        assert http.get(f"/v2/requests/{job_id}").status_code == 404
        assert http.delete(f"/v2/requests/{job_id}").status_code == 404
        assert http.get("/v1/jobs").json()["jobs"] == []
    with client(companion) as http:
        assert http.get(f"/v2/requests/{job_id}").status_code == 200


def test_other_machines_are_served_only_once_there_is_a_key(tmp_path: Path, start: Start) -> None:
    home = tmp_path / "home"
    home.mkdir()
    refused = run_bridge(home, "serve", "--host", "0.0.0.0", "--osc-port", "0", "--http-port", "0")
    assert refused.returncode == 1
    assert "keys create" in refused.stderr
    create_key(home)
    with client(start("--host", "0.0.0.0", home=home)) as http:
        assert http.get("/v1/health").status_code == 200


def test_results_survive_a_kill_and_queued_requests_are_continued(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = CompanionProcess(home)
    with client(first) as http:
        done = submit(http)
        follow(http, done)
        running = submit(http, LONG)
        wait_until(lambda: http.get(f"/v2/requests/{running}").json()["status"] == "PROCESSING", "it runs")
        queued = [submit(http, {**SHORT, "seed": seed}) for seed in range(3)]
    first.kill()
    with CompanionProcess(home) as second, client(second) as http:
        lost = http.get(f"/v2/requests/{running}/status")
        assert (lost.status_code, lost.json()["status"]) == (422, "FAILED")
        assert "companion was ended" in lost.json()["error"]
        kept = http.get(f"/v2/requests/{done}").json()
        assert http.get(kept["output"]).status_code == 200
        for seed, job_id in enumerate(queued):
            follow(http, job_id)
            assert http.get(f"/v2/requests/{job_id}").json()["seed"] == seed


def test_old_results_are_gone_with_their_files(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with CompanionProcess(home) as companion, client(companion) as http:
        job_id = submit(http)
        follow(http, job_id)
    takes = home / "data" / "http" / "StemBridge"
    (take,) = takes.iterdir()
    os.utime(take / "manifest.json", (time.time() - 3800, time.time() - 3800))
    import sqlite3

    with contextlib.closing(sqlite3.connect(home / "data" / "jobs.sqlite3")) as db:
        db.execute("UPDATE jobs SET finished = finished - 3800")
        db.commit()
    companion = start(home=home)
    wait_until(lambda: not list(takes.iterdir()), "the take is swept away")
    with client(companion) as http:
        answer = http.get(f"/v2/requests/{job_id}")
        assert answer.status_code == 404
        assert "kept for an hour" in answer.json()["error"]


@pytest.mark.slow
def test_two_hundred_clients_fill_the_queue_and_nothing_is_lost(start: Start) -> None:
    companion = start()
    url = f"http://127.0.0.1:{companion.http_port}"

    async def one(http: httpx.AsyncClient, number: int) -> list[httpx.Response]:
        return [await http.post(f"{url}/v2/{MODEL}", json={**SHORT, "seed": 5 * number + n}) for n in range(5)]

    async def all_of_them() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(trust_env=False, timeout=120.0, limits=limits) as http:
            answers = await asyncio.gather(*(one(http, number) for number in range(200)))
        return [answer for own in answers for answer in own]

    def memory_kb() -> int:
        status = Path(f"/proc/{companion.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    before_kb = memory_kb()
    answers = asyncio.run(all_of_them())
    accepted = [answer.json()["request_id"] for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert all(answer.status_code == 429 and "retry-after" in answer.headers for answer in refused)
    assert len(accepted) >= 990
    assert len(set(accepted)) == len(accepted)
    assert memory_kb() - before_kb < 60_000
    with client(companion) as http:
        extra = http.post(f"/v2/{MODEL}", json=SHORT)
        jobs = http.get("/v1/jobs", params={"limit": 1000}).json()["jobs"]
        started = [job["id"] for job in jobs if job["state"] != "queued"]
        listed = [job["id"] for job in reversed(jobs)]
        assert set(listed[-len(accepted) + 1 :]) <= {
            *accepted,
            *([extra.json().get("request_id")] if extra.is_success else []),
        }
        assert started == list(reversed(listed[: len(started)]))


def test_submit_fetches_the_whole_take(companion: CompanionProcess, tmp_path: Path) -> None:
    (tmp_path / "block.json").write_text(json.dumps(SHORT))
    url = f"http://127.0.0.1:{companion.http_port}"
    submit_take = ("submit", "--url", url, "--params", "block.json", "--out", "take")
    done = run_here(tmp_path, *submit_take, "--json")
    assert done.returncode == 0, done.stderr
    manifest = json.loads(done.stdout)
    assert {stem["file"] for stem in manifest["stems"]} <= {path.name for path in (tmp_path / "take").iterdir()}
    for name in (manifest["stems"][0]["midi"], manifest["song"]["file"], manifest["mix"]["file"]):
        assert (tmp_path / "take" / name).is_file()
    assert "100%" in done.stderr
    again = run_here(tmp_path, *submit_take)
    assert again.returncode == 2
    gone = run_here(tmp_path, "submit", "--url", "http://127.0.0.1:9", "--params", "block.json", "--out", "no")
    assert gone.returncode == 1
    assert "cannot be reached" in gone.stderr
    assert not (tmp_path / "no").exists()


def test_docs_show_every_call_and_load_nothing_from_elsewhere(companion: CompanionProcess) -> None:
    with client(companion) as http:
        page = http.get("/docs").text
        document = http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert all(path in page for path in document["paths"])
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_audio_can_come_as_base64_in_the_block(companion: CompanionProcess, tmp_path: Path) -> None:
    import numpy as np

    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(48_000) / 20.0), 48_000)
    text = base64.b64encode((tmp_path / "a.wav").read_bytes()).decode()
    with client(companion) as http:
        assert http.post(f"/v1/{MODEL}", json={**SHORT, "reference_audio": text}).status_code == 200
        broken = http.post(f"/v1/{MODEL}", json={**SHORT, "reference_audio": "data:audio/wav;base64,AAAA"})
        assert broken.status_code == 400
        assert "is not audio" in broken.json()["error"]
