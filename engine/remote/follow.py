"""Follows a request of another companion to its end, by its server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from engine.errors import EngineFailed, EngineUnavailable

TICK_S = 0.2
"""The interval between reports; what the report callback raises ends the wait."""
RETRY_S = 0.5
EVENT_TIMEOUT_S = 20.0
"""The read timeout of the event stream; after it the follower reconnects, as the connection may be dead."""
_DATA = "data:"


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """The status of a request: `state` is queued, running, done, failed or cancelled, `progress` 0–1."""

    state: str
    progress: float
    phase: str
    error: str = ""

    @property
    def is_final(self) -> bool:
        """True if the request has ended."""
        return self.state in ("done", "failed", "cancelled")

    @classmethod
    def from_json(cls, text: str) -> RemoteStatus:
        """Read an event's JSON.

        Raises
        ------
        EngineFailed
            If it does not have the expected form.
        """
        try:
            event: Mapping[str, Any] = json.loads(text)
            return cls(
                str(event["state"]), float(event["progress"]), str(event["phase"]), str(event.get("error") or "")
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise EngineFailed(
                "The other companion says what cannot be understood; is it of another version?"
            ) from None


class Follower:
    """Follows one request, and reconnects when the connection breaks."""

    def __init__(
        self, client: httpx2.AsyncClient, refusal: Callable[[httpx2.Response], Exception], max_lost_s: float
    ) -> None:
        """Use `client`; `refusal` makes an exception of an error answer; give up after `max_lost_s` unreachable."""
        self._client = client
        self._refusal = refusal
        self._max_lost_s = max_lost_s
        self._latest = RemoteStatus("queued", 0.0, "queued")

    async def follow(self, request_id: str, report: Callable[[RemoteStatus], None]) -> RemoteStatus:
        """Return the final status of the request; call `report` every `TICK_S` until then.

        Raises
        ------
        EngineUnavailable
            If the companion is out of reach for too long.
        EngineFailed
            If it answers with an error.
        Exception
            Whatever `report` raises.
        """
        reader = asyncio.create_task(self._read(request_id))
        try:
            while not reader.done():
                await asyncio.wait({reader}, timeout=TICK_S)
                report(self._latest)
            return await reader
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _read(self, request_id: str) -> RemoteStatus:
        last_contact = time.monotonic()
        while not self._latest.is_final:
            try:
                await self._read_once(request_id)
                last_contact = time.monotonic()
            except httpx2.ReadTimeout:
                # It was reachable when the silence began.
                last_contact = max(last_contact, time.monotonic() - EVENT_TIMEOUT_S)
            except httpx2.HTTPError as error:
                if time.monotonic() - last_contact > self._max_lost_s:
                    raise EngineUnavailable(
                        f"The companion at {self._client.base_url} is out of reach for {self._max_lost_s:g} s "
                        f"({error or type(error).__name__}); its take is lost."
                    ) from error
                await asyncio.sleep(RETRY_S)
        return self._latest

    async def _read_once(self, request_id: str) -> None:
        url = f"/v1/jobs/{request_id}/events"
        async with self._client.stream("GET", url, timeout=httpx2.Timeout(EVENT_TIMEOUT_S)) as answer:
            if answer.status_code != httpx2.codes.OK:
                await answer.aread()
                raise self._refusal(answer)
            async for line in answer.aiter_lines():
                if line.startswith(_DATA):
                    self._latest = RemoteStatus.from_json(line.removeprefix(_DATA))
        if not self._latest.is_final:
            raise httpx2.RemoteProtocolError("it has hung up")
