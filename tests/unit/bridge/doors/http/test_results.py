"""Jobs as HTTP clients see them."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from bridge.doors.http.errors import HttpError
from bridge.doors.http.results import TakeFiles, error_of, result_body, status_body, status_code
from bridge.doors.http.signed_links import SignedLinks
from bridge.jobs.job import Job, State
from bridge.request.job_spec import JobSpec
from bridge.takes.take import Take
from bridge.takes.writer import write_takes
from tests.unit.bridge.takes.conftest import make_take  # noqa: F401  (a fixture)

MIX = "funk ab12-1 120bpm Em mix.wav"
BASE = "http://studio.local:9125"
LINKS = SignedLinks(b"secret")


def job_with(manifests: list[Path], **fields: object) -> Job:
    job = Job("ab12", JobSpec("sketch", {"genres": "funk"}, "funk"), state=State.DONE)
    job.manifests = [str(path) for path in manifests]
    for name, value in fields.items():
        setattr(job, name, value)
    return job


@pytest.fixture
def manifests(make_take: Callable[..., Take], tmp_path: Path) -> list[Path]:  # noqa: F811
    takes = [
        make_take("ab12-1", timings={"generating": 1.25}),
        make_take("ab12-2", folder_name="second", names=("vocals", "bass")),
    ]
    return write_takes(takes, tmp_path / "takes")


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        (State.QUEUED, "QUEUED", 200),
        (State.RUNNING, "PROCESSING", 200),
        (State.DONE, "COMPLETED", 200),
        (State.FAILED, "FAILED", 422),
        (State.CANCELLED, "FAILED", 422),
    ],
)
def test_states_have_the_hosted_services_names(state: State, status: str, code: int) -> None:
    job = job_with([], state=state, progress=0.123456, phase="generating")
    body = status_body(job, BASE)
    assert (body["status"], status_code(job), body["progress"], body["phase"]) == (status, code, 0.1235, "generating")
    assert body["response_url"] == f"{BASE}/v2/requests/ab12"
    assert body["status_url"] == f"{BASE}/v2/requests/ab12/status"


def test_only_what_went_wrong_has_an_error() -> None:
    assert error_of(job_with([], state=State.FAILED, message="It broke.")) == "It broke."
    assert error_of(job_with([], state=State.CANCELLED)) == "The request was cancelled."
    assert "error" not in status_body(job_with([], state=State.DONE), BASE)


def test_a_result_names_every_file_by_a_link_that_needs_no_key(manifests: list[Path]) -> None:
    body = result_body(job_with(manifests), BASE, LINKS)
    first, second = body["takes"]  # type: ignore[misc]
    assert body["output"] == first["mix"]
    assert (body["seed"], body["engine"], body["content_type"]) == (7, "sketch", "audio/wav")
    assert body["metrics"]["inference_time"] >= 1.25  # type: ignore[index]
    assert [stem["name"] for stem in second["stems"]] == ["vocals", "bass"]
    for number, take in enumerate((first, second)):
        files = {path.name for path in manifests[number].parent.iterdir()}
        assert set(take["files"]) == files
        for name, url in take["files"].items():
            quoted, _, query = url.removeprefix(BASE).partition("?")
            assert " " not in quoted
            path = unquote(quoted)
            assert path == f"/v2/requests/ab12/takes/{number}/{name}"
            assert LINKS.is_signed(path, query)
            assert not LINKS.is_signed(path.replace("takes/", "takes/1"), query)


def test_with_base64_the_mix_itself_is_the_output(manifests: list[Path]) -> None:
    job = job_with(manifests, spec=JobSpec("sketch", {}, "", base64=True))
    output = result_body(job, BASE, LINKS)["output"]
    assert isinstance(output, str)
    assert base64.b64decode(output, validate=True) == (manifests[0].parent / MIX).read_bytes()


def test_a_hash_is_that_of_the_file(manifests: list[Path]) -> None:
    import hashlib

    take = TakeFiles.of(job_with(manifests), 0)
    for name in (MIX, "funk ab12-1 120bpm Em drums.wav"):
        assert take.sha256(name) == hashlib.sha256((take.folder / name).read_bytes()).hexdigest()


@pytest.mark.parametrize("number", [-1, 2])
def test_a_take_that_is_not_there_is_404(manifests: list[Path], number: int) -> None:
    with pytest.raises(HttpError, match=f"no take {number}") as problem:
        TakeFiles.of(job_with(manifests), number)
    assert problem.value.status == 404


def test_files_that_are_gone_are_404(manifests: list[Path]) -> None:
    job = job_with(manifests, spec=JobSpec("sketch", {}, "", base64=True))
    (manifests[0].parent / MIX).unlink()
    with pytest.raises(HttpError, match="gone"):
        result_body(job, BASE, LINKS)
    shutil.rmtree(manifests[0].parent)
    with pytest.raises(HttpError, match="gone") as problem:
        result_body(job, BASE, LINKS)
    assert problem.value.status == 404


@pytest.mark.parametrize(
    ("link", "suffix"),
    [("mix.wav", " mix.wav"), ("drums.wav", " drums.wav"), ("bass.mid", " bass.mid"), (MIX, " mix.wav")],
)
def test_links_of_before_files_said_their_tempo_lead_to_the_same_files(
    manifests: list[Path], link: str, suffix: str
) -> None:
    found = TakeFiles.of(job_with(manifests), 0).find(link)
    assert found is not None
    assert found.endswith(suffix)
    assert found.startswith("funk ab12-1 120bpm Em")


@pytest.mark.parametrize(
    "link", ["", "guitar.wav", "mix.mid", "drums", "mix", "vocals.mid", "../mix.wav", "song.wav"]
)
def test_a_link_to_no_file_of_the_take_leads_nowhere(manifests: list[Path], link: str) -> None:
    assert TakeFiles.of(job_with(manifests), 1).find(link) is None
