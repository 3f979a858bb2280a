"""Following a request of another companion by its server-sent events, up to its end."""

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
"""How often the follower is asked whether it still wants to know; what it raises ends the wait."""
RETRY_S = 0.5
SILENCE_S = 20.0
"""A companion that has said nothing for so long is asked anew: it may be gone without a word."""
_DATA = "data:"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands: `state` is queued, running, done, failed or cancelled, `progress` 0–1."""

    state: str
    progress: float
    phase: str
    error: str = ""

    @property
    def is_final(self) -> bool:
        """True if nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")

    @classmethod
    def of(cls, text: str) -> Standing:
        """Read an event's JSON.

        Raises
        ------
        EngineFailed
            If it is not of that form.
        """
        try:
            told: Mapping[str, Any] = json.loads(text)
            return cls(str(told["state"]), float(told["progress"]), str(told["phase"]), str(told.get("error") or ""))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise EngineFailed(
                "The other companion says what cannot be understood; is it of another version?"
            ) from None


class Follower:
    """Follows one request; the connection may break, as long as it comes back in time."""

    def __init__(
        self, client: httpx2.AsyncClient, refusal: Callable[[httpx2.Response], Exception], max_lost_s: float
    ) -> None:
        """Ask through `client`; `refusal` makes the error of an answer that is none, `max_lost_s` is the patience."""
        self._client = client
        self._refusal = refusal
        self._max_lost_s = max_lost_s
        self._latest = Standing("queued", 0.0, "queued")

    async def follow(self, request_id: str, report: Callable[[Standing], None]) -> Standing:
        """Return how the request has ended, with a report every `TICK_S` until then.

        Raises
        ------
        EngineUnavailable
            If the companion is out of reach for too long.
        EngineFailed
            If it refuses to tell.
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

    async def _read(self, request_id: str) -> Standing:
        heard = time.monotonic()
        while not self._latest.is_final:
            try:
                await self._read_once(request_id)
                heard = time.monotonic()
            except httpx2.ReadTimeout:
                heard = max(heard, time.monotonic() - SILENCE_S)  # it was there when the silence began
            except httpx2.HTTPError as error:
                if time.monotonic() - heard > self._max_lost_s:
                    raise EngineUnavailable(
                        f"The companion at {self._client.base_url} is out of reach for {self._max_lost_s:g} s "
                        f"({error or type(error).__name__}); its take is lost."
                    ) from error
                await asyncio.sleep(RETRY_S)
        return self._latest

    async def _read_once(self, request_id: str) -> None:
        url = f"/v1/jobs/{request_id}/events"
        async with self._client.stream("GET", url, timeout=httpx2.Timeout(SILENCE_S)) as answer:
            if answer.status_code != httpx2.codes.OK:
                await answer.aread()
                raise self._refusal(answer)
            async for line in answer.aiter_lines():
                if line.startswith(_DATA):
                    self._latest = Standing.of(line.removeprefix(_DATA))
        if not self._latest.is_final:
            raise httpx2.RemoteProtocolError("it has hung up")
