"""The fake REAPER is strict, and the scripts call only functions that it has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bridge.daws.reaper_actions import ACTIONS
from bridge.daws.scripts import SCRIPTS
from tests.helpers.reaper_stub.session import API, Reaper, Script

LUA_FILES = sorted((SCRIPTS / "reaper").rglob("*.lua"))


def run(tmp_path: Path, source: str, version: str = "7.08") -> Script:
    path = tmp_path / "script.lua"
    path.write_text(source, encoding="utf-8")
    reaper = Reaper(tmp_path, version)
    reaper.open(None, tmp_path)
    return Script(reaper, path)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("reaper.NoSuchFunction()", "nil value"),
        ("reaper.CountTracks(0, 1)", "2 arguments"),
        ("reaper.GetTrack(0)", "1 arguments"),
        ("reaper.GetTrack(0, 1.5)", "integer expected"),
        ("reaper.GetTrack(0, '1')", "integer expected"),
        ("reaper.InsertTrackAtIndex(0, 1)", "boolean expected"),
        ("reaper.GetMediaItemInfo_Value(0, 'D_POSITION')", "MediaItem expected"),
        ("reaper.GetSetProjectInfo(0, 'RENDER_COLOUR', 0, false)", "RENDER_COLOUR"),
        ("reaper.InsertTrackAtIndex(0, false)", "outside of an undo step"),
        ("reaper.PreventUIRefresh(1)", "left locked"),
        ("reaper.Undo_BeginBlock2(0)", "left open"),
        ("a = 1", "global a is set"),
        ("local x = undefined_name", "global undefined_name is not defined"),
        ("gfx.rect(-1, 0, 1, 1, 1)", "outside of the window"),
        ("reaper.Main_OnCommandEx(1, 0, 0)", "action 1"),
    ],
)
def test_calls_that_reaper_would_refuse_are_errors(tmp_path: Path, source: str, error: str) -> None:
    with pytest.raises(Exception, match=error):
        run(tmp_path, source)


def test_a_handle_is_the_same_every_time_and_a_float_may_stand_for_an_integer(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        reaper.Undo_BeginBlock2(0)
        reaper.InsertTrackAtIndex(0.0, false)
        reaper.Undo_EndBlock2(0, "x", -1)
        assert(reaper.GetTrack(0, 0) == reaper.GetTrack(0, 0))
        assert(({ [reaper.GetTrack(0, 0)] = true })[reaper.GetTrack(0, 0)])
        """,
    )


def test_functions_of_a_newer_reaper_are_missing_in_an_older_one(tmp_path: Path) -> None:
    run(tmp_path, "assert(rawget(reaper, 'PCM_Source_BuildPeaks') == nil)", "6.24")
    run(tmp_path, "assert(reaper.PCM_Source_BuildPeaks)", "7.08")


def test_the_scripts_call_no_function_newer_than_6_24_by_name() -> None:
    known = {name for name, spec in API["functions"].items() if spec["since"] == "6.24"}
    for file in LUA_FILES:
        called = set(re.findall(r"\breaper\.(\w+)\(", file.read_text(encoding="utf-8")))
        assert called <= known, file.name


def test_every_action_has_its_file_and_every_file_its_action() -> None:
    actions = {file for _, file in ACTIONS.values()}
    assert actions == {path.name for path in LUA_FILES if path.parent.name == "reaper"}
    for path in LUA_FILES:
        assert path.read_text(encoding="utf-8").startswith("-- "), path.name
