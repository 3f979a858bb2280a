"""The fake Live refuses the calls that Live refuses."""

from __future__ import annotations

import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.ableton.fake_live.host import FakeLive
from tests.helpers.ableton.fake_live.song import LimitationError
from tests.helpers.ableton.fake_live.strict import DEFERRED, ArgumentError


@pytest.fixture
def live() -> Iterator[FakeLive]:
    with FakeLive() as one:
        yield one


@pytest.fixture
def tone(tmp_path: Path) -> str:
    """A WAV of two seconds: four beats at 120 BPM."""
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\0" * 16000)
    return str(path)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda song: song.tempos,
        lambda song: setattr(song, "colour", 1),
        lambda song: setattr(song, "file_path", "/x"),
        lambda song: song.add_file_path_listener(print),
        lambda song: setattr(song, "tracks", []),
    ],
)
def test_unknown_names_and_read_only_ones_raise(live: FakeLive, misuse: Callable[[object], object]) -> None:
    with pytest.raises(AttributeError):
        misuse(live.song)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda song: song.create_audio_track(index=-1),
        lambda song: song.create_audio_track("last"),
        lambda song: song.create_scene(),
        lambda song: setattr(song, "tempo", "fast"),
        lambda song: setattr(song.tracks[0], "color", 1.5),
    ],
)
def test_keywords_and_wrong_types_raise(live: FakeLive, misuse: Callable[[object], object]) -> None:
    with pytest.raises(ArgumentError):
        misuse(live.song)


def test_a_write_inside_a_listener_raises(live: FakeLive) -> None:
    refused = []

    def on_tempo() -> None:
        with pytest.raises(RuntimeError) as caught:
            live.song.create_audio_track(-1)
        refused.append(str(caught.value))

    live.song.add_tempo_listener(on_tempo)
    live.song.tempo = 90.0
    assert refused == [DEFERRED]


def test_another_thread_is_refused(live: FakeLive) -> None:
    refused: list[Exception] = []

    def read() -> None:
        try:
            _ = live.song.tempo
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert len(refused) == 1


@pytest.mark.parametrize(
    ("version", "has_path", "has_clips", "has_scale_mode", "has_lanes"),
    [
        ((11, 0, 0), False, False, False, False),
        ((11, 3, 25), True, True, False, False),
        ((12, 0, 0), True, False, False, False),
        ((12, 0, 5), True, True, True, False),
        ((12, 2, 0), True, True, True, True),
        ((12, 3, 6), True, True, True, True),
    ],
)
def test_every_version_has_its_own_members(
    version: tuple[int, int, int], has_path: bool, has_clips: bool, has_scale_mode: bool, has_lanes: bool
) -> None:
    with FakeLive(version) as live:
        track = live.song.tracks[2]
        assert hasattr(live.song, "file_path") == has_path
        assert hasattr(track, "create_audio_clip") == has_clips
        assert hasattr(track.clip_slots[0], "create_audio_clip") == has_clips
        assert hasattr(live.song, "scale_mode") == has_scale_mode
        assert hasattr(track, "create_take_lane") == has_lanes


@pytest.mark.parametrize(("guess", "length"), [("right", 4.0), ("half", 2.0), ("double", 8.0), ("off", 4.0)])
def test_new_clips_are_warped_as_live_guesses(live: FakeLive, tone: str, guess: str, length: float) -> None:
    live.auto_warp(guess)
    clip = live.song.tracks[2].create_audio_clip(tone, 0.0)
    assert (clip.warping, clip.length) == (guess != "off", length)


def test_markers_may_not_be_written_before_live_has_unwarped(live: FakeLive, tone: str) -> None:
    live.auto_warp("double")
    clip = live.song.tracks[2].create_audio_clip(tone, 0.0)
    clip.warping = False
    with pytest.raises(RuntimeError, match="before Live had unwarped"):
        clip.loop_end = 2.0
    live.tick()
    clip.end_marker = 2.0
    clip.loop_end = 2.0
    assert clip.length == 4.0
    with pytest.raises(RuntimeError, match="warped clips can be looped"):
        clip.looping = True


def test_clips_can_be_created_only_where_live_allows_them(live: FakeLive, tone: str) -> None:
    midi, audio = live.song.tracks[0], live.song.tracks[2]
    for refused in (
        lambda: midi.create_audio_clip(tone, 0.0),
        lambda: audio.create_audio_clip("relative.wav", 0.0),
        lambda: audio.create_audio_clip(tone, -1.0),
        lambda: [audio.clip_slots[0].create_audio_clip(tone) for _ in range(2)],
    ):
        with pytest.raises(RuntimeError):
            refused()


def test_an_undo_step_holds_all_that_was_done_in_it(live: FakeLive, tone: str) -> None:
    song = live.song
    song.begin_undo_step()
    track = song.create_audio_track(-1)
    track.name = "new"
    track.create_audio_clip(tone, 0.0)
    song.end_undo_step()
    song.undo()
    assert len(song.tracks) == 4
    with pytest.raises(RuntimeError, match="deleted"):
        _ = track.name


def test_an_edition_has_a_track_limit() -> None:
    with FakeLive(track_limit=5) as live:
        live.song.create_audio_track(-1)
        with pytest.raises(LimitationError):
            live.song.create_audio_track(-1)
