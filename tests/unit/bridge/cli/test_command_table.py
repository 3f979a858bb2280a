"""The table of commands: everything that it names exists."""

from __future__ import annotations

from bridge.cli.arguments import build_parser
from bridge.cli.command_table import EXAMPLES, GROUPS, MEANT
from bridge.cli.parser import Parser


def all_parsers(parser: Parser) -> list[Parser]:
    below = [parser.below(name) for name in parser.actions()]
    return [parser, *(inner for one in below if one is not None for inner in all_parsers(one))]


def test_every_other_word_means_a_command_or_flag_that_exists() -> None:
    parsers = all_parsers(build_parser())
    known = {name for parser in parsers for name in (*parser.actions(), *parser._option_string_actions)}
    missing = [(word, one) for word, meant in MEANT.items() for one in meant if one.split()[0] not in known]
    assert missing == []


def test_examples_are_of_commands_that_exist_and_fit_a_line() -> None:
    known = {parser.prog.removeprefix("stembridge ") for parser in all_parsers(build_parser())}
    assert set(EXAMPLES) <= known
    for names in GROUPS.values():
        for name in names:
            assert len(EXAMPLES[name][0]) <= 90
