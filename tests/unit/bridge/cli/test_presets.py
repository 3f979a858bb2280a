"""`stembridge presets`: the list, one as a block, and saving one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.cli.main import main
from bridge.home.folders import Folders


def save(folders: Folders, name: str, block: str) -> int:
    folders.data.mkdir(parents=True, exist_ok=True)
    file = folders.data / "block.json"
    file.write_text(block)
    return main(["presets", name, "--save", str(file)])


def test_a_saved_preset_is_listed_and_shown(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    assert save(folders, "Oom Pah", '{"genres": "polka", "cfg": 3}') == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.parent == folders.presets
    assert main(["presets", "oom-pah"]) == 0
    first, rest = capsys.readouterr().out.split("\n", 1)
    assert first == "Oom Pah (yours): Your own preset."
    assert json.loads(rest) == {"genres": "polka", "cfg": 3.0}
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"{'Oom Pah':28} {'yours':14} Your own preset." in lines
    assert lines[0].startswith("Fast Prototyping ")


@pytest.mark.usefixtures("folders")
def test_a_factory_preset_in_json_has_its_origin_and_what_it_clears(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "fast prototyping", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"name", "group", "description", "origin", "block", "clears"}
    assert (document["name"], document["origin"]) == ("Fast Prototyping", "factory")


def test_a_broken_file_is_told_beside_the_list(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    folders.presets.mkdir(parents=True)
    (folders.presets / "mine.json").write_text("{")
    assert main(["presets"]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 7
    assert told.err.startswith("stembridge: ")
    assert "mine.json" in told.err
    assert main(["presets", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (len(document["presets"]), len(document["problems"])) == (7, 1)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["Fast Prototypin"], "Fast Prototyping"),
        (["--save", "block.json"], "NAME"),
        (["x", "--save", "/none"], "file"),
    ],
)
@pytest.mark.usefixtures("folders")
def test_wrong_arguments_are_named(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", *arguments]) == 2
    assert named in capsys.readouterr().err


def test_a_block_that_is_not_allowed_is_not_saved(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    assert save(folders, "Mine", '{"cfg": 99}') == 2
    assert "cfg" in capsys.readouterr().err
    assert not folders.presets.exists()
