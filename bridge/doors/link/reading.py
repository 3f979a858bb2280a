"""The values read from a Link session. The library is not needed here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkReading:
    """A Link session at one moment. Peers share the tempo and the position in the bar, but not that in the song.

    Attributes:
        tempo_bpm: quarter notes a minute.
        phase_beats: the position in the bar, in quarter notes.
        at_s: the time of the reading, seconds of `time.monotonic`.
        peers: the number of other peers.
    """

    tempo_bpm: float
    phase_beats: float
    at_s: float
    peers: int

    def phase_at(self, now_s: float, quantum_beats: float) -> float:
        """Return the position in a bar of `quantum_beats` quarter notes at `now_s`, seconds of `time.monotonic`."""
        return (self.phase_beats + (now_s - self.at_s) * self.tempo_bpm / 60.0) % quantum_beats
