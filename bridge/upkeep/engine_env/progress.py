"""What the installing programs say, as phases and shares: pip's and uv's lines are read, never waited for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["looking", "making", "torch", "libraries", "checking"]
SPANS: dict[Phase, tuple[float, float]] = {
    "looking": (0.0, 0.02),
    "making": (0.02, 0.05),
    "torch": (0.05, 0.75),
    "libraries": (0.75, 0.95),
    "checking": (0.95, 1.0),
}
"""Phase → where it begins and ends in the whole, by the time that they take over an ordinary line."""
ARRIVED = 0.85
"""The share of a phase at which everything has arrived and is being unpacked."""
_UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


@dataclass(frozen=True, slots=True)
class Step:
    """Where the work stands: `share` of the whole, 0–1; `words` say what is being done."""

    phase: Phase
    share: float
    words: str


Report = Callable[[Step], None]
"""Called at least twice a second while a program runs; ends the work by raising `Cancelled`."""


class PhaseMeter:
    """Turns the lines of one program into steps of one phase."""

    def __init__(self, phase: Phase, expected_bytes: float, words: str) -> None:
        self._phase = phase
        self._expected_bytes = max(expected_bytes, 1.0)
        self._whole_bytes = 0.0  # files that have arrived
        self._file_bytes, self._arrived_bytes = 0.0, 0.0  # the one that is on its way
        self._open: dict[str, float] = {}  # uv's, which fetches several at a time
        self._share, self._words = 0.0, words

    def step(self) -> Step:
        """Return where it stands now."""
        begin, end = SPANS[self._phase]
        return Step(self._phase, begin + (end - begin) * self._share, self._words)

    def read(self, line: str) -> None:
        """Take in one line of output; one that says nothing known changes nothing."""
        if found := re.match(r"Progress (\d+) of (\d+)", line):
            self._arrived_bytes, self._file_bytes = float(found[1]), float(found[2])
        elif found := re.match(r"\s*Downloading (\S+) \(([\d.]+)\s*([kMG]i?)?i?[Bb](?:ytes)?\)", line):
            self._begin(found[1], float(found[2]) * _UNITS[found[3] or ""], line.startswith(" "))
        elif found := re.match(r"\s*Downloaded (\S+)", line):
            self._whole_bytes += self._open.pop(found[1], 0.0)
        elif found := re.match(r"Collecting ([\w.\[\]-]+)", line):
            self._words = f"looking for {found[1]}"
        elif re.match(r"(Installing collected packages|Prepared \d+ packages?)", line):
            self._finish_file()
            self._words, self._share = "unpacking", max(self._share, ARRIVED)
        elif re.match(r"(Successfully installed|Installed \d+ packages?)", line):
            self._share = 1.0
        fetched = self._whole_bytes + self._arrived_bytes
        self._share = max(self._share, ARRIVED * min(1.0, fetched / self._expected_bytes))

    def _begin(self, name: str, size_bytes: float, by_pip: bool) -> None:
        file = name.rsplit("/", 1)[-1]
        self._words = f"fetching {file.split('-')[0]} ({size_bytes / 1e6:.0f} MB)"
        if by_pip or "/" in name or file.endswith((".whl", ".gz")):
            self._finish_file()
            self._file_bytes = size_bytes
        else:
            self._open[name] = size_bytes

    def _finish_file(self) -> None:
        self._whole_bytes += self._file_bytes
        self._file_bytes = self._arrived_bytes = 0.0
