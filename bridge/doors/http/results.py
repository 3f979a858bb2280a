"""Jobs as HTTP clients see them: the status, the result, and the files of the takes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.doors.http.errors import HttpError
from bridge.doors.http.signed_links import SignedLinks
from bridge.jobs.job import Job, State
from bridge.takes.manifest import file_names, read_manifest
from bridge.takes.naming import stem_file_name
from bridge.takes.take import MANIFEST
from engine.errors import InvalidValue

STATES = {
    State.QUEUED: "QUEUED",
    State.RUNNING: "PROCESSING",
    State.DONE: "COMPLETED",
    State.FAILED: "FAILED",
    State.CANCELLED: "FAILED",
}
"""Our states → the hosted service's, which has no “cancelled”."""


def status_code(job: Job) -> int:
    """Return the HTTP status for a job's state."""
    return 422 if STATES[job.state] == "FAILED" else 200


def error_of(job: Job) -> str | None:
    """Return why a job failed or was cancelled, None if it did not."""
    return "The request was cancelled." if job.state is State.CANCELLED else job.message or None


def status_body(job: Job, base_url: str) -> dict[str, object]:
    """Return the answer to a request for the status, or to a submit."""
    url = f"{base_url}/v2/requests/{job.id}"
    body: dict[str, object] = {
        "request_id": job.id,
        "status": STATES[job.state],
        "status_url": f"{url}/status",
        "response_url": url,
        "progress": round(job.progress, 4),
        "phase": job.phase,
    }
    if error := error_of(job):
        body["error"] = error
    return body


@dataclass(frozen=True, slots=True)
class TakeFiles:
    """One finished take of a job, read from its manifest.

    Attributes:
        folder: where its files lie.
        manifest: its manifest.
    """

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def of(cls, job: Job, number: int) -> TakeFiles:
        """Read take `number` (from 0) of `job`.

        Raises
        ------
        HttpError
            404 if there is no such take, or its files are gone.
        """
        if not 0 <= number < len(job.manifests):
            raise HttpError(404, f"The request {job.id!r} has no take {number}.")
        path = Path(job.manifests[number])
        try:
            return cls(path.parent, read_manifest(path))
        except InvalidValue:
            raise HttpError(404, f"The files of {job.id!r} are gone.") from None

    @property
    def path(self) -> Path:
        """The manifest's path."""
        return self.folder / MANIFEST

    @property
    def mix(self) -> str:
        """The name of the mix's file."""
        return str(self.manifest["mix"]["file"])

    @property
    def names(self) -> list[str]:
        """Names of all its files."""
        return [MANIFEST, *file_names(self.manifest)]

    def find(self, name: str) -> str | None:
        """Return the name of the file that a link means by `name`: the file's own, or `mix.wav`, `drums.mid`, ….

        Files were called like that before their names said tempo and key, so that clients may have it built in.
        """
        if name in self.names:
            return name
        base, _, suffix = name.rpartition(".")
        entries = {"mix": self.manifest["mix"], **{stem_file_name(s["name"]): s for s in self.manifest["stems"]}}
        field = {"wav": "file", "mid": "midi"}.get(suffix, "")
        found = entries.get(base, {}).get(field)
        return None if found is None else str(found)

    def sha256(self, name: str) -> str:
        """Return the hash of one of its audio files."""
        entries = [self.manifest["mix"], *self.manifest["stems"]]
        return str(next(entry["sha256"] for entry in entries if entry["file"] == name))


def file_path(job_id: str, number: int, name: str) -> str:
    """Return the path of a take's file in URLs, not yet quoted."""
    return f"/v2/requests/{job_id}/takes/{number}/{name}"


def result_body(job: Job, base_url: str, links: SignedLinks) -> dict[str, object]:
    """Return the answer to a request for a finished job's result; its links need no key.

    Raises
    ------
    HttpError
        404 if its files are gone.
    """
    takes = [TakeFiles.of(job, number) for number in range(len(job.manifests))]
    first = takes[0].manifest

    def url(number: int, name: str) -> str:
        return base_url + links.sign(file_path(job.id, number, name))

    return {
        **status_body(job, base_url),
        "output": _as_base64(takes[0].folder / takes[0].mix) if job.spec.base64 else url(0, takes[0].mix),
        "content_type": "audio/wav",
        "metrics": {"inference_time": round(sum(first["timings"].values()), 3)},
        "seed": first["params"]["seed"],
        "engine": first["engine"],
        "notices": first["notices"],
        "takes": [
            {
                "mix": url(number, take.mix),
                "stems": [
                    {"name": stem["name"], "url": url(number, stem["file"])} for stem in take.manifest["stems"]
                ],
                "files": {name: url(number, name) for name in take.names},
            }
            for number, take in enumerate(takes)
        ],
    }


def _as_base64(path: Path) -> str:
    try:
        return base64.b64encode(path.read_bytes()).decode()
    except OSError:
        raise HttpError(404, "The files of this request are gone.") from None
