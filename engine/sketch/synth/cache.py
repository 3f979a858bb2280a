"""A thread-safe cache of rendered strokes that drops the least recently used ones beyond `CAPACITY_BYTES`.

A stroke's sound depends on the stroke alone, so hits and misses give the same bytes: two threads that miss at the
same time render the same sound twice.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from engine.sketch.synth.voice import Sound, Stroke, Voice

CAPACITY_BYTES = 96 * 2**20

_lock = Lock()
_sounds: OrderedDict[tuple[str, Stroke], Sound] = OrderedDict()
_held_bytes = 0


def cached_sound(voice: Voice, stroke: Stroke) -> Sound:
    """Return `voice.sound(stroke)` from the cache or newly rendered, read-only [shape=(1 or 2, stroke.frames)]."""
    key = (voice.name, stroke)
    with _lock:
        if key in _sounds:
            _sounds.move_to_end(key)
            return _sounds[key]
    sound = voice.sound(stroke)
    sound.setflags(write=False)
    _keep(key, sound)
    return sound


def clear() -> None:
    """Remove every sound from the cache."""
    global _held_bytes
    with _lock:
        _sounds.clear()
        _held_bytes = 0


def _keep(key: tuple[str, Stroke], sound: Sound) -> None:
    global _held_bytes
    with _lock:
        if key in _sounds or sound.nbytes > CAPACITY_BYTES // 4:
            return
        _sounds[key] = sound
        _held_bytes += sound.nbytes
        while _held_bytes > CAPACITY_BYTES:
            _, oldest = _sounds.popitem(last=False)
            _held_bytes -= oldest.nbytes
