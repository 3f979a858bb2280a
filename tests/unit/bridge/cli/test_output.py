"""Output in encodings that lack our signs: every command's help, sentences, and JSON that stays JSON."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cli.arguments import build_parser
from bridge.cli.output import PLAIN, make_streams_safe, print_json

ENCODINGS = ("ascii", "iso-8859-1", "cp1252", "cp437", "cp850", "cp932", "iso-8859-9", "euc-jp", "utf-8")


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], io.BytesIO]:
    """Put a standard output and error of an encoding in place; their bytes go into the returned buffer."""

    def put(encoding: str) -> io.BytesIO:
        raw = io.BytesIO()
        for name in ("stdout", "stderr"):
            monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding=encoding, write_through=True))
        make_streams_safe()
        return raw

    return put


def all_parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return [parser, *(inner for action in below for one in action.choices.values() for inner in all_parsers(one))]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_help_of_every_command_can_be_printed(encoding: str, stream: Callable[[str], io.BytesIO]) -> None:
    raw = stream(encoding)
    parsers = all_parsers(build_parser())
    for parser in parsers:
        parser.print_help()
    text = raw.getvalue().decode(encoding)
    assert len(parsers) > 30
    assert text.count("usage: ") == len(parsers)
    assert "\\u" not in text  # every sign of ours has a plain form


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_json_in_every_encoding(encoding: str, stream: Callable[[str], io.BytesIO]) -> None:
    raw = stream(encoding)
    document = {"genres": "lofi 日本 – “ä” 🎹", "project": "/プロジェクト/\udce4"}
    print_json(document)
    assert json.loads(raw.getvalue().decode(encoding)) == document


def test_json_is_legible_where_the_output_is_utf_8(stream: Callable[[str], io.BytesIO]) -> None:
    raw = stream("utf-8")
    print_json({"a": "日本"})
    assert "日本" in raw.getvalue().decode()


def test_signs_become_plain_ones_and_letters_escapes(stream: Callable[[str], io.BytesIO]) -> None:
    raw = stream("ascii")
    print("−12–12 → “E♭ minor”… 日")
    print("91 ≤ x", file=sys.stderr)
    assert raw.getvalue().decode("ascii").splitlines() == ['-12-12 -> "Eb minor"... \\u65e5', "91 <= x"]


def test_the_plain_forms_are_ascii() -> None:
    assert "".join(PLAIN.values()).isascii()


@given(st.text(st.characters(codec=None, exclude_categories=())), st.sampled_from(ENCODINGS))
def test_no_text_breaks_an_output(text: str, encoding: str) -> None:
    make_streams_safe()
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="stembridge-plain", write_through=True)
    stream.write(text)


def test_a_program_without_a_console_has_no_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    make_streams_safe()
