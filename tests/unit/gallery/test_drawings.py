"""SVG drawings of a piece."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from engine.sketch.mix_style import CURVES
from tests.gallery.drawings import COLOURS, HEIGHT, WIDTH, colour, levels, octaves, piano_roll
from tests.helpers.render_scores import FUNK, compose, groove, n, solo


def shapes(svg: str, kind: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(kind))


def test_every_part_has_a_colour_and_unknown_ones_share_grey() -> None:
    assert len(set(COLOURS.values())) == len(COLOURS) == 7
    assert colour("drums") == COLOURS["drums"]
    assert colour("kazoo") == colour("") == "#777777"


def test_a_piano_roll_has_a_box_for_every_note_and_a_line_for_every_bar() -> None:
    score = groove(FUNK, 2).score
    svg = piano_roll(score)
    assert len(shapes(svg, "rect")) == sum(len(part.notes) for part in score.parts)
    assert len(shapes(svg, "path")) == 3
    assert ET.fromstring(svg).attrib["viewBox"] == f"0 0 {WIDTH} {HEIGHT}"


def test_high_notes_lie_above_low_ones_and_late_ones_to_the_right() -> None:
    low, high = shapes(piano_roll(solo("piano", [n(0, 1, 60, 127), n(4, 2, 72, 1)]).score), "rect")
    assert float(high.attrib["y"]) < float(low.attrib["y"])
    assert (float(low.attrib["x"]), float(high.attrib["x"])) == (0.0, WIDTH / 2)
    assert float(high.attrib["width"]) == pytest.approx(WIDTH / 4 - 0.6)
    assert (low.attrib["fill-opacity"], high.attrib["fill-opacity"]) == ("1.00", "0.36")


def test_drums_lie_below_all_pitches() -> None:
    rows = {box.attrib["fill"]: float(box.attrib["y"]) for box in shapes(piano_roll(groove(FUNK, 1).score), "rect")}
    assert rows[COLOURS["drums"]] > 0.7 * HEIGHT
    assert all(y < 0.7 * HEIGHT for fill, y in rows.items() if fill != COLOURS["drums"])


def test_a_piece_without_notes_is_drawn_empty() -> None:
    assert shapes(piano_roll(compose([], 4).score), "rect") == []


def test_levels_are_lines_from_the_top_at_0_to_the_bottom_at_60_below() -> None:
    svg = levels({"bass": np.array([-6.0, -30.0, -90.0])})
    (line,) = shapes(svg, "polyline")
    assert line.attrib["points"] == "0.0,20.0 480.0,100.0 960.0,200.0"
    assert line.attrib["stroke"] == COLOURS["bass"]
    assert re.findall(r"-\d+ dB", svg) == ["-20 dB", "-40 dB"]


def test_octaves_are_bars_with_the_curve_over_them() -> None:
    svg = octaves([-30.0] * 10, CURVES["club"])
    bars = shapes(svg, "rect")
    assert len(bars) == 10
    assert {(bar.attrib["y"], bar.attrib["height"]) for bar in bars} == {("100.0", "100.0")}
    names = [text.text for text in shapes(svg, "text") if "dB" not in str(text.text)]
    assert names == ["31", "62", "125", "250", "500", "1k", "2k", "4k", "8k", "16k"]
    assert len(shapes(svg, "path")) == 2 + 10
    assert len(shapes(octaves([-30.0] * 10, ()), "path")) == 2
