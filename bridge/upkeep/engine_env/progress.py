"""Turns the output of pip and uv into the progress of an installation: a phase and a share of the whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

InstallPhase = Literal["looking", "making", "torch", "libraries", "checking"]
SPANS: dict[InstallPhase, tuple[float, float]] = {
    "looking": (0.0, 0.02),
    "making": (0.02, 0.05),
    "torch": (0.05, 0.75),
    "libraries": (0.75, 0.95),
    "checking": (0.95, 1.0),
}
"""Phase → its begin and end as shares of the whole, weighted by duration on an average network connection."""
DOWNLOADED = 0.85
"""The share of a phase at which all downloads are complete and unpacking begins."""
_UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


@dataclass(frozen=True, slots=True)
class InstallStep:
    """The progress of an installation: `share` of the whole, 0–1; `words` describe the current work to the user."""

    phase: InstallPhase
    share: float
    words: str


ReportStep = Callable[[InstallStep], None]
"""A callback, called at least twice a second while a program runs; it may raise `Cancelled` to end the work."""


class PhaseMeter:
    """Turns the output lines of one program into the progress of one phase."""

    def __init__(self, phase: InstallPhase, expected_bytes: float, words: str) -> None:
        self._phase = phase
        self._expected_bytes = max(expected_bytes, 1.0)
        self._whole_bytes = 0.0  # of complete files
        self._file_bytes, self._arrived_bytes = 0.0, 0.0  # of the file that is being downloaded
        self._open: dict[str, float] = {}  # files of uv, which downloads several at a time
        self._share, self._words = 0.0, words

    def step(self) -> InstallStep:
        """Return the current progress."""
        begin, end = SPANS[self._phase]
        return InstallStep(self._phase, begin + (end - begin) * self._share, self._words)

    def read(self, line: str) -> None:
        """Read one line of output; an unknown line changes nothing."""
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
            self._words, self._share = "unpacking", max(self._share, DOWNLOADED)
        elif re.match(r"(Successfully installed|Installed \d+ packages?)", line):
            self._share = 1.0
        fetched = self._whole_bytes + self._arrived_bytes
        self._share = max(self._share, DOWNLOADED * min(1.0, fetched / self._expected_bytes))

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
