"""Places a take through AbletonOSC, if the installed release can make clips from files.

Releases up to late 2025 cannot: `/live/track/create_audio_clip` (track, path, beat) is in its open pull requests and
in forks. To find out, it is called without arguments: that is always an error, and its sentence says whether the
address is unknown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bridge.doors.osc.table import OscValue
from bridge.takes.manifest import read_manifest
from engine.errors import InvalidValue

ANSWER_S = 30.0
"""AbletonOSC polls for messages ten times a second; while Live reads a file for a new clip it does not answer."""
CREATE = "/live/track/create_audio_clip"
ERROR = "/live/error"
UNKNOWN = "Unknown OSC address"


@dataclass(slots=True)
class Asker:
    """Sends messages and waits for their answers; `receive` takes everything that comes."""

    send: Callable[..., None]
    _waiting: dict[str, asyncio.Future[tuple[str, list[object]]]] = field(default_factory=dict)

    async def ask(self, address: str, *values: OscValue, answers: Sequence[str] = ()) -> tuple[str, list[object]]:
        """Return the first answer as (address, values): of this address, of `answers`, or an error.

        Raises
        ------
        TimeoutError
            If none comes.
        """
        future: asyncio.Future[tuple[str, list[object]]] = asyncio.get_running_loop().create_future()
        wanted = (address, ERROR, *answers)
        self._waiting |= dict.fromkeys(wanted, future)
        try:
            self.send(address, *values)
            return await asyncio.wait_for(future, ANSWER_S)
        finally:
            for name in wanted:
                self._waiting.pop(name, None)

    def receive(self, address: str, values: list[object]) -> None:
        """Take a message; it ends the wait if it is the answer to `ask`."""
        future = self._waiting.get(address)
        if future is not None and not future.done():
            future.set_result((address, values))


class PlacedStems(NamedTuple):
    """The result of placing a take: the number of stems on tracks, and why it is not all of them ("" if it is)."""

    stems: int
    problem: str


async def place(asker: Asker, manifest_path: Path, beat: float) -> PlacedStems:
    """Put a take's stems on new tracks at `beat`."""
    try:
        manifest = read_manifest(manifest_path)
    except InvalidValue as error:
        return PlacedStems(0, str(error))
    number = 0
    by_hand = f"drag the stems in from {manifest_path.parent}"
    try:
        if not await _can_create(asker):
            return PlacedStems(0, f"This AbletonOSC cannot make clips from files: {by_hand}")
        _, counted = await asker.ask("/live/song/get/num_tracks")
        first = int(str(counted[0]))
        for number, stem in enumerate(manifest["stems"]):
            why = await _place_stem(asker, first + number, stem, manifest_path.parent, beat)
            if why:
                return PlacedStems(number, f"AbletonOSC could not place {stem['name']} ({why}): {by_hand}")
    except (TimeoutError, ValueError, IndexError):
        return PlacedStems(number, f"AbletonOSC does not answer: {by_hand}")
    return PlacedStems(len(manifest["stems"]), "")


async def _can_create(asker: Asker) -> bool:
    _, values = await asker.ask(CREATE)
    return not any(f"{UNKNOWN}: {CREATE}" in str(value) for value in values)


async def _place_stem(asker: Asker, track: int, stem: dict[str, Any], folder: Path, beat: float) -> str:
    """Make one track with its clip; return why it is not there, "" if it is."""
    asker.send("/live/song/create_audio_track", -1)
    asker.send("/live/track/set/name", track, f"SB {stem['name']}")
    asker.send("/live/track/set/color", track, int(str(stem["color"]).lstrip("#"), 16))
    asker.send(CREATE, track, str(folder / stem["file"]), float(beat))
    names = "/live/track/get/arrangement_clips/name"
    address, values = await asker.ask(names, track)
    if address == ERROR:
        return str(values[0]) if values else "an error without words"
    return "" if len(values) > 1 else "there is no clip on its track"
