"""Doubts about tracked beats: the clip's own tempo, and signs that another note than the quarter was taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.align.fit.mapping import TRUST_AT_ALL

if TYPE_CHECKING:
    from engine.align.track import Beats
    from engine.music import Meter

_FAR = 0.08  # share of the expected tempo within which the tracker looks first, and finds the right beat level
_LEVELS = (3 / 4, 2 / 3, 4 / 3, 3 / 2)  # other notes that the tracker may take for the beat
_MOST_LOOP_BEATS, _WHOLE_BEATS = 64.0, 0.025


def own_tempo(beats: Beats | None) -> float | None:
    """Return the clip's own tempo in quarter notes per minute; None if its beats were not found or not trusted."""
    return None if beats is None or beats.trust < TRUST_AT_ALL else beats.tempo_bpm


def is_far(beats: Beats) -> bool:
    """Return whether the clip's own tempo is so far from the expected one that another note may be its beat."""
    own = own_tempo(beats)
    return own is not None and abs(own / beats.requested_bpm - 1.0) > _FAR


def doubt_of(beats: Beats, meter: Meter) -> str:
    """Return why another note than the quarter may have been taken for the beat, or an empty string."""
    found = f"The music was found to be at about {own_tempo(beats) or 0.0:.0f} BPM"
    why = "Another note than the quarter may have been taken for its beat, so it is not called tight."
    if is_far(beats):
        return f"{found}, far from the {beats.requested_bpm:g} BPM expected. {why}"
    if (other := loop_tempo(beats, meter)) is not None:
        return f"{found}, but at about {other:.0f} BPM it would be whole bars long. {why}"
    return ""


def loop_tempo(beats: Beats, meter: Meter) -> float | None:
    """Return the tempo at which a short clip is whole bars long, if that is a simple ratio of the one found.

    None if the clip is whole beats long at the tempo found, long, or fits no such tempo.
    """
    own = own_tempo(beats)
    length = 0.0 if own is None else beats.length_s * own / 60.0
    if own is None or length > _MOST_LOOP_BEATS or abs(length - round(2 * length) / 2) <= 2 * _WHOLE_BEATS:
        return None
    bar = float(meter.bar_beats)
    for level in _LEVELS:
        bars = round(length * level / bar)
        if bars and abs(length * level - bars * bar) <= _WHOLE_BEATS:
            return own * level
    return None
