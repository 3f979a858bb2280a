"""The cache of rendered strokes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.sketch.synth import cache, find_voice
from engine.sketch.synth.cache import cached_sound
from engine.sketch.synth.voice import Sound, Stroke, Voice
from tests.helpers.voice_ears import RATE, hertz


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def counted(name: str) -> tuple[Voice, list[Stroke]]:
    """Return an instrument that renders zeros, and the list of the strokes it has rendered."""
    rendered: list[Stroke] = []

    def sound(stroke: Stroke) -> Sound:
        rendered.append(stroke)
        return np.zeros((1, stroke.frames), np.float32)

    return Voice(name, sound), rendered


def stroke(key: int, frames: int = 100) -> Stroke:
    return Stroke(key, 440.0, 0.5, 0, frames, RATE)


def test_sounds_are_remembered_within_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CAPACITY_BYTES", 4 * 48_000 * 8)
    voice = find_voice("bass_sub")
    strokes = [Stroke(key, hertz(key), 0.5, 0, 48_000, RATE) for key in range(30, 50)]
    first = [cached_sound(voice, stroke) for stroke in strokes]
    assert cached_sound(voice, strokes[-1]) is first[-1]
    again = cached_sound(voice, strokes[0])
    assert again is not first[0]
    assert np.array_equal(again, first[0])
    assert not again.flags.writeable
    assert cache._held_bytes <= cache.CAPACITY_BYTES


def test_an_equal_stroke_is_rendered_once() -> None:
    voice, rendered = counted("counted")
    assert cached_sound(voice, stroke(60)) is cached_sound(voice, stroke(60))
    assert len(rendered) == 1
    cached_sound(voice, stroke(61))
    cached_sound(counted("another")[0], stroke(60))
    assert len(rendered) == 2
    cache.clear()
    cached_sound(voice, stroke(60))
    assert len(rendered) == 3


def test_the_least_recently_used_sound_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CAPACITY_BYTES", 4 * 400)
    voice, rendered = counted("counted")
    for key in (1, 2, 3, 4, 1, 5):  # the fifth drops the second, as the first was used again
        cached_sound(voice, stroke(key))
    assert [one.key for one in rendered] == [1, 2, 3, 4, 5]
    for key in (1, 3, 4, 5, 2):
        cached_sound(voice, stroke(key))
    assert [one.key for one in rendered] == [1, 2, 3, 4, 5, 2]


def test_a_sound_of_more_than_a_quarter_of_the_room_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CAPACITY_BYTES", 1_600)
    voice, rendered = counted("counted")
    for frames in (100, 101, 100, 101):
        assert cached_sound(voice, stroke(60, frames)).shape == (1, frames)
    assert [one.frames for one in rendered] == [100, 101, 101]
    assert cache._held_bytes == 400


def test_threads_that_miss_at_once_get_equal_sounds_and_count_them_once() -> None:
    voice = find_voice("bass_sub")
    with ThreadPoolExecutor(8) as pool:
        sounds = list(pool.map(lambda _: cached_sound(voice, stroke(40, 2_000)), range(16)))
    assert len({sound.tobytes() for sound in sounds}) == 1
    assert cache._held_bytes == sounds[0].nbytes
