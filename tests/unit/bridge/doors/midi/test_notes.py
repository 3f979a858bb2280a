"""Keys of scales, melodies and chords."""

from __future__ import annotations

import pytest

from bridge.doors.midi.notes import CERTAIN, NoteListener, guess_key
from engine.music.key import MODES

# (semitones above the tonic, length in beats)
CADENCES = {
    "major": [(0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)],
    "minor": [(0, 3, 7), (5, 8, 12), (7, 10, 14), (0, 3, 7)],
    "dorian": [(0, 3, 7), (5, 9, 12), (0, 3, 7), (10, 14, 17), (0, 3, 7)],
    "mixolydian": [(0, 4, 7), (10, 14, 17), (5, 9, 12), (0, 4, 7)],
}
MELODIES = {  # all their own tonic's, written for these tests
    "major": [(7, 1), (4, 1), (0, 2), (2, 1), (4, 1), (5, 1), (7, 2), (9, 1), (7, 1), (11, 1), (12, 2), (0, 2)],
    "minor": [(0, 2), (3, 1), (2, 1), (0, 1), (7, 2), (8, 1), (7, 1), (5, 1), (3, 1), (2, 1), (10, 1), (0, 2)],
}


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", MODES)
def test_a_scale_up_to_its_octave_names_its_tonic_and_mode(tonic: int, mode: str) -> None:
    guess = guess_key([(48 + tonic + step, 0.5) for step in (*MODES[mode], 12)])
    assert guess is not None
    assert (guess.key.pitch_class, guess.key.mode) == (tonic, mode)


@pytest.mark.parametrize("tonic", [0, 5, 11])
@pytest.mark.parametrize("mode", CADENCES)
def test_a_cadence_is_in_its_key(tonic: int, mode: str) -> None:
    guess = guess_key([(48 + tonic + step, 1.0) for chord in CADENCES[mode] for step in chord])
    assert guess is not None
    assert (guess.key.pitch_class, guess.key.mode) == (tonic, mode)


@pytest.mark.parametrize("tonic", [0, 4, 9])
@pytest.mark.parametrize("mode", MELODIES)
def test_a_melody_is_in_its_key(tonic: int, mode: str) -> None:
    guess = guess_key([(60 + tonic + step, beats / 2) for step, beats in MELODIES[mode]])
    assert guess is not None
    assert (guess.key.pitch_class, guess.key.mode) == (tonic, mode)


@pytest.mark.parametrize(("chord", "key"), [((52, 55, 59, 64), "E minor"), ((48, 52, 55), "C major")])
def test_a_chord_that_is_held_is_a_key_to_go_by(chord: tuple[int, ...], key: str) -> None:
    listener = NoteListener()
    for pitch in chord:
        listener.note_on(pitch, 1, 10.0)
    guess = listener.guess(12.0)
    assert guess is not None
    assert str(guess.key) == key
    assert guess.confidence > CERTAIN


def test_all_twelve_notes_are_no_key_to_go_by() -> None:
    guess = guess_key([(60 + step, 1.0) for step in range(12)])
    assert guess is not None
    assert guess.confidence < CERTAIN


def test_two_notes_drums_and_old_playing_say_nothing() -> None:
    listener = NoteListener()
    for pitch in (60, 64):
        listener.note_on(pitch, 1, 0.0)
    listener.note_on(67, 10, 0.0)
    assert listener.guess(1.0) is None
    listener.note_on(67, 1, 1.0)
    for pitch in (60, 64, 67):
        listener.note_off(pitch, 1, 2.0)
    assert listener.guess(3.0) is not None
    assert listener.guess(1000.0) is None


def test_what_was_played_before_gives_way_to_what_is_played_now() -> None:
    listener = NoteListener()
    for begin, tonic in ((0.0, 60), (20.0, 66)):
        for number, step in enumerate((*MODES["major"], 12)):
            listener.note_on(tonic + step, 1, begin + number)
            listener.note_off(tonic + step, 1, begin + number + 0.9)
    guess = listener.guess(29.0)
    assert guess is not None
    assert str(guess.key) == "F# major"
