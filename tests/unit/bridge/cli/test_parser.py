"""Errors that suggest what was meant, and help with examples that can be typed."""

from __future__ import annotations

import shlex

import pytest

from bridge.cli.arguments import BLOCK_FLAGS, FLAG_GROUPS, build_parser
from bridge.cli.command_table import EXAMPLES, GROUPS
from bridge.cli.parser import Parser, suggestion


def all_parsers(parser: Parser) -> list[Parser]:
    below = [parser.below(name) for name in parser.actions()]
    return [parser, *(inner for one in below if one is not None for inner in all_parsers(one))]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("generat", "there is no command 'generat'; did you mean generate? (see stembridge --help)"),
        ("gen", "there is no command 'gen'; did you mean generate? (see stembridge --help)"),
        ("split song.wav", "there is no command 'split'; did you mean separate? (see stembridge --help)"),
        ("install", "there is no command 'install'; did you mean daw install? (see stembridge --help)"),
        ("zzz", "there is no command 'zzz' (see stembridge --help)"),
        ("models verfy", "there is no action 'verfy'; did you mean verify? (see stembridge models --help)"),
        (
            "models x",
            "there is no action 'x'; there are list, download, verify, remove (see stembridge models --help)",
        ),
        ("daw instal", "there is no action 'instal'; did you mean install? (see stembridge daw --help)"),
        (
            "generate -o x --tempi 3",
            "stembridge generate has no --tempi; did you mean --tempo? (see stembridge generate --help)",
        ),
        (
            "generate -o x --length=3",
            "stembridge generate has no --length; did you mean --bars? (see stembridge generate --help)",
        ),
        ("doctor --zzz", "stembridge doctor has no --zzz (see stembridge doctor --help)"),
        ("serve extra", "'extra' is one word too many (see stembridge serve --help)"),
        ("--jsn", "stembridge has no --jsn (see stembridge --help)"),
    ],
)
def test_what_was_meant_is_suggested(arguments: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(arguments.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"stembridge: {line}\n"


def test_every_command_has_an_example_that_can_be_typed() -> None:
    for parser in all_parsers(build_parser())[1:]:
        words = parser.prog.removeprefix("stembridge ")
        assert "\nexample" in parser.format_help(), words
        for example in EXAMPLES[words]:
            assert example.startswith(words)
            typed = shlex.split(example.partition(" > ")[0])
            if parser.actions() or typed[0] == "help":
                typed = typed[:3]
            build_parser().parse_args(typed)


def test_the_programs_help_has_every_command_once_in_its_group() -> None:
    parser = build_parser()
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(parser.actions())
    lines = parser.format_help().splitlines()
    positions = [next(n for n, line in enumerate(lines) if line.startswith(f"  {name} ")) for name in grouped]
    assert positions == sorted(positions)
    assert [lines[n + 1].strip() for n in positions] == [f"stembridge {EXAMPLES[name][0]}" for name in grouped]
    assert {f"{title}:" for title in GROUPS} <= set(lines)


def test_the_flags_of_generate_are_in_groups() -> None:
    generate = build_parser().below("generate")
    assert generate is not None
    text = generate.format_help()
    assert [flag for flags in FLAG_GROUPS.values() for flag in flags if flag not in BLOCK_FLAGS] == []
    for title in FLAG_GROUPS:
        assert f"\n{title}:\n" in text


def test_short_and_usual_names_mean_the_same() -> None:
    parse = build_parser().parse_args
    short = vars(parse(["generate", "-g", "funk", "--bpm", "97.6", "-o", "x"]))
    assert short == vars(parse(["generate", "--genres", "funk", "--tempo", "97.6", "--out", "x"]))
    for words in (["align", "a.wav"], ["separate", "a.wav"], ["submit", "--url", "u", "--params", "p"]):
        assert parse([*words, "-o", "x"]).out == "x"


def test_verbose_may_stand_before_or_after_the_command() -> None:
    parse = build_parser().parse_args
    assert [parse(words).verbose for words in (["demo"], ["-v", "demo"], ["demo", "-v"], ["keys", "list", "-v"])] == [
        False,
        True,
        True,
        True,
    ]


def test_a_suggestion_is_close_or_not_made() -> None:
    assert suggestion("htdemuc", ["htdemucs", "other"]) == "; did you mean htdemucs?"
    assert suggestion("q", ["a", "b"]) == "; there are a, b"
    assert suggestion("q", [str(n) for n in range(20)]) == ""
