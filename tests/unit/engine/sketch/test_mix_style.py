"""The table [mix] of a style."""

import pytest

from engine.errors import InvalidValue
from engine.sketch.checked_table import CheckedTable
from engine.sketch.library import load_styles
from engine.sketch.mix_style import CURVES, NEUTRAL, read_mix_style


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
