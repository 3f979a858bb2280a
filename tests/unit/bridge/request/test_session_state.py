"""The session state of a client: the newest value wins, and tempo, meter and key are stored in one place."""

from __future__ import annotations

import pytest

from bridge.request.presets.presets import Preset
from bridge.request.session_state import MUSIC_KEYS, SessionState
from engine.errors import InvalidValue
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.origin import Origin

MAP = [{"beat": 0.0, "bpm": 100.0, "ramp": True}, {"beat": 8.0, "bpm": 140.0, "ramp": False}]

METERS = [{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}]


def test_music_of_a_block_becomes_state_and_the_rest_stays_in_the_block() -> None:
    state = SessionState()
    state.merge({"tempo": 97.6, "time_signature": "7/8", "key": "E minor", "steps": 70})
    assert (state.tempo, state.meter, state.key) == (97.6, Meter(7, 8), Key("E", "minor"))
    assert state.block == {"steps": 70}
    assert not set(state.block) & MUSIC_KEYS


def test_the_newest_of_tempo_and_map_holds() -> None:
    state = SessionState()
    state.merge({"tempo_map": MAP})
    assert (state.tempo_map, state.tempo) == (TempoMap.parse(MAP), 100.0)
    state.set_tempo(90.0)
    assert (state.tempo_map, state.tempo) == (None, 90.0)
    state.merge({"tempo": 80.0, "tempo_map": MAP})
    assert state.tempo_map == TempoMap.parse(MAP)
    state.merge({"tempo_map": []})
    assert (state.tempo_map, state.tempo) == (None, 100.0)


def test_the_newest_of_meter_and_map_holds() -> None:
    state = SessionState()
    state.merge({"meter_map": METERS, "time_signature": "7/8"})
    assert (state.meter, state.meter_map) == (Meter(4, 4), MeterMap.parse(METERS))
    assert state.song()["time_signature"] == METERS
    state.merge({"meter_map": []})
    assert (state.meter, state.meter_map) == (Meter(4, 4), None)
    state.merge({"meter_map": METERS})
    state.set_meter(Meter(5, 4))
    assert (state.meter, state.meter_map, state.song()["time_signature"]) == (Meter(5, 4), None, "5/4")
    for name, meter in (("meter_map", Meter(4, 4)), ("time_signature", None)):
        state.merge({"meter_map": METERS})
        state.reset(name)
        assert (state.meter, state.meter_map) == (meter, None)
    state.merge({"meter_map": METERS[:1]})
    assert (state.meter, state.meter_map) == (Meter(4, 4), None)


def test_an_empty_key_is_not_told_and_changes_nothing() -> None:
    state = SessionState(daw="REAPER", key=Key("E", "minor"))
    state.merge({"key": ""})
    state.tell_key("  ")
    assert (state.key, state.origin_of("key")) == (Key("E", "minor"), Origin.DAW)


@pytest.mark.parametrize("name", ["tempo", "time_signature", "key"])
def test_what_was_set_by_hand_is_given_back_to_the_daw(name: str) -> None:
    state = SessionState(daw="REAPER")
    state.tell("tempo", tempo=120.0, tempo_map=None)
    state.tell("time_signature", meter=Meter(4, 4))
    state.tell_key("E minor")
    told = state.song()
    state.merge({name: {"tempo": 97.6, "time_signature": "7/8", "key": "A dorian"}[name]})
    assert (state.song() != told, state.origin_of(name)) == (True, Origin.USER)
    state.reset(name)
    assert (state.song(), state.origin_of(name)) == (told, Origin.DAW)
    state.reset(name)
    assert name not in state.song(), "given back once more, the DAW's own word is forgotten"


def test_a_preset_is_told_from_what_the_user_sets() -> None:
    state = SessionState(daw="REAPER", tempo=120.0)
    state.merge({"steps": 70, "seed": 3})
    state.apply_preset(Preset("Slow", "", "", {"tempo": 60.0, "cfg": 5.0}, ("seed",), "factory"))
    assert state.block == {"steps": 70, "tempo": 60.0, "cfg": 5.0, "preset": "Slow"}
    assert state.block_origin == {
        **dict.fromkeys(("tempo", "cfg"), Origin.PRESET),
        **dict.fromkeys(("steps", "preset"), Origin.USER),
    }
    assert (state.tempo, state.origin_of("tempo")) == (120.0, Origin.DAW)


def test_a_reset_forgets_one_key_wherever_it_is_kept() -> None:
    state = SessionState()
    state.merge({"tempo_map": MAP, "time_signature": "7/8", "key": "Em", "steps": 70, "cfg": 2.0})
    for name in ("tempo_map", "time_signature", "key", "steps", "seed"):
        state.reset(name)
    assert (state.tempo_map, state.meter, state.key, state.block) == (None, None, None, {"cfg": 2.0})
    assert state.tempo == 100.0
    state.reset("tempo")
    assert state.tempo is None


def test_a_length_in_seconds_ends_one_in_bars_and_not_the_other_way_round() -> None:
    state = SessionState()
    state.merge({"bars": 8.0})
    state.merge({"output_seconds": 20})
    assert state.block == {"output_seconds": 20}
    state.merge({"bars": 4.0})
    assert state.block == {"output_seconds": 20, "bars": 4.0}


def test_two_clients_share_nothing() -> None:
    one, other = SessionState(), SessionState()
    one.merge({"steps": 70})
    assert other.block == {}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Chorus, key: F# minor", "F# minor"),
        ("Verse KEY=Bb", "Bb major"),
        ("key: a♭ dorian", "Ab dorian"),
        ("Bridge", "E minor"),
        ("key: H", "E minor"),  # no key at all
        ("monkey: A", "E minor"),
        ("key: A blues", "E minor"),
        ("", "E minor"),
    ],
)
def test_a_key_in_a_regions_name_becomes_the_key(name: str, key: str) -> None:
    state = SessionState(key=Key("E", "minor"))
    state.enter_region(name)
    assert (state.region, state.key) == (name, Key.parse(key))


def test_a_wrong_meter_or_key_is_refused() -> None:
    for block in ({"time_signature": "4/3"}, {"key": "H"}, {"tempo": 5}, {"tempo_map": [1]}):
        with pytest.raises(InvalidValue):
            SessionState().merge(dict(block))
