"""Guesses the key of what is played: a few seconds of notes, or a chord that is held.

The duration of each pitch class is compared with the profiles of all keys, by Euclidean distance: J. Albrecht and
D. Shanahan, "The Use of Large Corpora to Train a New Type of Key-Finding Algorithm", Music Perception 31 (2013). The
profiles of the church modes are theirs with the characteristic degree exchanged. The first, last and lowest notes
count as evidence of the tonic.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from engine.music import Key

WINDOW_S = 12.0
"""The length of the playing that is considered."""
KEEP_S = 600.0
"""After this long without a note, what was played before is ignored."""
MIN_PITCH_CLASSES = 3
MAX_NOTES = 2000
SPREAD = 0.06
"""Distance at which a key is e^-½ times as likely; set so that a plain triad leaves real doubt."""
TONIC_BONUS = 0.05
DRUM_CHANNEL = 10
CERTAIN = 0.3
"""From this confidence a guess is used; of 84 keys, chance is 0.012."""

_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
_PRIOR = {
    "major": 1.0,
    "minor": 1.0,
    "dorian": 0.6,
    "mixolydian": 0.6,
    "phrygian": 0.4,
    "lydian": 0.4,
    "locrian": 0.1,
}
"""The rough frequency of the modes, which decides when the notes leave it open."""
_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class KeyGuess:
    """A key and how likely it is, 0–1, given that it is one of the 84."""

    key: Key
    confidence: float


@dataclass(slots=True)
class _Note:
    pitch: int
    start_s: float
    end_s: float = math.inf


class NoteListener:
    """Remembers the notes that are played and guesses their key. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._notes: deque[_Note] = deque(maxlen=MAX_NOTES)
        self._sounding: dict[tuple[int, int], _Note] = {}

    def note_on(self, pitch: int, channel: int, at_s: float) -> None:
        """Take a note; drums are ignored."""
        if channel == DRUM_CHANNEL:
            return
        self.note_off(pitch, channel, at_s)  # struck again: the first one has ended
        note = self._sounding[pitch, channel] = _Note(pitch, at_s)
        self._notes.append(note)

    def note_off(self, pitch: int, channel: int, at_s: float) -> None:
        """End the note of that pitch, if it sounds."""
        note = self._sounding.pop((pitch, channel), None)
        if note is not None:
            note.end_s = at_s

    def guess(self, now_s: float) -> KeyGuess | None:
        """Return the key of the last playing, None if there was too little of it."""
        last_s = max((min(note.end_s, now_s) for note in self._notes), default=-math.inf)
        if now_s - last_s > KEEP_S:
            return None
        from_s = last_s - WINDOW_S
        recent = [note for note in self._notes if note.end_s >= from_s]
        return guess_key([(note.pitch, min(note.end_s, now_s) - max(note.start_s, from_s)) for note in recent])


def guess_key(notes: Sequence[tuple[int, float]]) -> KeyGuess | None:
    """Return the likeliest key of `notes`, (MIDI pitch, seconds) in the order played.

    None if they have fewer than three pitch classes.
    """
    weights = [0.0] * 12
    for pitch, length_s in notes:
        weights[pitch % 12] += max(0.05, length_s)
    if sum(1 for weight in weights if weight) < MIN_PITCH_CLASSES:
        return None
    total = sum(weights)
    shares = [weight / total for weight in weights]
    tonics = [notes[0][0] % 12, notes[-1][0] % 12, min(pitch for pitch, _ in notes) % 12]
    likely = {
        (tonic, mode): _PRIOR[mode] * math.exp(-0.5 * (_distance(shares, tonic, mode, tonics) / SPREAD) ** 2)
        for tonic in range(12)
        for mode in _PROFILES
    }
    (tonic, mode), best = max(likely.items(), key=lambda item: item[1])
    names = _MINOR_TONICS if mode in ("minor", "dorian", "phrygian", "locrian") else _TONICS
    return KeyGuess(Key(names[tonic], mode), best / sum(likely.values()) if best else 0.0)


def _distance(shares: Sequence[float], tonic: int, mode: str, tonics: Sequence[int]) -> float:
    profile = _PROFILES[mode]
    squares = math.fsum((shares[(tonic + step) % 12] - profile[step]) ** 2 for step in range(12))
    return max(0.0, math.sqrt(squares) - TONIC_BONUS * tonics.count(tonic) / len(tonics))


def _exchanged(profile: Sequence[float], *pairs: tuple[int, int]) -> tuple[float, ...]:
    """Return `profile` with the weights of steps exchanged, pair by pair."""
    changed = list(profile)
    for one, other in pairs:
        changed[one], changed[other] = changed[other], changed[one]
    return tuple(changed)


_PROFILES = {
    "major": _MAJOR,
    "minor": _MINOR,
    "dorian": _exchanged(_MINOR, (8, 9)),
    "phrygian": _exchanged(_MINOR, (1, 2)),
    "lydian": _exchanged(_MAJOR, (5, 6)),
    "mixolydian": _exchanged(_MAJOR, (10, 11)),
    "locrian": _exchanged(_MINOR, (1, 2), (6, 7)),
}
