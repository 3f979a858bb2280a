"""The main job inside REAPER: real scripts in real Lua, a real mailbox, a real companion."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from tests.helpers.companion_process import CompanionProcess
from tests.helpers.folders import everything_in
from tests.helpers.reaper_daw import (
    CHANGE_BEAT,
    generate,
    manifest_of,
    reaper,
    resources,
    running,
    select_bars,
    set_settings,
    song,
)
from tests.helpers.reaper_stub.model import Marker, Project, Source
from tests.helpers.reaper_stub.session import ESCAPE, Reaper

__all__ = ["reaper", "resources"]  # fixtures


def stems_of(project: Project) -> list[str]:
    return [track.name for track in project.tracks if track.items]


def wav_frames(project: Project) -> set[int]:
    takes = [take for item in project.items for take in item.takes]
    return {soundfile.info(take.source.file).frames for take in takes if take.source}


@pytest.mark.parametrize(("version", "lua"), [("7.08", "5.4"), ("6.24", "5.3")])
def test_stems_land_at_bar_5_through_a_change_of_tempo(
    resources: Path, tmp_path: Path, version: str, lua: str
) -> None:
    with running(resources, version, lua) as reaper:
        project = song(reaper, tmp_path)
        select_bars(project, 5, 8)
        generate(reaper)
    folder, *stems = project.tracks
    assert [track.name for track in stems] == ["drums", "bass", "chords", "lead"]
    assert folder.name == "Stem Bridge: funk slap bass"
    depths = [track.values["I_FOLDERDEPTH"] for track in project.tracks]
    assert depths == [1, 0, 0, 0, -1]
    assert stems[0].values["I_CUSTOMCOLOR"] == 0x1000000 | 0x2E57E4
    assert {track.values["D_VOL"] for track in project.tracks} == {1}

    start_s, end_s = project.seconds_at(14.0), project.seconds_at(28.0)
    frames = round((end_s - start_s) * 48_000)
    assert wav_frames(project) == {frames}
    for item in project.items:
        assert abs(item.start_s - start_s) < 1e-9
        assert item.length_s == frames / 48_000
        assert (item.values["C_BEATATTACHMODE"], item.values["B_LOOPSRC"], item.values["D_FADEINLEN"]) == (1, 0, 0)
        assert [take.source.peaks for take in item.takes if take.source] == ["ready"]
    assert project.undo == ["Stem Bridge: generate"]

    manifest = manifest_of(stems[0])
    assert manifest["path"].parent.parent == tmp_path / "StemBridge"
    assert (manifest["tempo"], manifest["time_signature"], manifest["start_beat"]) == (97.6, "7/8", 14.0)
    assert (manifest["bars"], manifest["sample_rate"]) == (4.0, 48_000)
    change = {"beat": pytest.approx(CHANGE_BEAT - 14.0), "bpm": 120.0, "ramp": False}
    assert manifest["tempo_map"] == [{"beat": 0.0, "bpm": 97.6, "ramp": False}, change]
    assert manifest["alignment"]["error_ms_p95"] < 5


def test_a_change_of_meter_in_the_selection_is_heard_in_its_bars(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    project.markers = [Marker(0.0, 120.0, (4, 4)), Marker(6.0, 120.0, (3, 4))]
    select_bars(project, 2, 7)
    generate(reaper)
    manifest = manifest_of(project.tracks[1])
    assert manifest["meter_map"] == [{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}]
    assert (manifest["bars"], manifest["start_beat"], manifest["frames"]) == (6.0, 4.0, 10 * 48_000)
    assert wav_frames(project) == {10 * 48_000}


def test_a_selection_slightly_off_the_grid_means_the_nearest_bars(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    project.selection = (project.seconds_at(3.3), project.seconds_at(7.4))
    generate(reaper)
    manifest = manifest_of(project.tracks[1])
    assert (manifest["start_beat"], manifest["bars"]) == (3.5, 1.0)


def test_without_a_selection_it_is_n_bars_from_the_bar_at_the_cursor(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="2")
    project.cursor_s = project.seconds_at(8.2)
    generate(reaper)
    manifest = manifest_of(project.tracks[1])
    assert (manifest["start_beat"], manifest["bars"]) == (7.0, 2.0)


def test_a_ramp_that_leaves_the_selection_ends_with_its_tempo_there(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    project.markers = [Marker(0.0, 90.0, (4, 4), ramp=True), Marker(60.0, 150.0)]
    project.selection = (project.seconds_at(8.0), project.seconds_at(16.0))
    generate(reaper)
    manifest = manifest_of(project.tracks[1])
    first, last = manifest["tempo_map"]
    assert (first["ramp"], last["ramp"], last["beat"]) == (True, False, 8.0)
    assert first["bpm"] == pytest.approx(90 + project.seconds_at(8.0))
    assert last["bpm"] == pytest.approx(90 + project.seconds_at(16.0))
    assert wav_frames(project) == {round((project.selection[1] - project.selection[0]) * 48_000)}


def test_nothing_that_the_user_has_selected_or_placed_is_touched(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    mine = [project.add_track("vocals"), project.add_track("noise")]
    item = project.add_item(mine[1], Source(Path("noise.wav"), 4.0), 1.0, 2.0)
    mine[0].is_selected = item.is_selected = True
    project.cursor_s, project.selection = 3.0, (project.seconds_at(0.0), project.seconds_at(3.5))
    before = (project.cursor_s, project.selection, dict(item.values))
    generate(reaper)
    assert (project.cursor_s, project.selection, dict(item.values)) == before
    assert [track for track in project.tracks if track.is_selected] == mine[:1]
    assert [one for one in project.items if one.is_selected] == [item]
    assert project.tracks[:2] == mine


def test_music_for_an_unsaved_project_lies_with_its_media(reaper: Reaper, tmp_path: Path) -> None:
    media = tmp_path / "REAPER Media"
    project = reaper.open(None, media)
    set_settings(project, genres="house", bars="1")
    generate(reaper)
    assert manifest_of(project.tracks[1])["path"].parent.parent == media / "StemBridge"


@pytest.mark.parametrize("name", ["my song", 'it\'s “the” "one"', "Größe & Übermut", "新しい曲 100%", "a\\tb"])
def test_any_project_name_works(reaper: Reaper, tmp_path: Path, name: str) -> None:
    project = song(reaper, tmp_path / name, name)
    set_settings(project, genres=f"funk, {name}", bars="1", lyrics="[Verse]|Zähne “zeigen” | 歌")
    generate(reaper)
    manifest = manifest_of(project.tracks[1])
    assert manifest["path"].is_relative_to(tmp_path / name / "StemBridge")
    assert name in manifest["params"]["genres"]
    assert manifest["params"]["lyrics"] == "[Verse]\nZähne “zeigen”\n歌"


def test_the_music_goes_to_its_own_project_although_the_user_is_in_another(reaper: Reaper, tmp_path: Path) -> None:
    first = song(reaper, tmp_path / "first")
    set_settings(first, bars="1")
    reaper.press("_STEMBRIDGE_GENERATE")
    second = song(reaper, tmp_path / "second")
    reaper.run(lambda: first.undo)
    assert reaper.front is second
    assert (len(first.tracks), second.tracks) == (5, [])


def test_music_for_a_closed_project_is_kept_and_reported(reaper: Reaper, tmp_path: Path) -> None:
    first = song(reaper, tmp_path / "first")
    set_settings(first, bars="1")
    script = reaper.press("_STEMBRIDGE_GENERATE")
    second = song(reaper, tmp_path / "second")
    reaper.functions.projects.remove(first)
    reaper.functions.front = 0
    reaper.run(lambda: "is closed" in script.window.text)
    assert second.tracks == []
    assert len(list((tmp_path / "first" / "StemBridge").glob("*/manifest.json"))) == 1
    script.window.keys.append(ESCAPE)
    reaper.run()


def test_a_project_that_is_saved_while_its_music_is_made_gets_it(reaper: Reaper, tmp_path: Path) -> None:
    project = reaper.open(None, tmp_path)
    set_settings(project, genres="house", bars="1", stems="drums, bass, chords, lead")
    reaper.press("_STEMBRIDGE_GENERATE")
    project.file = str(tmp_path / "a name at last.rpp")
    reaper.run(lambda: project.undo)
    assert len(project.tracks) == 5


def test_a_project_that_is_closed_and_opened_again_gets_its_music(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="1")
    reaper.press("_STEMBRIDGE_GENERATE")
    reaper.functions.projects.clear()
    again = song(reaper, tmp_path)
    reaper.run(lambda: again.undo)
    assert len(again.tracks) == 5


def test_another_project_opened_in_the_same_tab_gets_nothing(reaper: Reaper, tmp_path: Path) -> None:
    project = reaper.open(None, tmp_path)
    set_settings(project, genres="house", bars="1")
    script = reaper.press("_STEMBRIDGE_GENERATE")
    project.texts.clear()  # REAPER has opened another file in the same tab
    reaper.run(lambda: "is closed" in script.window.text)
    assert project.tracks == []


def test_the_key_is_the_users_own_else_that_of_the_midi_editor(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="1")
    reaper.functions.editor_scale = (6, 0x5AD)
    generate(reaper)
    set_settings(project, key="Bb dorian")
    generate(reaper)
    assert [manifest_of(project.tracks[at])["key"] for at in (1, 6)] == ["F# minor", "Bb dorian"]


def test_the_projects_own_sample_rate_and_stems_are_taken(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    project.values.update(PROJECT_SRATE_USE=1, PROJECT_SRATE=44_100)
    set_settings(project, bars="1", stems="bass, drums")
    generate(reaper)
    assert stems_of(project) == ["bass", "drums"]
    assert manifest_of(project.tracks[1])["sample_rate"] == 44_100


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"genres": "", "key": "H flat"}, "key must be"),
        ({"stems": "theremin"}, "stems must be among"),
        ({"preset": "Nobody"}, "preset"),
        ({"bars": "many"}, "bars must be a whole number from 1, not “many”"),
        ({"variations": "9"}, "variations must be an integer, 1–8"),
    ],
)
def test_a_wrong_setting_is_named_in_the_window(
    reaper: Reaper, tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, **{"bars": "1", **settings})
    script = generate(reaper)
    assert sentence in script.window.text
    assert (project.tracks, project.undo) == ([], [])
    script.window.keys.append(ESCAPE)
    reaper.run()


@pytest.mark.slow
def test_fifty_requests_in_a_row_are_all_answered(
    reaper: Reaper, companion: CompanionProcess, tmp_path: Path
) -> None:
    project = song(reaper, tmp_path)
    project.markers = [Marker(0.0, 240.0, (4, 4))]
    set_settings(project, bars="1", stems="drums")
    for _ in range(50):
        reaper.press("_STEMBRIDGE_GENERATE")
    reaper.run(timeout_s=100.0)
    assert stems_of(project) == ["drums"] * 50
    assert len({take.source.file for item in project.items for take in item.takes if take.source}) == 50
    assert set(everything_in(companion.home / "data" / "mailbox")) == {
        "companion.alive",
        "in",
        "out",
        "reaper.alive",
        "to",
    }
