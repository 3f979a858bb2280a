"""Our arithmetic against Ardour's own over random tempo maps: `make_oracle.py` has asked a real one."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from typing import Any

import pytest

from bridge.daws.ardour_session.tempo import TICKS_PER_BEAT, SessionTempo
from engine.errors import StemBridgeError
from engine.music import TempoMap
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
