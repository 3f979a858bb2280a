"""The syntax of the command line."""

from __future__ import annotations

import argparse
from contextlib import suppress
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cli.arguments import ALIGN_FLAGS, BLOCK_FLAGS, MIDI_ACTIONS, _port, build_parser
from bridge.cli.parser import Parser
from bridge.doors.midi import actions
from bridge.request.block.table import SPEC


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that argparse refuses `arguments` with."""
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    return told.err


def test_every_flag_of_generate_is_a_key_of_the_block() -> None:
    assert {key for key, _, _ in BLOCK_FLAGS.values()} <= set(SPEC)
    for flag, (key, _, _) in BLOCK_FLAGS.items():
        assert flag == ("--seconds" if key == "output_seconds" else "--" + key.replace("_", "-"))


@pytest.mark.parametrize("port", ["0", "1", "9124", "65535", "009124"])
def test_ports(port: str) -> None:
    options = build_parser().parse_args(["serve", "--osc-port", port])
    assert (options.osc_port, options.http_port, options.host) == (int(port), None, None)  # the settings say


@pytest.mark.parametrize("port", ["-1", "65536", "1e3", "", "²", "٣", "00000000155555", "9" * 5000])
def test_what_is_no_port_is_refused(capsys: pytest.CaptureFixture[str], port: str) -> None:
    assert "a port must be 0–65535" in refusal(capsys, "serve", f"--osc-port={port}")


@given(st.text(max_size=12) | st.text("0123456789", max_size=12))
def test_any_text_is_a_port_or_refused(text: str) -> None:
    with suppress(argparse.ArgumentTypeError):
        assert 0 <= _port(text) <= 65_535


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["dance"], "dance"),
        (["generate"], "--out"),
        (["generate", "--out", "o", "--tempi", "3"], "--tempi"),
        (["generate", "--out"], "--out"),
        (["generate", "--out", "o", "--start-beat", "soon"], "soon"),
        (["serve", "extra"], "extra"),
        (["demo", "--project"], "--project"),
    ],
)
def test_what_cannot_be_typed_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    line = refusal(capsys, *arguments)
    assert named in line
    assert "--help" in line


def parsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return all parsers by the words that lead to them."""
    found = {parser.prog: parser}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found |= parsers(inner)
    return found


def test_every_command_has_a_module_of_its_name() -> None:
    commands = {words.split()[1] for words in parsers(build_parser()) if " " in words}
    assert {"serve", "generate", "align", "models", "uninstall"} <= commands
    for command in commands:
        assert find_spec(f"bridge.cli.{command}") is not None, command


def test_every_flag_of_every_command_is_explained() -> None:
    for words, parser in parsers(build_parser()).items():
        assert isinstance(parser, Parser)
        assert parser.format_help().startswith(f"usage: {words} ")
        for action in parser._actions:
            if action.option_strings not in ([], ["--json"]):
                assert action.help, (words, action)


def test_every_command_with_a_result_prints_it_as_json_too() -> None:
    without = {
        words for words, parser in parsers(build_parser()).items() if "--json" not in parser._option_string_actions
    }
    assert without == {
        f"stembridge{name}" for name in ("", " serve", " keys", " models", " engine", " midi", " completion", " help")
    }


def test_the_pads_actions_are_those_of_midi() -> None:
    assert set(MIDI_ACTIONS) == set(actions.ACTIONS)


def test_the_flags_of_align_are_flags_of_the_block() -> None:
    assert set(ALIGN_FLAGS) <= set(BLOCK_FLAGS)


def test_the_defaults_of_numbers_are_those_of_the_help() -> None:
    parse = build_parser().parse_args
    assert parse(["keys", "create", "me"]).rate == 120
    assert parse(["midi", "learn", "generate"]).timeout == 30.0
    assert parse(["generate", "--out", "o"]).start_beat == 0.0
    assert parse(["midi", "monitor"]).count == 0
