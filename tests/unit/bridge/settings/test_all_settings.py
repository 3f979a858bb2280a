"""The table of settings: one for the file, the window, the command line and the manual."""

from __future__ import annotations

import pytest

from bridge.cli.arguments import build_parser
from bridge.home.launch_options import DEFAULT_HOST, DEFAULT_HTTP_PORT, DEFAULT_OSC_PORT
from bridge.settings import SETTINGS, check_setting, markdown_table
from engine.errors import InvalidValue


def test_every_default_is_allowed() -> None:
    for key, setting in SETTINGS.items():
        assert check_setting(key, setting.default) == setting.default


def test_every_choice_that_has_words_for_one_has_them_for_all() -> None:
    for setting in SETTINGS.values():
        assert len(setting.choice_labels) in (0, len(setting.choices)), setting.key


def test_a_choice_has_choices_and_a_number_has_a_range_and_no_other_has_either() -> None:
    for setting in SETTINGS.values():
        assert bool(setting.choices) == (setting.kind == "choice"), setting.key
        assert (setting.low < setting.high) == (setting.kind in ("integer", "number")), setting.key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("osc_port", 70_000),
        ("osc_port", True),
        ("theme", "pink"),
        ("keep_in_tray", 1),
        ("host", 3),
        ("colour", "red"),
    ],
)
def test_a_wrong_value_is_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(InvalidValue, match=key):
        check_setting(key, value)


def test_an_unknown_setting_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(InvalidValue) as caught:
        check_setting("colour", "red")
    assert "one of osc_port, http_port, host, engine, " in str(caught.value)


def test_the_launch_options_have_the_tables_defaults() -> None:
    assert SETTINGS["osc_port"].default == DEFAULT_OSC_PORT
    assert SETTINGS["http_port"].default == DEFAULT_HTTP_PORT
    assert SETTINGS["host"].default == DEFAULT_HOST


def test_every_flag_of_the_table_is_one_of_serve() -> None:
    options = vars(build_parser().parse_args(["serve"]))
    flags = [setting.flag for setting in SETTINGS.values() if setting.flag]
    assert len(flags) == 5
    assert all(flag.removeprefix("--").replace("-", "_") in options for flag in flags)


def test_the_manuals_table_has_a_row_for_every_setting_in_order() -> None:
    head, line, *rows = markdown_table().splitlines()
    assert head == "| setting | allowed | default | flag | what it does |"
    assert line == "|---|---|---|---|---|"
    assert [row.split("`")[1] for row in rows] == list(SETTINGS)
    assert all(row.count(" | ") == 4 for row in rows)
    (metronome,) = (row for row in rows if "metronome_db" in row)
    assert metronome == ("| `metronome_db` | a number, −40–0 dB | `-9.0` |  | Level of the metronome's click. |")
