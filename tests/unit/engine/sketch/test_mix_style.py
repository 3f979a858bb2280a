"""The table [mix] of a style."""

from fractions import Fraction
from itertools import pairwise

import pytest

from engine.errors import InvalidValue
from engine.sketch.checked_table import CheckedTable
from engine.sketch.library import load_styles
from engine.sketch.mix_style import CURVES, NEUTRAL, OCTAVES_HZ, SPACES, MixStyle, read_mix_style


def test_every_style_names_a_curve_and_a_width() -> None:
    for style in load_styles().values():
        assert style.mix_style.curve in CURVES.values(), style.name
        assert 0.4 <= style.mix_style.correlation <= 0.85, style.name


def test_a_missing_mix_table_leaves_the_mix_as_it_comes() -> None:
    assert read_mix_style(CheckedTable({}, "x.toml: mix.")) == NEUTRAL


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("curve", "loud"),
        ("curve", [0, -3]),
        ("curve", [1.0] * 10),
        ("space", "cave"),
        ("space", 3),
        ("echo_beats", "9"),
        ("correlation", 1.0),
        ("curves", "club"),
    ],
)
def test_a_wrong_mix_value_is_named(key: str, value: object) -> None:
    with pytest.raises(InvalidValue, match=rf"x\.toml: mix.*{key}|x\.toml: mix.*{value}"):
        read_mix_style(CheckedTable({key: value}, "x.toml: mix."))


def test_a_curve_may_be_written_out() -> None:
    numbers = [-20.0, -6.0, -5.0, -6.0, -8.0, -10.0, -13.0, -16.0, -20.0, -30.0]
    assert read_mix_style(CheckedTable({"curve": numbers}, "x.toml: mix.")).curve == tuple(numbers)


def test_a_whole_table_is_read() -> None:
    table = CheckedTable({"curve": "club", "space": "hall", "echo_beats": "3/8", "correlation": 0.6}, "x.toml: mix.")
    assert read_mix_style(table) == MixStyle(CURVES["club"], "hall", Fraction(3, 8), 0.6)


def test_every_curve_has_a_value_for_each_octave_and_adds_up_to_about_the_whole() -> None:
    for name, curve in CURVES.items():
        assert len(curve) == len(OCTAVES_HZ), name
        assert sum(10 ** (db / 10) for db in curve) == pytest.approx(1.0, abs=0.35), name


def test_octaves_double() -> None:
    assert all(after == 2 * before for before, after in pairwise(OCTAVES_HZ) if before < 8000)


def test_a_written_curve_has_to_be_complete_and_not_above_the_whole() -> None:
    for curve in ([-10.0] * 9, [-10.0] * 9 + [0.5], [-61.0] * 10, ["-3"] * 10):
        with pytest.raises(InvalidValue, match=r"or 10 numbers from -60 to 0 dB"):
            read_mix_style(CheckedTable({"curve": curve}, "x.toml: mix."))
    assert read_mix_style(CheckedTable({"curve": [-60, 0] * 5}, "x.toml: mix.")).curve == (-60.0, 0.0) * 5


def test_every_space_is_a_room_of_the_mixer() -> None:
    from engine.sketch.mix.space import SPACES as ROOMS

    assert tuple(ROOMS) == SPACES
