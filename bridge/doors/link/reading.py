"""What a Link session has told. No library here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkReading:
    """A Link session at one moment. Peers share tempo and place in the bar; songs begin wherever each one likes.

    Attributes:
        tempo_bpm: quarter notes a minute.
        phase_beats: how far into the bar it was, in quarter notes.
        at_s: when that was, seconds of `time.monotonic`.
        peers: how many others are there.
    """

    tempo_bpm: float
    phase_beats: float
    at_s: float
    peers: int

    def phase_at(self, now_s: float, quantum_beats: float) -> float:
        """Return the place in a bar of `quantum_beats` quarter notes at `now_s`, seconds of `time.monotonic`."""
        return (self.phase_beats + (now_s - self.at_s) * self.tempo_bpm / 60.0) % quantum_beats
