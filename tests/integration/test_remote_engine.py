"""Two real companions: one takes the trigger, the other makes the music, the take lies in the first one's project."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import httpx
import mido
import numpy as np
import pytest
import soundfile

from engine.remote.remote_engine import NO_ADDRESS
from tests.helpers.command_here import run_here
from tests.helpers.companion_process import CompanionProcess, Start, read_json, run_bridge
from tests.helpers.hosted import client
from tests.helpers.osc_daw import LONG, MINUTE, SHORT, Daw
from tests.helpers.take_ears import check_complete, take_at
from tests.helpers.waiting import PATIENCE_S, wait_until


@pytest.fixture
def engine_companion(start: Start, tmp_path: Path) -> CompanionProcess:
    """The companion that makes the music."""
    return start(home=tmp_path / "studio")


def write_settings(home: Path, **settings: object) -> Path:
    """Write the settings of the companion that is to run in `home`."""
    file = home / "config" / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings))
    return home


def url_of(companion: CompanionProcess) -> str:
    return f"http://127.0.0.1:{companion.http_port}"


@pytest.fixture
def daw_companion(start: Start, engine_companion: CompanionProcess, tmp_path: Path) -> CompanionProcess:
    """The companion that the DAW talks to; its setting sends everything to the other one."""
    return start(home=write_settings(tmp_path / "laptop", engine="remote", remote_url=url_of(engine_companion)))


def mix_of(manifest: dict[str, Any]) -> Path:
    return Path(manifest["manifest"]).parent / str(manifest["mix"]["file"])


def samples(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def remote_job(engine_companion: CompanionProcess, *states: str) -> dict[str, Any]:
    """Return the newest job of the other companion once it is in one of `states`."""

    def look() -> dict[str, Any] | None:
        return next((job for job in engine_companion.jobs().values() if job["state"] in states), None)

    return dict(wait_until(look, f"a job over there is {states}"))


def test_a_trigger_here_brings_the_stems_of_the_other_companion_bit_by_bit(
    daw_companion: CompanionProcess, engine_companion: CompanionProcess, project: Path
) -> None:
    with daw_companion.daw() as daw:
        daw.set_up(project)
        job = daw.generate(bars=4, start_beat=16, genres="funk", seed=7, variations=2, bit_depth="float")
        manifest_path = daw.finish(job)
    takes = [read_json(path) for path in sorted((project / "StemBridge").glob("*/manifest.json"))]
    manifest = read_json(manifest_path)
    there = remote_job(engine_companion, "done")
    assert manifest_path.is_relative_to(project)
    assert (manifest["engine"], manifest["model"], manifest["start_beat"]) == ("remote", "sketch-1", 16)
    assert [take["params"]["seed"] for take in takes] == [7, 8]
    for take in takes:
        folder = next(
            path for path in (project / "StemBridge").iterdir() if read_json(path / "manifest.json") == take
        )
        source = next(
            Path(path) for path in there["manifests"] if read_json(Path(path))["id"] == take["remote"]["id"]
        )
        original = read_json(source)
        assert take["alignment"] == original["alignment"]
        assert take["remote"]["timings"] == original["timings"]
        assert take["remote"]["url"] == url_of(engine_companion)
        assert [stem["name"] for stem in take["stems"]] == [stem["name"] for stem in original["stems"]]
        for mine, theirs in zip((take["mix"], *take["stems"]), (original["mix"], *original["stems"]), strict=True):
            assert np.array_equal(samples(folder / mine["file"]), samples(source.parent / theirs["file"]))
            if "midi" in theirs:
                assert notes(folder / mine["midi"]) == notes(source.parent / theirs["midi"])
    assert any(url_of(engine_companion) in notice for notice in manifest["notices"])
    assert any("no neural model ran" in notice for notice in manifest["notices"])


def notes(path: Path) -> list[tuple[int, str]]:
    return [(message.time, str(message)) for message in mido.MidiFile(path).tracks[0]]


def test_the_take_lies_on_the_daws_grid_at_its_own_rate_and_depth(
    daw_companion: CompanionProcess, project: Path
) -> None:
    with daw_companion.daw() as daw:
        daw.set_up(project)
        manifest_path = daw.finish(daw.generate(bars=3, genres="house", tempo=97.6, sample_rate=44_100))
    manifest = read_json(manifest_path)
    frames = round(3 * 4 * 60 / 97.6 * 44_100)
    assert manifest["frames"] == frames
    for stem in manifest["stems"]:
        info = soundfile.info(manifest_path.parent / stem["file"])
        assert (info.frames, info.samplerate, info.subtype) == (frames, 44_100, "PCM_24")
    check_complete(take_at(manifest_path))
    assert manifest["alignment"]["error_ms_p95"] < 3


def test_progress_messages_report_the_phase_of_the_other_companion(
    daw_companion: CompanionProcess, project: Path
) -> None:
    with daw_companion.daw() as daw:
        daw.set_up(project)
        daw.finish(daw.generate(**MINUTE))
        told = [message.values[1:] for message in daw.received if message.name == "/job/progress"]
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert {phase for _, phase in told} >= {"generating", "writing"}


def test_a_cancel_here_cancels_the_remote_job(
    daw_companion: CompanionProcess, engine_companion: CompanionProcess, project: Path
) -> None:
    with daw_companion.daw() as daw:
        daw.set_up(project)
        job = daw.generate(**LONG, variations=8)
        remote_job(engine_companion, "running")
        daw.send("/cancel", job)
        assert daw.wait_for("/job/cancelled", "/job/failed", job=job).name == "/job/cancelled"
    remote_job(engine_companion, "cancelled")
    assert not list(project.rglob("*.*"))


def test_a_cancel_of_the_remote_job_is_reported_here(
    daw_companion: CompanionProcess, engine_companion: CompanionProcess, project: Path
) -> None:
    with daw_companion.daw() as daw:
        daw.set_up(project)
        job = daw.generate(**LONG, variations=8)
        there = remote_job(engine_companion, "running")
        with client(engine_companion) as http:
            http.delete(f"/v2/requests/{there['id']}")
        assert "cancelled at the companion" in failure(daw, job)


def failure(daw: Daw, job: str, timeout_s: float = PATIENCE_S) -> str:
    """Wait for a job to fail, and return the sentence."""
    return str(daw.wait_for("/job/failed", "/job/done", job=job, timeout_s=timeout_s).values[1])


def test_the_other_companion_dies_and_comes_back(start: Start, project: Path, tmp_path: Path) -> None:
    """The running job fails with a sentence; queued jobs go on when it is back at the same port."""
    engine_companion = CompanionProcess(tmp_path / "studio")
    port = engine_companion.http_port
    daw_companion = start(
        home=write_settings(tmp_path / "laptop", engine="remote", remote_url=url_of(engine_companion))
    )
    with daw_companion.daw() as daw:
        daw.set_up(project)
        lost = daw.generate(**LONG, variations=8)
        remote_job(engine_companion, "running")
        engine_companion.kill()
        with CompanionProcess(tmp_path / "studio", "--http-port", str(port)):
            assert "companion was ended" in failure(daw, lost)
            daw.finish(daw.generate(**SHORT))


@pytest.mark.slow
def test_a_queued_request_survives_the_other_companions_restart(start: Start, project: Path, tmp_path: Path) -> None:
    engine_companion = CompanionProcess(tmp_path / "studio")
    port = engine_companion.http_port
    daw_companion = start(
        home=write_settings(tmp_path / "laptop", engine="remote", remote_url=url_of(engine_companion))
    )
    with client(engine_companion) as http:
        http.post("/v2/ace-step-music", json={"genres": "house", "output_seconds": 240, "variations": 8})
    with daw_companion.daw() as daw:
        daw.set_up(project)
        job = daw.generate(**SHORT)
        wait_until(lambda: len(engine_companion.jobs()) == 2, "it waits over there")
        engine_companion.kill()
        with CompanionProcess(tmp_path / "studio", "--http-port", str(port)):
            daw.finish(job)


@pytest.mark.slow
def test_a_companion_that_stays_away_is_given_up_with_a_sentence(
    daw_companion: CompanionProcess, engine_companion: CompanionProcess, project: Path
) -> None:
    with daw_companion.daw() as daw:
        daw.set_up(project)
        job = daw.generate(**LONG, variations=8)
        remote_job(engine_companion, "running")
        engine_companion.kill()
        sentence = failure(daw, job)
    assert url_of(engine_companion) in sentence
    assert "out of reach" in sentence


def test_an_unreachable_companion_is_a_sentence_at_once(start: Start, project: Path, tmp_path: Path) -> None:
    daw_companion = start(home=write_settings(tmp_path / "laptop", engine="remote", remote_url="http://127.0.0.1:9"))
    with daw_companion.daw() as daw:
        daw.set_up(project)
        assert "http://127.0.0.1:9 cannot be reached" in failure(daw, daw.generate(**SHORT))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, ["unknown or revoked", "keys create"]),
        (("--credits", "0"), ["has fewer", "keys credits"]),
        (("--rate", "1"), ["1 requests a minute", "Try again in"]),
    ],
    ids=["401", "406", "429"],
)
def test_a_refusal_shows_the_other_companions_sentence(
    start: Start,
    engine_companion: CompanionProcess,
    project: Path,
    tmp_path: Path,
    key: tuple[str, ...] | None,
    words: list[str],
) -> None:
    secret = "sb_wrong"
    if key is not None:
        made = run_here(engine_companion.home, "keys", "create", "laptop", *key, "--json")
        secret = json.loads(made.stdout)["key"]
    home = write_settings(
        tmp_path / "laptop", engine="remote", remote_url=url_of(engine_companion), remote_key=secret
    )
    with start(home=home).daw() as daw:
        daw.set_up(project)
        jobs = [daw.generate(**SHORT) for _ in range(2)]
        if key == ("--rate", "1"):
            daw.finish(jobs[0])
        sentence = failure(daw, jobs[1])
    assert all(word in sentence for word in words), sentence
    assert secret not in sentence


def test_an_impossible_request_shows_the_other_companions_sentence(
    daw_companion: CompanionProcess, project: Path, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "source.wav", np.full((48_000, 2), 0.1), 48_000)
    with daw_companion.daw() as daw:
        daw.set_up(project)
        sentence = failure(daw, daw.generate(**SHORT, task="complete", source_audio=str(tmp_path / "source.wav")))
    assert "task must be text2music" in sentence


def test_without_an_address_the_engine_is_unavailable(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    refused = run_bridge(home, "serve", "--engine", "remote", "--osc-port", "0", "--http-port", "0")
    assert (refused.returncode, NO_ADDRESS in refused.stderr) == (1, True)
    with start(home=home).daw() as daw:
        daw.set_up()
        daw.send("/generate", json.dumps({**SHORT, "engine": "remote"}))
        assert NO_ADDRESS in daw.wait_for("/error").values[0]


def test_a_companion_does_not_send_to_itself(start: Start, tmp_path: Path) -> None:
    companion = start(home=tmp_path / "home")
    write_settings(companion.home, remote_url=url_of(companion))
    with companion.daw() as daw:
        daw.set_up()
        daw.send("/generate", json.dumps({**SHORT, "engine": "remote"}))
        assert "not this one's own" in daw.wait_for("/error").values[0]


def test_two_companions_that_send_to_each_other_do_it_once(start: Start, tmp_path: Path, project: Path) -> None:
    one = start(home=write_settings(tmp_path / "one", remote_url="http://127.0.0.1:9", engine="remote"))
    other = start(home=write_settings(tmp_path / "other", remote_url=url_of(one), engine="remote"))
    write_settings(one.home, remote_url=url_of(other), engine="remote")
    with one.daw() as daw:
        daw.set_up(project)
        assert read_json(daw.finish(daw.generate(**SHORT)))["model"] == "sketch-1"


def test_the_command_line_and_the_doctor_know_the_other_companion(
    engine_companion: CompanionProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = write_settings(tmp_path / "laptop", remote_url=url_of(engine_companion))
    arguments = ("--genres", "funk", "--tempo", "120", "--bars", "2", "--seed", "5", "--bit-depth", "float")
    local = run_here(home, "generate", *arguments, "--engine", "sketch", "--out", "local", "--json")
    remote = run_here(home, "generate", *arguments, "--engine", "remote", "--out", "remote", "--json")
    assert (local.returncode, remote.returncode) == (0, 0), remote.stderr
    assert np.array_equal(*(samples(mix_of(json.loads(done.stdout))) for done in (local, remote)))
    found = json.loads(run_here(home, "doctor", "--json").stdout)["findings"]
    (line,) = [finding for finding in found if finding["what"] == "remote"]
    assert (line["status"], url_of(engine_companion) in line["detail"]) == ("ok", True)


def test_reference_audio_is_uploaded(
    daw_companion: CompanionProcess, engine_companion: CompanionProcess, project: Path
) -> None:
    sound = project / "loop.wav"
    soundfile.write(sound, np.sin(np.arange(48_000) / 20.0), 48_000)
    with daw_companion.daw() as daw:
        daw.set_up(project)
        manifest = read_json(daw.finish(daw.generate(**SHORT, reference_audio=str(sound))))
    assert manifest["params"]["reference_audio"] == str(sound)
    uploaded = Path(remote_job(engine_companion, "done")["params"]["reference_audio"])
    assert uploaded.read_bytes() == sound.read_bytes()
    with httpx.Client(trust_env=False, timeout=120) as http:
        assert http.get(f"{url_of(engine_companion)}/v1/health").status_code == 200


def test_ending_the_companion_here_cancels_the_remote_job(
    start: Start, engine_companion: CompanionProcess, project: Path, tmp_path: Path
) -> None:
    daw_companion = CompanionProcess(
        write_settings(tmp_path / "laptop", engine="remote", remote_url=url_of(engine_companion))
    )
    with daw_companion.daw() as daw:
        daw.set_up(project)
        daw.generate(**LONG, variations=8)
        remote_job(engine_companion, "running")
    assert daw_companion.stop(signal.SIGTERM) == 0
    remote_job(engine_companion, "cancelled")
