"""The player: everything of a take is played, paused, continued, and replaced by silence where there is no sound."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge.app.player.mixer import Mixer
from bridge.app.player.output import NoSound
from bridge.app.player.player import BLOCK_FRAMES, TakePlayer
from bridge.takes.library import StemFile, TakeView
from engine.errors import StemBridgeError
from tests.helpers.players import make_player

RATE, FRAMES = 48_000, 5_000
WAIT_S = 30.0


class Device:
    """A sound device that drops what is in its buffer when it is closed, as all of them do."""

    def __init__(self, buffer_frames: int = 0, gone_after: int | None = None) -> None:
        self._buffer_frames = buffer_frames
        self._gone_after = gone_after
        self.latency_s = buffer_frames / RATE
        self.written: list[NDArray[np.float32]] = []
        self.heard = np.zeros((0, 2), np.float32)
        self.at_work = threading.Event()
        self.is_closed = False

    def write(self, block: NDArray[np.float32]) -> None:
        if len(self.written) == self._gone_after:
            raise NoSound("The sound device has gone.")
        self.written.append(block)
        self.at_work.set()

    def close(self) -> None:
        everything = np.concatenate([*self.written, np.zeros((0, 2), np.float32)])
        self.heard = everything[: max(0, len(everything) - self._buffer_frames)]
        self.is_closed = True


@pytest.mark.parametrize("buffer_frames", [0, 1, BLOCK_FRAMES, 4_000, 48_000])
def test_everything_is_heard_from_the_first_frame_to_the_last(tmp_path: Path, buffer_frames: int) -> None:
    sound = np.random.default_rng(1).uniform(-0.4, 0.4, (FRAMES, 2)).astype(np.float32)
    soundfile.write(tmp_path / "bass.wav", sound, RATE, subtype="FLOAT")
    device = Device(buffer_frames)
    player = make_player(lambda _rate, _name: device)
    player._mixer = Mixer({"bass": tmp_path / "bass.wav"}, FRAMES)
    player.play()
    thread = player._thread
    assert thread is not None
    thread.join(60)
    assert np.array_equal(device.heard[:FRAMES], sound)
    assert not device.heard[FRAMES:].any()
    assert not player.is_playing
    player.unload()


def make_take(folder: Path, frames: int = FRAMES, stems: bool = True) -> TakeView:
    """A take at 120 BPM in 4/4 with one stem, or with its mix alone."""
    folder.mkdir()
    for name in ("bass", "mix"):
        soundfile.write(folder / f"{name}.wav", np.full((frames, 2), 0.1), RATE, subtype="FLOAT")
    data: dict[str, Any] = {
        "frames": frames,
        "sample_rate": RATE,
        "tempo": 120.0,
        "tempo_map": [],
        "time_signature": "4/4",
        "mix": {"file": "mix.wav"},
    }
    bass = StemFile("bass", folder / "bass.wav", "#000000", "")
    return TakeView(folder / "manifest.json", data, (bass,) if stems else ())


def finish(player: TakePlayer) -> None:
    """Play to the end."""
    player.play()
    assert player._thread is not None
    player._thread.join(WAIT_S)
    assert not player.is_playing


@pytest.fixture
def take(tmp_path: Path) -> TakeView:
    return make_take(tmp_path / "take")


def test_a_take_is_loaded_with_its_stems_beats_and_bars(tmp_path: Path) -> None:
    player = make_player(lambda _rate, _name: Device())
    take = make_take(tmp_path / "long", 120_000)
    player.load(take)
    assert player.take is take
    assert player.mixer is not None
    assert (player.mixer.frames, player.mixer.sample_rate, list(player.mixer.channels)) == (120_000, RATE, ["bass"])
    assert player.mixer._beats.tolist() == [0, 24_000, 48_000, 72_000, 96_000]
    assert player.mixer._bars == {0, 96_000}
    player.unload()
    assert (player.take, player.mixer, player.position) == (None, None, 0)


def test_without_stems_the_mix_plays(tmp_path: Path) -> None:
    player = make_player(lambda _rate, _name: Device())
    player.load(make_take(tmp_path / "take", stems=False))
    assert player.mixer is not None
    assert list(player.mixer.channels) == ["mix"]
    player.unload()


def test_volume_and_metronome_carry_over_to_the_next_take(tmp_path: Path, take: TakeView) -> None:
    player = make_player(lambda _rate, _name: Device())
    player.load(take)
    first = player.mixer
    assert first is not None
    first.volume_db, first.metronome_db = -6.0, -12.0
    player.load(make_take(tmp_path / "other"))
    assert player.mixer is not None
    assert (player.mixer.volume_db, player.mixer.metronome_db) == (-6.0, -12.0)
    assert first._files == {}  # its files are closed
    player.unload()


def test_a_take_with_a_missing_stem_leaves_the_one_before(take: TakeView) -> None:
    player = make_player(lambda _rate, _name: Device())
    player.load(take)
    broken = TakeView(take.manifest, take.data, (StemFile("bass", take.folder / "gone.wav", "", ""),))
    with pytest.raises(StemBridgeError, match="cannot be played"):
        player.load(broken)
    assert player.take is take
    player.unload()


def test_pause_keeps_the_place_and_play_goes_on_there(take: TakeView) -> None:
    device = Device()
    player = make_player(lambda _rate, _name: device)
    player.load(take)
    assert player.mixer is not None
    player.mixer.set_loop((1_000, 3_000))  # it plays until it is paused
    player.seek(1_500)
    player.play()
    assert device.at_work.wait(WAIT_S)
    assert player.is_playing
    player.play()  # a second time does nothing
    player.pause()
    assert not player.is_playing
    assert device.is_closed
    place = player.position
    assert 1_000 <= place < 3_000
    player.mixer.set_loop(None)
    written = len(device.written)
    finish(player)
    rest = np.concatenate(device.written[written:])
    assert np.flatnonzero(rest[:, 0]).tolist() == list(range(FRAMES - place))
    player.unload()


def test_at_the_end_it_starts_over(take: TakeView) -> None:
    device = Device()
    player = make_player(lambda _rate, _name: device)
    player.load(take)
    player.seek(FRAMES)
    finish(player)
    assert np.count_nonzero(np.concatenate(device.written)[:, 0]) == FRAMES
    player.unload()


def test_the_position_is_what_is_heard_and_never_before_the_loop(take: TakeView) -> None:
    player = make_player(lambda _rate, _name: Device())
    player.load(take)
    player.seek(4_000)
    assert player.position == 4_000
    player._latency_frames, player._thread = 1_500, threading.current_thread()  # as while it plays
    player._stop.clear()
    assert player.is_playing
    assert player.position == 2_500
    player.seek(1_000)
    assert player.position == 0
    assert player.mixer is not None
    player.mixer.set_loop((800, 2_000))
    assert player.position == 800
    player._thread = None
    player.unload()


def test_the_device_is_the_one_that_was_chosen_at_the_takes_rate(take: TakeView) -> None:
    opened: list[tuple[int, str]] = []

    def open_output(sample_rate: int, device: str) -> Device:
        opened.append((sample_rate, device))
        return Device()

    player = make_player(open_output)
    player.load(take)
    finish(player)
    player.device = "USB"
    finish(player)
    assert opened == [(RATE, ""), (RATE, "USB")]
    player.unload()


def test_without_sound_the_take_plays_silently_and_that_is_told_once(take: TakeView) -> None:
    def no_sound(_rate: int, _device: str) -> Device:
        raise NoSound("No card.")

    problems: list[str] = []
    player = make_player(no_sound, on_problem=problems.append)
    player.load(take)
    finish(player)
    finish(player)
    assert problems == ["No card."]
    player._open = lambda _rate, _device: Device()
    finish(player)  # the card is there again
    player._open = no_sound
    finish(player)
    assert problems == ["No card.", "No card."]
    player.unload()


def test_a_device_that_goes_while_it_plays_is_replaced_by_silence(take: TakeView) -> None:
    device, problems = Device(gone_after=2), list[str]()
    player = make_player(lambda _rate, _name: device, on_problem=problems.append)
    player.load(take)
    finish(player)
    assert problems == ["The sound device has gone."]
    assert device.is_closed
    assert player.position == FRAMES
    player.unload()


def test_every_start_and_stop_is_reported(take: TakeView) -> None:
    states: list[bool] = []
    player = make_player(lambda _rate, _name: Device(), on_change=lambda: states.append(player.is_playing))
    player.load(take)
    assert player.mixer is not None
    player.mixer.set_loop((0, 1_000))  # it plays until it is paused
    states.clear()
    player.play()
    player.pause()
    assert (states[1], states[-1]) == (True, False)  # before the first, `play` has paused
    player.unload()


def test_an_empty_player_does_nothing() -> None:
    player = make_player(lambda _rate, _name: Device())
    player.play()
    player.seek(100)
    player.pause()
    assert (player.position, player.is_playing) == (0, False)
