"""Regenerate and Cancel inside REAPER, with a real companion."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers.companion_process import CompanionProcess
from tests.helpers.reaper_daw import generate, manifest_of, reaper, resources, select_bars, set_settings, song
from tests.helpers.reaper_stub.model import Item, Project
from tests.helpers.reaper_stub.session import ESCAPE, Reaper
from tests.helpers.waiting import wait_until

__all__ = ["reaper", "resources"]  # fixtures


def seeds_of(item: Item) -> list[int]:
    files = [take.source.file for take in item.takes if take.source]
    return [json.loads(file.with_name("manifest.json").read_text())["params"]["seed"] for file in files]


def regenerate(reaper: Reaper, project: Project) -> None:
    steps = len(project.undo)
    reaper.press("_STEMBRIDGE_REGENERATE")
    reaper.run(lambda: len(project.undo) > steps)


def test_regenerate_adds_a_take_to_every_item_of_the_selected_music(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="1")
    generate(reaper)
    project.selection = (project.seconds_at(7.0), project.seconds_at(10.5))
    generate(reaper)
    first, second = project.items[:4], project.items[4:]
    first[2].is_selected = True
    before = [dict(item.values) for item in first]
    regenerate(reaper, project)
    assert [len(item.takes) for item in first] == [2] * 4
    assert [len(item.takes) for item in second] == [1] * 4
    assert [item.active for item in first] == [1] * 4
    assert [item.takes[1].name for item in first] == ["drums", "bass", "chords", "lead"]
    assert [dict(item.values) for item in first] == before
    assert [item for item in project.items if item.is_selected] == [first[2]]
    assert project.undo[2:] == ["Stem Bridge: new takes"]
    assert len(set(seeds_of(first[0]))) == 2
    assert manifest_of(first[0].track)["start_beat"] == 0.0


def test_without_a_selection_the_newest_music_is_regenerated_again_and_again(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="1", stems="drums")
    generate(reaper)
    generate(reaper)
    regenerate(reaper, project)
    regenerate(reaper, project)
    assert [len(item.takes) for item in project.items] == [1, 3]
    assert len(set(seeds_of(project.items[1]))) == 3
    assert manifest_of(project.items[1].track)["params"]["genres"] == "funk, slap bass"


def test_variations_are_takes_and_the_best_is_the_active_one(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="1", variations="3")
    generate(reaper)
    assert len(project.tracks) == 5
    drums = project.items[0]
    assert [take.name for take in drums.takes] == ["drums 1", "drums 2", "drums 3"]
    files = [take.source.file.with_name("manifest.json") for take in drums.takes if take.source]
    errors = [json.loads(file.read_text())["alignment"]["error_ms_p95"] for file in files]
    assert drums.active == errors.index(min(errors))
    assert {item.active for item in project.items} == {drums.active}


def test_music_that_was_moved_is_regenerated_where_it_lies_now(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="1", stems="drums")
    generate(reaper)
    project.items[0].values["D_POSITION"] = project.seconds_at(24.5)
    regenerate(reaper, project)
    take = project.items[0].takes[1]
    assert take.source is not None
    manifest = json.loads(take.source.file.with_name("manifest.json").read_text())
    assert (manifest["start_beat"], manifest["tempo"]) == (24.5, 120.0)


def test_regenerate_without_any_music_shows_a_sentence(reaper: Reaper, tmp_path: Path) -> None:
    song(reaper, tmp_path)
    script = reaper.press("_STEMBRIDGE_REGENERATE")
    assert "there is none in this project" in script.window.text
    script.window.keys.append(ESCAPE)
    reaper.run()


def test_cancel_and_escape_stop_the_job_and_leave_nothing(
    reaper: Reaper, companion: CompanionProcess, tmp_path: Path
) -> None:
    project = song(reaper, tmp_path)
    select_bars(project, 1, 100)
    for how in ("action", "escape"):
        script = reaper.press("_STEMBRIDGE_GENERATE")
        reaper.run(lambda script=script: "Generating" in script.window.text)
        if how == "action":
            reaper.press("_STEMBRIDGE_CANCEL")
        else:
            script.window.keys.append(ESCAPE)
        reaper.run()

    def mine() -> list[str]:
        return [job["state"] for job in companion.jobs().values() if job["params"]["bars"] == 100.0]

    wait_until(lambda: mine() == ["cancelled", "cancelled"], "both stopped", 60.0)
    assert (project.tracks, list(tmp_path.glob("StemBridge/*"))) == ([], [])


def test_cancel_with_nothing_to_cancel_shows_a_sentence_and_closes(reaper: Reaper, tmp_path: Path) -> None:
    song(reaper, tmp_path)
    script = reaper.press("_STEMBRIDGE_CANCEL")
    reaper.run()
    assert script.window.text == "Nothing of Stem Bridge runs here."


def test_an_impossible_request_shows_a_sentence_and_changes_nothing(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="2", part="guitar")
    generate(reaper)
    project.items[0].is_selected = True
    select_bars(project, 1, 1)
    for command in ("_STEMBRIDGE_REPAINT", "_STEMBRIDGE_ADD_PART"):
        script = reaper.press(command)
        reaper.run(lambda script=script: "task must be text2music with the engine “sketch”" in script.window.text)
        script.window.keys.append(ESCAPE)
        reaper.run()
    assert (len(project.tracks), len(project.items[0].takes), len(project.undo)) == (5, 1, 1)
    assert not (tmp_path / "StemBridge" / "context").exists()
