"""The same request as the song is now: which values of a job hold, and which ones the session has changed since.

A job remembers what its session said when it was requested (`JobSpec.song`). What the session says differently now is
new and holds; what it says as before, or does not say, stays as the job has it. What nobody said when it was
requested stays unsaid: the style and the model decide again.
"""

from __future__ import annotations

from bridge.request.block import overlay
from bridge.request.job_spec import LOOP, PLAYHEAD, JobSpec
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.origin import ASKED, Origin

_MUSIC = {"tempo": ("tempo", "tempo_map"), "time_signature": ("time_signature", "meter_map"), "key": ("key",)}
"""What a session says of the music → the keys of the block that hold it."""
_NOT_KEPT = frozenset({"seed", "preset"})
"""The seed is another one; what a preset said stands in the other keys."""
_CHOSEN_ONCE = frozenset({"engine", "model", "genres"})
"""Chosen for the request even where nobody named them: neither maker nor style changes behind the user's back."""
_DOOR_DEFAULTS = frozenset({"steps", "cfg", "shift", "output_seconds"})
"""Values that the door of the request fills in, as the hosted service documents them."""


def as_the_song_is_now(spec: JobSpec, now: SessionState, change: Trigger) -> Trigger | None:
    """Return what asks for the request of `spec` in the session `now`; None if it would change nothing.

    Keys and place of `change` win over both.
    """
    song = now.song()
    changed = {name for name, value in song.items() if value != spec.song.get(name)}
    gone = {key for name in changed & set(_MUSIC) for key in _MUSIC[name]}
    start = change.start_beat
    if start is None and spec.follows == PLAYHEAD and "position" in changed:
        start = now.playhead_beats
    fills_other_loop = change.start_beat is None and spec.follows == LOOP and "loop" in changed
    if fills_other_loop or (gone - {"key"} and "output_seconds" in spec.block):
        gone.add("bars")
    if "bars" in gone and now.meter_map is not None and now.meter_map.until(spec.length_beats) == spec.meters:
        gone |= {*_MUSIC["time_signature"]}  # the song's meters, which the job has cut at its own end
    if not gone and not change.block and start is None:
        return None
    if start is None and not fills_other_loop:
        start = spec.start_beat
    origin = {name: Origin(spec.origin.get(name, Origin.USER)) for name in spec.block}
    unsaid = {name for name, source in origin.items() if source not in ASKED} - _CHOSEN_ONCE
    kept = {name: value for name, value in spec.block.items() if name not in gone | unsaid | _NOT_KEPT}
    return Trigger(
        block=overlay(kept, change.block),
        origin={**{name: source for name, source in origin.items() if name in kept}, **change.origin},
        defaults={name: spec.block[name] for name in unsaid & _DOOR_DEFAULTS},
        start_beat=start,
        start_seconds=change.start_seconds,
        into=spec.into,
        follows=spec.follows,
    )
