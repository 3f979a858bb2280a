"""The arithmetic of a tempo map: by hand, and against results of a real Ardour (`make_oracle.py`)."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from typing import Any

import pytest

from bridge.daws.ardour_session.tempo import TICKS_PER_BEAT, SessionTempo
from engine.errors import StemBridgeError
from engine.music import Meter, MeterMap, TempoMap
from tests.helpers.paths import HELPERS

ORACLE = json.loads((HELPERS / "ardour" / "oracle.json").read_text())
CASES: list[dict[str, Any]] = ORACLE["cases"]
every_case = pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))


def tempo_of(case: dict[str, Any]) -> SessionTempo:
    return SessionTempo(ElementTree.fromstring(case["tempo_map_xml"]))


def test_the_oracle_has_ramps_and_changes_of_tempo_and_meter() -> None:
    assert sum("Tempo::Ramped" in case["tempo_map_xml"] for case in CASES) > 5
    assert sum(case["tempo_map_xml"].count("<Meter ") > 1 for case in CASES) > 5
    assert sum(len(case["tempo_map"]) > 1 for case in CASES) > 10


@every_case
def test_bars_begin_where_ardour_says(case: dict[str, Any]) -> None:
    tempo = tempo_of(case)
    for bar in case["bars"]:
        quarters = tempo.quarters_at_bar(bar["bar"])
        assert quarters == Fraction(bar["ticks"], TICKS_PER_BEAT)
        assert tempo.sample_at(quarters, case["sample_rate"]) == bar["sample"]


@every_case
def test_the_tempo_map_that_our_script_sends_keeps_every_bar_within_a_sample(case: dict[str, Any]) -> None:
    tempo_map, rate = TempoMap.parse(case["tempo_map"]), case["sample_rate"]
    first = next(bar for bar in case["bars"] if bar["bar"] == case["first_bar"])
    for bar in case["bars"]:
        if bar["bar"] >= case["first_bar"]:
            ours = tempo_map.frames(Fraction(bar["ticks"] - first["ticks"], TICKS_PER_BEAT), rate)
            assert abs(ours - (bar["sample"] - first["sample"])) <= 1, bar


@every_case
def test_the_meter_map_that_our_script_sends_has_ardours_bar_lines(case: dict[str, Any]) -> None:
    """Exactly in quarter notes, and with the tempo map within a sample."""
    meters, tempo_map, rate = (
        MeterMap.parse(case["meter_map"]),
        TempoMap.parse(case["tempo_map"]),
        case["sample_rate"],
    )
    first, *later = (bar for bar in case["bars"] if bar["bar"] >= case["first_bar"])
    for number, bar in enumerate(later, 1):
        assert meters.beats(number) == Fraction(bar["ticks"] - first["ticks"], TICKS_PER_BEAT)
        assert abs(meters.frames(number, tempo_map, rate) - (bar["sample"] - first["sample"])) <= 1, bar
    assert case["length_bars"] == len(later)


@every_case
def test_a_meter_map_of_ardours_own_meters_has_its_bar_lines(case: dict[str, Any]) -> None:
    root = ElementTree.fromstring(case["tempo_map_xml"])
    changes = []
    for one in root.iterfind("Meters/Meter"):
        beats, ticks = one.attrib["quarters"].split(":")
        meter = Meter(int(one.attrib["divisions-per-bar"]), int(one.attrib["note-value"]))
        changes.append((int(beats) + Fraction(int(ticks), TICKS_PER_BEAT), meter))
    meters = MeterMap.from_changes(changes)
    for bar in case["bars"]:
        beat = Fraction(bar["ticks"], TICKS_PER_BEAT)
        assert meters.beats(bar["bar"] - 1) == beat
        assert meters.position(beat) == (bar["bar"] - 1, 0)


@pytest.mark.parametrize(
    "text",
    [
        "<TempoMap/>",
        '<TempoMap superclocks-per-second="0"/>',
        '<TempoMap superclocks-per-second="x"/>',
        '<TempoMap superclocks-per-second="282240000"><Tempos/><Meters/></TempoMap>',
        CASES[0]["tempo_map_xml"].replace("quarters=", "quarter="),
        CASES[0]["tempo_map_xml"].replace(' npm="', ' npm="0" was="'),
        CASES[0]["tempo_map_xml"].replace('note-value="', 'note-value="0" was="'),
        CASES[0]["tempo_map_xml"].replace("1|1|0", "one"),
    ],
)
def test_what_is_no_tempo_map_is_refused(text: str) -> None:
    with pytest.raises(StemBridgeError, match="tempo map cannot be read"):
        SessionTempo(ElementTree.fromstring(text))


def by_hand(tempos: str, meters: str) -> SessionTempo:
    text = f'<TempoMap superclocks-per-second="1000"><Tempos>{tempos}</Tempos><Meters>{meters}</Meters></TempoMap>'
    return SessionTempo(ElementTree.fromstring(text))


CONSTANT = '<Tempo npm="120" note-type="4" type="Tempo::Constant" sclock="0" quarters="0:0" omega="0"/>'
FOUR_FOUR = '<Meter note-value="4" divisions-per-bar="4" quarters="0:0" bbt="1|1|0"/>'


def test_120_bpm_is_half_a_second_per_quarter_note() -> None:
    tempo = by_hand(CONSTANT, FOUR_FOUR)
    assert [tempo.ticks_at(Fraction(quarters)) for quarters in (0, 1, 4)] == [0, 500, 2000]
    assert tempo.sample_at(Fraction(3), 48_000) == 72_000
    assert tempo.ticks_of(72_000, 48_000) == 1500


def test_bars_of_7_8_after_two_bars_of_4_4_are_three_and_a_half_quarter_notes() -> None:
    seven_eight = '<Meter note-value="8" divisions-per-bar="7" quarters="8:0" bbt="3|1|0"/>'
    tempo = by_hand(CONSTANT, FOUR_FOUR + seven_eight)
    assert [tempo.quarters_at_bar(bar) for bar in (1, 2, 3, 4, 5)] == [0, 4, 8, Fraction(23, 2), 15]


def test_a_tempo_counts_the_notes_of_its_type() -> None:
    """60 half notes a minute are 120 quarter notes."""
    half = CONSTANT.replace('npm="120" note-type="4"', 'npm="60" note-type="2"')
    assert by_hand(half, FOUR_FOUR).ticks_at(Fraction(1)) == 500


def test_a_later_tempo_counts_from_its_own_begin_and_ticks_of_beats_are_read() -> None:
    later = CONSTANT.replace('npm="120"', 'npm="60"').replace('sclock="0"', 'sclock="750"')
    later = later.replace('quarters="0:0"', f'quarters="1:{TICKS_PER_BEAT // 2}"')
    tempo = by_hand(CONSTANT + later, FOUR_FOUR)
    assert [tempo.ticks_at(Fraction(quarters)) for quarters in (1, Fraction(3, 2), 2)] == [500, 750, 1250]


def test_a_ramp_follows_the_logarithm_in_the_source() -> None:
    """ticks = log1p(s · omega · q) / omega, with s = 500 and omega = 0.001."""
    ramp = CONSTANT.replace("Constant", "Ramped").replace('omega="0"', 'omega="0.001"')
    tempo = by_hand(ramp, FOUR_FOUR)
    assert tempo.ticks_at(Fraction(2)) == round(math.log(2) * 1000) == 693
    unramped = by_hand(ramp.replace("Ramped", "Constant"), FOUR_FOUR)
    assert unramped.ticks_at(Fraction(2)) == 1000


def test_samples_are_rounded_down_and_ticks_to_the_nearest() -> None:
    tempo = by_hand(CONSTANT.replace('npm="120"', 'npm="130"'), FOUR_FOUR)  # 461.54 ticks: 462
    assert tempo.ticks_at(Fraction(1)) == 462
    assert tempo.sample_at(Fraction(1), 999) == 461  # 461.538
    assert tempo.ticks_of(461, 999) == 461  # 461.46
