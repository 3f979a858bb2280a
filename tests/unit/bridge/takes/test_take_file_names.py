"""Names of all files of a take."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.takes import take_file_names
from bridge.takes.take import Take
from bridge.takes.take_file_names import TakeFileNames
from engine.music import Key, TempoMap, TempoPoint

MakeTake = Callable[..., Take]


def test_every_file_says_what_it_is(make_take: MakeTake) -> None:
    names = TakeFileNames.of(make_take("3fa94c1e-2"), Path("/project"))
    assert names.stems == ("funk 3fa9-2 120bpm Em drums.wav", "funk 3fa9-2 120bpm Em bass.wav")
    assert names.midi == ("funk 3fa9-2 120bpm Em drums.mid", "funk 3fa9-2 120bpm Em bass.mid")
    assert (names.mix, names.song) == ("funk 3fa9-2 120bpm Em mix.wav", "song.mid")
    assert names.all() == [*names.stems, *names.midi, "song.mid", names.mix, "manifest.json"]


def test_the_key_is_that_of_the_music_where_none_was_asked_for(make_take: MakeTake) -> None:
    take = make_take()
    request = replace(take.request, key=None)
    known = replace(take.generation, key=Key.parse("D dorian"))
    assert TakeFileNames.of(replace(take, request=request), Path("/p")).mix == "funk ab12 120bpm mix.wav"
    assert TakeFileNames.of(replace(take, generation=known), Path("/p")).mix == "funk ab12 120bpm D dorian mix.wav"


def test_a_ramp_shows_where_it_leads(make_take: MakeTake) -> None:
    take = make_take(tempo_map=TempoMap([TempoPoint(0.0, 97.6, True), TempoPoint(4.0, 132.0)]))
    assert TakeFileNames.of(take, Path("/p")).mix == "funk ab12 97.6-132bpm Em mix.wav"


def test_a_title_of_its_own_goes_before_the_genres(make_take: MakeTake) -> None:
    assert TakeFileNames.of(make_take(given_title="My loop"), Path("/p")).mix == "My loop ab12 120bpm Em mix.wav"


def test_a_take_without_notes_has_no_song(make_take: MakeTake) -> None:
    names = TakeFileNames.of(make_take(names=("vocals",)), Path("/p"))
    assert (names.midi, names.song) == ((None,), None)
    assert names.all() == ["funk ab12 120bpm Em vocals.wav", "funk ab12 120bpm Em mix.wav", "manifest.json"]


def test_the_room_is_that_of_the_folder_in_which_the_files_are_written(
    make_take: MakeTake, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def small(folder: Path) -> int:
        asked.append(folder)
        return 24

    monkeypatch.setattr(take_file_names, "room_in", small)
    take = make_take()
    assert TakeFileNames.of(take, Path("/project")).mix == "ab12 120bpm Em mix.wav"
    assert asked == [Path("/project") / f".{take.folder_name}.part"]
