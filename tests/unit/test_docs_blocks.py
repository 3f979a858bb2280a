"""Blocks of code in the documentation that are checked without being run: the product accepts their commands."""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from bridge.cli.arguments import build_parser
from bridge.doors.midi.map_format import read_map
from bridge.request.block import check_block
from engine.sketch.library import load_styles
from tests.helpers.docs_blocks import ROOT, Block, all_blocks, pages, stembridge_words

LANGUAGES = {"sh", "python", "json", "toml"}
MOST_NOT_RUN = 12
"""The most blocks of which nothing is run. Each needs a convincing reason; the limit keeps them few."""

SHELL_WITHOUT_RUN = [block for block in all_blocks("sh") if block.reason or block.exceptions]


def test_every_block_is_in_a_language_that_a_test_reads() -> None:
    assert {block.language for block in all_blocks()} <= LANGUAGES


def test_few_blocks_are_not_run_and_each_has_a_reason() -> None:
    not_run = [block for block in all_blocks() if block.reason]
    assert len(not_run) <= MOST_NOT_RUN
    assert all(len(block.reason.split()) > 2 for block in not_run)
    for block in all_blocks():
        for words in block.exceptions:
            assert any(words in command for command in block.commands), f"{block.name}: nothing has {words!r}"


@pytest.mark.parametrize("block", SHELL_WITHOUT_RUN, ids=lambda block: block.name)
def test_a_command_that_is_not_run_is_one_that_the_product_takes(block: Block) -> None:
    for command in block.commands:
        if block.why_not(command):
            _check_command(command)


def _check_command(command: str) -> None:
    words = shlex.split(command)
    if (arguments := stembridge_words(command)) is not None:
        build_parser().parse_args(arguments)  # raises where the command is refused
    elif words[0].endswith("pip"):
        extras = re.search(r"\[([\w,-]+)\]", command)
        known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert extras is None or set(extras[1].split(",")) <= set(known["optional-dependencies"])
    elif words[:1] == ["python3"] and words[1].startswith("installer/"):
        assert (ROOT / words[1]).is_file()
        assert len(words) == 2 or words[1] != "installer/setup.py" or words[2] in _setup_commands()
    elif words[1:2] == ["-m"]:
        assert importlib.util.find_spec(words[2])
    else:
        assert words[0] in ("oscsend", "export"), f"no test checks {command!r}"


def _setup_commands() -> set[str]:
    text = (ROOT / "installer" / "setup.py").read_text(encoding="utf-8")
    return set(re.findall(r"^python3 installer/setup\.py (\w+)", text, re.MULTILINE))


def test_the_product_reads_the_json_blocks() -> None:
    for block in all_blocks("json"):
        check_block(json.loads(block.text))


def test_the_product_reads_the_toml_blocks(tmp_path: Path) -> None:
    for number, block in enumerate(all_blocks("toml")):
        if block.page == "docs/midi.md":
            read_map(block.text.encode(), block.name)
            continue
        assert block.page == "docs/styles.md", f"no test reads {block.name}"
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "mine.toml").write_text(block.text, encoding="utf-8")
        name = tomllib.loads(block.text)["name"]
        assert load_styles(folder)[name].name == name


def _parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of every command and sub-command, by its words."""
    found = {"": build_parser()}
    todo = list(found.items())
    while todo:
        words, parser = todo.pop()
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                new = {f"{words} {name}".strip(): sub for name, sub in action.choices.items()}
                found |= new
                todo += new.items()
    return found


def test_commands_and_flags_that_the_text_names_exist() -> None:
    """Every `stembridge …` between backticks: its command is one, and its flags are that command's."""
    parsers = _parsers()
    for page in pages():
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for command in re.findall(r"`(?:\.venv/bin/)?stembridge ([^`]+)`", text):
            words = re.sub(r"^-v |[\[\]()]|\\?\|", " ", command).split()
            if not words or not words[0].islower():
                continue
            known = [path for path in parsers if path.split()[:1] == words[:1]]
            assert known, f"{page.name}: stembridge {command}"
            flags = {flag for path in known for action in parsers[path]._actions for flag in action.option_strings}
            for word in words[1:]:
                assert not word.startswith("--") or word.split("=")[0] in flags, f"{page.name}: stembridge {command}"
