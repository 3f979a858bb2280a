"""The client side of a companion's HTTP API: submit, follow, download, cancel."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from engine.errors import EngineFailed, EngineUnavailable, InvalidValue

MODEL = "ace-step-music"
AUDIO_KEYS = ("source_audio", "reference_audio")
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 60.0
POLL_S = 0.2
MAX_LOST_S = 30.0
"""How long a companion may be out of reach while it works, before its request is given up."""
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands: `state` is QUEUED, PROCESSING, COMPLETED or FAILED, `progress` 0–1."""

    state: str
    progress: float
    phase: str
    error: str


class RemoteCompanion:
    """Another companion; a context manager that closes its connections."""

    def __init__(self, url: str, key: str = "", transport: httpx.BaseTransport | None = None) -> None:
        """Talk to the companion at `url`, like `http://studio.local:9125`, with an API key if it wants one.

        Raises
        ------
        InvalidValue
            If `url` is no address of HTTP.
        """
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL()
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise InvalidValue("url", url, "an address like http://studio.local:9125")
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            base_url=self.url,
            headers={"x-api-key": key} if key else {},
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            transport=transport,
        )

    def __enter__(self) -> RemoteCompanion:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def submit(self, block: Mapping[str, object]) -> str:
        """Queue a parameter block there, audio files named in it included; return the request's id.

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
        return str(self._json("POST", f"/v2/{MODEL}", json=body)["request_id"])

    def standing(self, request_id: str) -> Standing:
        """Ask once how a request stands.

        Raises
        ------
        EngineUnavailable, EngineFailed
            As `submit`.
        """
        told = self._json("GET", f"/v2/requests/{request_id}/status", good=(200, 422))
        return Standing(told["status"], float(told["progress"]), str(told["phase"]), str(told.get("error", "")))

    def wait(self, request_id: str, report: Callable[[Standing], None]) -> dict[str, Any]:
        """Follow a request to its end, with a report every `POLL_S`; return its result.

        Raises
        ------
        EngineUnavailable
            If the companion is out of reach for `MAX_LOST_S`.
        EngineFailed
            If the request failed.
        Exception
            Whatever `report` raises.
        """
        heard = time.monotonic()
        while True:
            try:
                standing = self.standing(request_id)
                heard = time.monotonic()
            except EngineUnavailable:
                if time.monotonic() - heard > MAX_LOST_S:
                    raise
            else:
                report(standing)
                if standing.state == "FAILED":
                    raise EngineFailed(standing.error or "The other companion could not make it.")
                if standing.state == "COMPLETED":
                    return self._json("GET", f"/v2/requests/{request_id}")
            time.sleep(POLL_S)

    def download(self, url: str, path: Path) -> None:
        """Fetch a file of a result to `path`.

        Raises
        ------
        EngineUnavailable, EngineFailed
            As `submit`.
        OSError
            If `path` cannot be written.
        """
        with self._errors(), self._client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise EngineFailed(f"The other companion no longer has {path.name}.")
            with path.open("wb") as file:
                for chunk in response.iter_bytes(_CHUNK_BYTES):
                    file.write(chunk)

    def cancel(self, request_id: str) -> None:
        """Cancel a request; a companion out of reach is let be."""
        with suppress(EngineUnavailable, EngineFailed):
            self._json("DELETE", f"/v2/requests/{request_id}")

    def _json(self, method: str, path: str, *, json: object = None, good: tuple[int, ...] = (200,)) -> dict[str, Any]:
        with self._errors():
            response = self._client.request(method, path, json=json)
        body = _object(response)
        if response.status_code not in good:
            raise EngineFailed(str(body.get("error") or f"{self.url} answered {response.status_code}."))
        return body

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"The companion at {self.url} cannot be reached ({error}).") from error


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except json.JSONDecodeError:
        body = {}
    return body if isinstance(body, dict) else {}


def _data_url(name: str, value: object) -> str:
    try:
        data = Path(str(value)).read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidValue(name, str(value), f"an audio file that can be read ({error})") from None
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()
