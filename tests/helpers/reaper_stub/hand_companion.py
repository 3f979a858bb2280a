"""A companion controlled by the test: it reads a script's requests and writes the replies that the test gives it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.helpers.reaper_stub.session import Reaper

RATE_HZ = 48_000


class HandCompanion:
    """The companion's side of a mailbox in `data`."""

    def __init__(self, data: Path) -> None:
        self.mailbox = data / "mailbox"
        for folder in ("in", "out"):
            (self.mailbox / folder).mkdir(parents=True)
        (data / "companion.json").write_text(json.dumps({"mailbox": str(self.mailbox), "version": "0.1.0"}))
        self.write_heartbeat()

    def write_heartbeat(self) -> None:
        (self.mailbox / "companion.alive").write_text(f"{int(time.time())}\n")

    def requests(self) -> list[Path]:
        return sorted((self.mailbox / "in").glob("*.json"))

    def receive(self, reaper: Reaper) -> tuple[str, dict[str, Any]]:
        """Wait for a request; return its id and content."""
        self.write_heartbeat()
        reaper.run(self.requests)
        path = self.requests()[0]
        request = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        return path.stem, request

    def reply(self, request_id: str, *lines: tuple[object, ...], end: bool = True) -> None:
        text = "".join("\t".join(map(str, line)) + "\n" for line in [("stembridge", 1), *lines])
        (self.mailbox / "out" / f"{request_id}.txt").write_text(text + ("end\n" if end else ""), encoding="utf-8")


TRAVELLING = "slow blues ab12 97.6bpm F#m"
"""What the names of a take's files begin with."""


def take_lines(folder: Path, start: float, *names: str, frames: int = 4800) -> list[tuple[object, ...]]:
    """Write a take of silence with the stems `names` and a mix; return the reply of its finished job."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[tuple[object, ...]] = [("state", "done"), ("job", "0011aabb"), ("progress", 1.0), ("start", start)]
    lines.append(("take", folder.name, 1, 7, frames / RATE_HZ))
    for name in (*names, "mix"):
        file = folder / f"{TRAVELLING} {name}.wav"
        soundfile.write(file, np.zeros((frames, 2), np.float32), RATE_HZ)
        lines.append(("mix" if name == "mix" else "stem", name, file, "#e4572e"))
    return lines
