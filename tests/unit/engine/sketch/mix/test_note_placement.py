"""Notes on the loop: onsets to the sample, tempo maps, choking, and notes that end without a click."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.music import TempoMap, TempoPoint
from engine.score import Part
from engine.sketch.mix.note_placement import (
    FrameHit,
    Loop,
    _add,
    _cut,
    _hz,
    _round_robins,
    _spans,
    _tied_from,
    frame_hits,
    place,
)
from engine.sketch.synth.voice import Stroke, Voice
from engine.sketch.work import WorkProgress
from tests.helpers.render_scores import DREAM, HOUSE, groove, n, solo, sound, twice

RATE = 48_000

KEYS = (36, 37, 38, 39, 41, 42, 44, 45, 46, 49, 50, 51, 54, 56, 70)

KITS = ("kit_acoustic", "kit_electronic", "kit_lofi")

PERCUSSIVE = ("bass_finger", "bass_synth", "bass_sub", "clav", "epiano", "stab", "guitar_drive")

RAMP = TempoMap([TempoPoint(0.0, 73.1, ramp=True), TempoPoint(4.0, 171.3), TempoPoint(6.0, 99.9)])


def onset(stem: np.ndarray, frame: int, length: int = 12_000) -> int:
    """Frames from `frame` to 10 % of the peak of what follows; negative if it sounds before."""
    before = max(0, frame - 200)
    loud = np.abs(stem[before : frame + length]).max(axis=1)
    return int(np.argmax(loud > 0.1 * loud.max())) + before - frame


@pytest.mark.parametrize("kit", KITS)
def test_every_drum_speaks_within_a_millisecond(kit: str) -> None:
    notes = [n(8 * index + 1 / 3, 0.5, key, 60 + 4 * index) for index, key in enumerate(KEYS)]
    stem = sound(solo(kit, notes, 8 * len(KEYS)))["solo"]
    late = {key: onset(stem, round((8 * i + 1 / 3) / 2 * RATE)) for i, key in enumerate(KEYS)}
    assert all(0 <= frames <= 48 for frames in late.values()), late


@pytest.mark.parametrize("instrument", PERCUSSIVE)
def test_every_percussive_voice_speaks_within_a_millisecond(instrument: str) -> None:
    low, step = (28, 4) if instrument.startswith("bass") else (52, 5)
    notes = [n(4 * i + 0.25, 0.5, low + step * i, 30 + 16 * i) for i in range(6)]
    stem = sound(solo(instrument, notes, 24))["solo"]
    late = [onset(stem, round((4 * i + 0.25) / 2 * RATE)) for i in range(6)]
    assert all(0 <= frames <= 48 for frames in late), late


@pytest.mark.parametrize("instrument", ["pad_warm", "brass", "lead_saw", "lead_square", "vibes", "guitar_lead"])
def test_nothing_sounds_before_its_note(instrument: str) -> None:
    stem = sound(solo(instrument, [n(2, 0.5, 60)], 8))["solo"]
    loud = np.abs(stem).max(axis=1)
    assert loud[RATE - 4800 : RATE - 64].max() < 1e-4 * loud.max()
    assert onset(stem, RATE) < 0.06 * RATE


@settings(max_examples=10, deadline=None)
@given(beat=st.fractions(Fraction(1, 2), Fraction(15, 2), max_denominator=96), rate=st.sampled_from([44_100, 48_000]))
def test_notes_follow_a_tempo_ramp_to_the_frame(beat: Fraction, rate: int) -> None:
    composition = solo("kit_electronic", [n(0, 0.1, 37)], 8)
    score = composition.score
    rim = score.parts[0].notes[0]
    moved = type(rim)(beat, rim.length_beats, 37, 100)
    part = type(score.parts[0])("solo", "kit_electronic", (moved,), is_drums=True)
    composition = type(composition)(
        type(score)(RAMP, score.meter, score.key, score.length_beats, (part,)), composition.mixes, "test"
    )
    stem = sound(composition, rate)["solo"]
    assert 0 <= onset(stem, RAMP.frames(beat, rate), 2000) <= 10


@pytest.mark.parametrize("band", [HOUSE, DREAM], ids=["house", "dream"])
def test_the_second_lap_is_the_first(band: tuple[str, ...]) -> None:
    composition = groove(band, 2, stems=("bass", "chords", "lead"))
    once, two = sound(composition), sound(twice(composition))
    for name, lap in once.items():
        frames = len(lap)
        assert np.abs(two[name][frames:] - two[name][:frames]).max() < 1e-5
        # Alone, a lap is measured for loudness by itself: the same but for a hair of gain.
        gain = float(np.vdot(two[name][:frames], lap) / np.vdot(lap, lap))
        assert gain == pytest.approx(1.0, abs=0.03)
        assert np.abs(two[name][:frames] - gain * lap).max() < 5e-3


@pytest.mark.parametrize("band", [HOUSE, DREAM], ids=["house", "dream"])
def test_the_seam_is_no_step(band: tuple[str, ...]) -> None:
    composition = groove(band, 2)
    for stem in sound(composition).values():
        steps = np.abs(np.diff(stem, axis=0)).max(axis=1)
        assert np.abs(stem[0] - stem[-1]).max() <= np.quantile(steps, 0.999)


def test_a_closed_hat_chokes_the_open_one() -> None:
    free = sound(solo("kit_acoustic", [n(0, 0.1, 46)], 8))["solo"]
    choked = sound(solo("kit_acoustic", [n(0, 0.1, 46), n(0.5, 0.1, 42, 1)], 8))["solo"]
    start, end = round(0.3 * RATE), round(0.6 * RATE)
    ring = np.square(free[start:end]).sum() / np.square(free).sum()
    left = np.square(choked[start:end]).sum() / np.square(choked).sum()
    assert ring > 1e-3
    assert left < 0.02 * ring


def test_the_pedal_chokes_and_other_drums_do_not() -> None:
    def late(key: int) -> float:
        stem = sound(solo("kit_electronic", [n(0, 0.1, 46), n(0.5, 0.1, key, 1)], 8))["solo"]
        return float(np.square(stem[round(0.3 * RATE) : round(0.6 * RATE)]).sum())

    assert late(44) < 0.05 * late(37)


def test_an_open_hat_at_the_end_is_closed_by_the_next_lap() -> None:
    stem = sound(solo("kit_acoustic", [n(0, 0.1, 42, 1), n(3.75, 0.1, 46)], 4))["solo"]
    assert np.square(stem[1500:20_000]).sum() < 0.002 * np.square(stem).sum()


@pytest.mark.parametrize("instrument", ["bass_finger", "bass_synth", "lead_saw", "pad_warm", "epiano", "brass"])
def test_notes_end_without_a_click(instrument: str) -> None:
    pitch = 40 if instrument.startswith("bass") else 60
    stem = sound(solo(instrument, [n(0, 1, pitch)], 4))["solo"].mean(axis=1)
    bend = np.abs(np.diff(stem, 2))
    sounding = bend[2400 : RATE // 2 - 1200].max()
    assert bend[RATE // 2 - 1200 : RATE // 2 + 24_000].max() < 1.5 * sounding


def test_a_mono_voice_stops_for_its_next_note() -> None:
    legato = sound(solo("bass_synth", [n(0, 4, 28), n(1, 1, 52)], 8))["solo"].mean(axis=1)
    part = legato[round(0.6 * RATE) : round(0.9 * RATE)] * np.hanning(round(0.3 * RATE))
    spectrum = np.abs(np.fft.rfft(part))
    low, high = spectrum[round(41.2 * 0.3)], spectrum[round(164.8 * 0.3)]
    assert low < 0.05 * high


def test_a_note_longer_than_any_stroke_is_held_to_its_end() -> None:
    stem = sound(solo("lead_square", [n(0, 76, 60)], 80))["solo"]
    power = np.square(stem[: 37 * RATE]).sum(axis=1).reshape(37, -1).mean(axis=1)
    assert power.min() > 0.1 * power.max()


def steady(stroke: Stroke) -> np.ndarray:
    return np.ones((1, stroke.frames), np.float32)


def voice(**changed: object) -> Voice:
    """A voice that sounds as a constant 1, named after its settings, since the cache goes by name."""
    return Voice(f"steady {sorted(changed.items())}", steady, **{"spread": 0.0, "dynamic": 1.0, **changed})


def second_loop(beats: int = 8) -> Loop:
    """A loop at one frame a millisecond, half a second a beat."""
    return Loop(TempoMap.constant(120.0), Fraction(beats), 1000)


def part(*notes: tuple[float, float, int, int], drums: bool = False) -> Part:
    return Part("solo", "test", tuple(n(*note) for note in notes), is_drums=drums)


def test_a_loop_knows_its_frames_and_is_never_empty() -> None:
    loop = second_loop()
    assert (loop.frames, loop.frame(Fraction(1)), loop.frame(Fraction(1, 3))) == (4000, 500, 167)
    assert Loop(TempoMap.constant(120.0), Fraction(1, 10**9), 1000).frames == 1


def test_hits_are_in_order_and_wrapped_round_the_loop() -> None:
    hits = frame_hits(part((9, 1, 60, 80), (0, 0.5, 62, 90)), voice(), second_loop())
    assert hits == [FrameHit(0, 250, 62, 90), FrameHit(500, 500, 60, 80)]


def test_long_notes_of_sustaining_voices_are_struck_again() -> None:
    long = part((0, 5, 60, 80))
    assert frame_hits(long, voice(longest_s=1.0), second_loop()) == [FrameHit(0, 2500, 60, 80)]
    held = [(hit.start, hit.held) for hit in frame_hits(long, voice(longest_s=1.0, sustains=True), second_loop())]
    assert held == [(0, 1000), (1000, 1000), (2000, 500)]


FOUND = [FrameHit(0, 900, 60, 80), FrameHit(500, 100, 60, 80), FrameHit(600, 900, 67, 80)]


@pytest.mark.parametrize(
    ("settings_of_voice", "spans"),
    [
        ({}, [500, 100, 900]),  # to key-up, or the next stroke of the key
        ({"longest_s": 0.2}, [200, 100, 200]),
        ({"mono": True}, [500, 100, 900]),
        ({"gated": False, "longest_s": 2.0}, [2000, 2000, 2000]),
    ],
)
def test_a_stroke_sounds_until_it_is_cut_off(settings_of_voice: dict[str, object], spans: list[int]) -> None:
    assert _spans(FOUND, voice(**settings_of_voice), second_loop()) == spans


def test_a_mono_voice_is_cut_off_by_any_key_even_in_the_next_lap() -> None:
    hits = [FrameHit(1000, 9000, 60, 80), FrameHit(3900, 9000, 67, 80)]
    assert _spans(hits, voice(mono=True), second_loop()) == [2900, 1100]
    assert _spans(hits, voice(longest_s=20.0), second_loop()) == [4000, 4000]


def test_a_sound_past_the_end_is_added_at_the_beginning() -> None:
    bed = np.zeros(4, np.float32)
    sound = np.array([1, 2, 3, 4, 5, 6], np.float32)
    _add(bed, 3, sound, goes_round=True)
    assert bed.tolist() == [2 + 6, 3, 4, 1 + 5]
    ends = np.zeros(4, np.float32)
    _add(ends, 3, sound, goes_round=False)
    assert ends.tolist() == [0, 0, 0, 1], "a piece that ends has no next lap"


def test_a_cut_sound_fades_after_its_span_and_the_original_is_kept() -> None:
    sound = np.ones((1, 10), np.float32)
    cut = _cut(sound, 4, np.array([0.5, 0.25], np.float32))
    assert cut.tolist() == [[1, 1, 1, 1, 0.5, 0.25]]
    assert sound.all()
    assert _cut(sound, 9, np.array([0.5, 0.25], np.float32)).shape == (1, 10)


def test_round_robins_go_in_turn_by_key() -> None:
    hits = [FrameHit(start, 1, key, 80) for start, key in ((0, 60), (1, 60), (2, 67), (3, 60), (4, 67))]
    takes = _round_robins(hits, voice(round_robins=3), np.random.default_rng(1))
    first = takes[0]
    assert takes == [first, (first + 1) % 3, first, (first + 2) % 3, (first + 1) % 3]
    assert _round_robins(hits, voice(), np.random.default_rng(1)) == [0] * 5


def test_tied_notes_glide_from_the_key_before() -> None:
    hits = [FrameHit(0, 500, 60, 80), FrameHit(501, 100, 67, 80), FrameHit(700, 100, 67, 80)]
    assert _tied_from(hits, voice(glide_s=0.1), second_loop()) == [-1, 60, -1]
    assert _tied_from(hits, voice(), second_loop()) == [-1, -1, -1]


def test_keys_too_high_for_the_rate_sound_octaves_lower() -> None:
    loop = Loop(TempoMap.constant(120.0), Fraction(8), 48_000, shift=12.0)
    assert _hz(69, loop) == pytest.approx(880.0)
    assert _hz(127, loop) == pytest.approx(440.0 * 2 ** (58 / 12 + 1 - 3))
    assert _hz(69, second_loop()) == pytest.approx(110.0), "a fifth of 1000 frames a second is the most"


def test_a_placed_note_sounds_at_its_velocity_and_place() -> None:
    work = WorkProgress()
    bed = place(part((1, 1, 64, 127)), voice(release_s=0.1), second_loop(), 1, work)
    assert bed.shape == (2, 4000)
    assert bed[0, 499:503].tolist() == [0, 1, 1, 1]
    assert bed[0, 999] == 1
    assert 0 < bed[0, 1050] < 1
    assert not bed[0, 1100:].any()
    assert not bed[1].any()
    assert work.done == pytest.approx(0.6)
    quiet = place(part((1, 1, 64, 64)), voice(release_s=0.1), second_loop(), 1, WorkProgress())
    assert quiet[0, 600] == pytest.approx(64 / 127)


def test_low_keys_sit_left_and_high_ones_right() -> None:
    bed = place(part((0, 1, 84, 127), (4, 1, 44, 127)), voice(spread=0.5), second_loop(), 1, WorkProgress())
    assert bed[1, 100] == pytest.approx(-0.5)  # middle minus side is the right channel
    assert bed[1, 2100] == pytest.approx(0.5)
