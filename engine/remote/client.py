"""The client side of a companion's HTTP API: submit, follow, download, cancel."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

from engine.errors import EngineFailed, EngineUnavailable, InvalidValue, StemBridgeError
from engine.remote.address import RemoteAddress
from engine.remote.follow import Follower, RemoteStatus

MODEL = "ace-step-music"
OWN_DEFAULTS = {"x-stembridge-defaults": "own"}
"""Header: what nobody has said is left to the other companion's models, without the hosted service's defaults."""
AUDIO_KEYS = ("source_audio", "reference_audio")
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 60.0
MAX_LOST_S = 30.0
"""The time after which the request of an unreachable companion is given up."""
_CHUNK_BYTES = 1 << 18
_HINTS = {
    401: "Its owner makes a key with `stembridge keys create`.",
    406: "Its owner can give more with `stembridge keys credits`.",
}
"""Advice by HTTP status, where the other companion's own sentence gives none."""


class RemoteCompanion:
    """A client of another companion; a context manager that closes its connections."""

    def __init__(self, address: RemoteAddress, max_lost_s: float = MAX_LOST_S) -> None:
        """Use the companion at `address`; while it works, it may be unreachable for `max_lost_s`."""
        self.url = address.url
        self._max_lost_s = max_lost_s
        self._options: dict[str, Any] = {
            "base_url": address.url,
            "headers": {"x-api-key": address.key} if address.key else {},
            "timeout": httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
        }
        self._client = httpx2.Client(**self._options)

    def __enter__(self) -> RemoteCompanion:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def health(self) -> dict[str, Any]:
        """Return its health report, which has at least `version`, `engine` and `unfinished_jobs`.

        Raises
        ------
        EngineUnavailable, EngineFailed
            As `submit`.
        """
        report = self._json("GET", "/v1/health")
        if not {"version", "engine", "unfinished_jobs"} <= set(report):
            raise self._no_companion()
        return report

    def submit(self, block: Mapping[str, object]) -> str:
        """Queue a parameter block there, with the audio files that it names; return the request's id.

        Raises
        ------
        InvalidValue
            If an audio file cannot be read.
        EngineUnavailable
            If the companion cannot be reached.
        EngineFailed
            If it refuses the block; its own sentence says why.
        """
        body = {**block, **{name: _data_url(name, block[name]) for name in AUDIO_KEYS if block.get(name)}}
        try:
            return str(self._json("POST", f"/v2/{MODEL}", json=body, headers=OWN_DEFAULTS)["request_id"])
        except KeyError:
            raise self._no_companion() from None

    def wait(self, request_id: str, report: Callable[[RemoteStatus], None]) -> dict[str, Any]:
        """Follow a request to its end, with a report several times a second, and return its result.

        Raises
        ------
        EngineUnavailable
            If the companion is out of reach for too long.
        EngineFailed
            If the request failed or was cancelled.
        Exception
            Whatever `report` raises.
        """
        end = asyncio.run(self._follow(request_id, report))
        if end.state == "cancelled":
            raise EngineFailed(f"The request was cancelled at the companion {self.url}.")
        if end.state != "done":
            raise EngineFailed(f"The companion at {self.url}: {end.error or 'it could not be made.'}")
        return self._json("GET", f"/v2/requests/{request_id}")

    async def _follow(self, request_id: str, report: Callable[[RemoteStatus], None]) -> RemoteStatus:
        async with httpx2.AsyncClient(**self._options) as client:
            return await Follower(client, self._refusal, self._max_lost_s).follow(request_id, report)

    def download(self, url: str, path: Path, sha256: str = "", on_chunk: Callable[[], None] = lambda: None) -> None:
        """Fetch a file of a result to `path`, and check its hash if one is given.

        Raises
        ------
        EngineUnavailable, EngineFailed
            As `submit`, and if the file is gone or arrived damaged.
        OSError
            If `path` cannot be written.
        Exception
            Whatever `on_chunk`, called for every chunk, raises.
        """
        digest = hashlib.sha256()
        path_there = httpx2.URL(url).raw_path.decode("ascii")  # at our address: the host in `url` may be unknown here
        with self._errors(), self._client.stream("GET", path_there) as response:
            if response.status_code != httpx2.codes.OK:
                raise EngineFailed(f"The other companion no longer has {path.name}.")
            with path.open("wb") as file:
                for chunk in response.iter_bytes(_CHUNK_BYTES):
                    file.write(chunk)
                    digest.update(chunk)
                    on_chunk()
        if sha256 and digest.hexdigest() != sha256:
            raise EngineFailed(f"{path.name} did not arrive whole; try again.")

    def cancel(self, request_id: str) -> None:
        """Cancel a request; errors are ignored."""
        with suppress(EngineUnavailable, EngineFailed):
            self._json("DELETE", f"/v2/requests/{request_id}")

    def _json(
        self, method: str, path: str, *, json: object = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        with self._errors():
            response = self._client.request(method, path, json=json, headers=headers)
        if response.status_code != httpx2.codes.OK:
            raise self._refusal(response)
        return _object(response)

    def _no_companion(self) -> EngineFailed:
        return EngineFailed(f"What answers at {self.url} is no companion.")

    def _refusal(self, response: httpx2.Response) -> StemBridgeError:
        """Return the error for an answer other than 200: the companion's own sentence, and advice."""
        status = response.status_code
        message = str(_object(response).get("error") or f"it answers {status} {response.reason_phrase}.")
        wait_s = response.headers.get("retry-after", "")
        hint = f"Try again in {wait_s} s." if status == 429 and wait_s.isdigit() else _HINTS.get(status, "")
        return EngineFailed(f"The companion at {self.url}: {message} {hint}".rstrip())

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            why = str(error) or type(error).__name__
            raise EngineUnavailable(f"The companion at {self.url} cannot be reached ({why}).") from error


def _object(response: httpx2.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        body = {}
    return body if isinstance(body, dict) else {}


def _data_url(name: str, value: object) -> str:
    try:
        data = Path(str(value)).read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidValue(name, str(value), f"an audio file that can be read ({error})") from None
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()
