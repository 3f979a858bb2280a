"""REAPER's other actions and unusual replies, with the test itself as the companion."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.doors.files.request import read_request
from bridge.request.session_state import SessionState
from tests.helpers.reaper_hands import companion, project, reaper
from tests.helpers.reaper_stub.hand_companion import RATE_HZ, TRAVELLING, HandCompanion, take_lines
from tests.helpers.reaper_stub.model import Marker, Project, Source
from tests.helpers.reaper_stub.session import ESCAPE, Reaper

__all__ = ["companion", "project", "reaper"]  # fixtures


def test_a_request_describes_the_project_and_the_music(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    project.selection, project.cursor_s = (2.0, 6.0), 1.5
    reaper.press("_STEMBRIDGE_GENERATE")
    _, request = companion.receive(reaper)
    assert request == {
        "format": 1,
        "do": "generate",
        "daw": "REAPER",
        "version": "7.08/linux-x86_64",
        "project": {"file": project.file, "media": project.media},
        "start_beat": 4,
        "end_beat": 12,
        "start_seconds": pytest.approx(2.0),
        "end_seconds": pytest.approx(6.0),
        "tempo": 120,
        "tempo_map": [],
        "time_signature": "4/4",
        "sample_rate": 48_000,
        "position": 3,
        "block": {"variations": 1},
    }


def test_a_change_of_meter_inside_the_selection_is_sent_in_bars(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    """Two bars of 4/4 and four of 3/4, from bar 2 on; REAPER's own arithmetic says that these are 20 beats."""
    project.markers = [Marker(0.0, 120.0, (4, 4)), Marker(6.0, 120.0, (3, 4)), Marker(12.0, 120.0, (7, 8))]
    project.selection = (2.0, 12.0)
    reaper.press("_STEMBRIDGE_GENERATE")
    _, request = companion.receive(reaper)
    assert (request["start_beat"], request["end_beat"], request["time_signature"]) == (4, 24, "4/4")
    assert request["meter_map"] == [{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}]
    read = read_request(json.dumps({**request, "project": None}).encode(), SessionState())
    assert read.trigger().block["bars"] == 6.0


def test_a_marker_inside_a_bar_makes_a_short_bar(reaper: Reaper, companion: HandCompanion, project: Project) -> None:
    project.markers = [Marker(0.0, 120.0, (4, 4)), Marker(3.0, 120.0, (3, 4))]  # on the third beat of bar 2
    project.selection = (0.0, 6.0)
    reaper.press("_STEMBRIDGE_GENERATE")
    _, request = companion.receive(reaper)
    assert [(p["bar"], p["time_signature"]) for p in request["meter_map"]] == [(0, "4/4"), (1, "2/4"), (2, "3/4")]
    assert request["end_beat"] == 12


def test_a_stem_whose_file_is_missing_is_named_and_the_others_come(
    reaper: Reaper, companion: HandCompanion, project: Project, tmp_path: Path
) -> None:
    script = reaper.press("_STEMBRIDGE_GENERATE")
    request_id, _ = companion.receive(reaper)
    lines = take_lines(tmp_path / "2026-11-21 034207 slow blues ab12cd", 8.0, "drums", "bass")
    (tmp_path / "2026-11-21 034207 slow blues ab12cd" / f"{TRAVELLING} bass.wav").unlink()
    companion.reply(request_id, *lines)
    reaper.run(lambda: project.undo)
    assert [track.name for track in project.tracks] == ["Stem Bridge: slow blues", "drums"]
    assert sum(track.values["I_FOLDERDEPTH"] for track in project.tracks) == 0
    assert project.items[0].start_s == pytest.approx(4.0)
    reaper.run()
    assert f"Missing: {TRAVELLING} bass.wav." in script.window.text


def test_a_take_without_any_file_changes_nothing(
    reaper: Reaper, companion: HandCompanion, project: Project, tmp_path: Path
) -> None:
    script = reaper.press("_STEMBRIDGE_GENERATE")
    request_id, _ = companion.receive(reaper)
    lines = take_lines(tmp_path / "take", 0.0, "drums")
    (tmp_path / "take" / f"{TRAVELLING} drums.wav").unlink()
    companion.reply(request_id, *lines)
    reaper.run(lambda: f"No file of the take can be read. Missing: {TRAVELLING} drums.wav." in script.window.text)
    assert (project.tracks, project.undo) == ([], [])
    script.window.keys.append(ESCAPE)
    reaper.run()


def test_an_incomplete_reply_is_ignored_and_unknown_lines_are_skipped(
    reaper: Reaper, companion: HandCompanion, project: Project, tmp_path: Path
) -> None:
    script = reaper.press("_STEMBRIDGE_GENERATE")
    request_id, _ = companion.receive(reaper)
    lines = take_lines(tmp_path / "take", 0.0, "drums")
    companion.reply(request_id, *lines, end=False)
    for _ in range(10):
        reaper.tick()
    assert not project.undo
    companion.reply(request_id, ("news", "of tomorrow"), *lines)
    reaper.run(lambda: project.undo)
    reaper.run()
    assert script.window.text == "1 stems are there."
    assert list((companion.mailbox / "out").iterdir()) == []


def test_a_script_that_the_user_ends_deletes_its_unread_request(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    script = reaper.press("_STEMBRIDGE_GENERATE")
    reaper.run(companion.requests)
    script.end()
    assert companion.requests() == []


def test_a_script_that_the_user_ends_cancels_a_request_that_was_read(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    script = reaper.press("_STEMBRIDGE_GENERATE")
    request_id, _ = companion.receive(reaper)
    script.end()
    _, request = companion.receive(reaper)
    assert (request["do"], request["request"]) == ("cancel", request_id)


def test_repaint_requests_the_selected_part_of_the_file_and_adds_a_take_aligned_with_the_old_one(
    reaper: Reaper, companion: HandCompanion, project: Project, tmp_path: Path
) -> None:
    track = project.add_track("drums")
    item = project.add_item(track, Source(tmp_path / "old.wav", 16.0), 4.0, 8.0)
    item.takes[0].values["D_STARTOFFS"] = 2.0
    item.is_selected = True
    project.selection = (5.0, 7.0)
    reaper.press("_STEMBRIDGE_REPAINT")
    request_id, request = companion.receive(reaper)
    block = request["block"]
    assert (block["task"], block["source_audio"]) == ("repaint", str(tmp_path / "old.wav"))
    assert block["region"] == pytest.approx([3.0, 5.0])
    assert (request["start_beat"], request["end_beat"]) == (4.0, 36.0)
    companion.reply(request_id, *take_lines(tmp_path / "take", 4.0, "bass"))
    reaper.run(lambda: project.undo)
    new = item.takes[1]
    assert (item.active, new.values["D_STARTOFFS"]) == (1, 2.0)
    assert new.source is not None
    assert new.source.file.name == f"{TRAVELLING} mix.wav"  # only this item was repainted
    assert (item.start_s, item.length_s) == (4.0, 8.0)


@pytest.mark.parametrize(("selection", "is_selected"), [((0.0, 0.0), True), ((5.0, 7.0), False)])
def test_repaint_needs_an_item_and_a_time_selection(
    reaper: Reaper, project: Project, selection: tuple[float, float], is_selected: bool
) -> None:
    item = project.add_item(project.add_track(), Source(Path("a.wav"), 8.0), 4.0, 8.0)
    item.is_selected, project.selection = is_selected, selection
    script = reaper.press("_STEMBRIDGE_REPAINT")
    assert script.window.text.startswith("Select one audio item")


def test_repaint_beside_the_item_is_refused(reaper: Reaper, project: Project) -> None:
    item = project.add_item(project.add_track(), Source(Path("a.wav"), 8.0), 4.0, 8.0)
    item.is_selected, project.selection = True, (13.0, 14.0)
    script = reaper.press("_STEMBRIDGE_REPAINT")
    assert script.window.text == "The time selection does not touch the selected item."


def test_add_a_part_renders_the_selection_and_leaves_the_render_settings_alone(
    reaper: Reaper, companion: HandCompanion, project: Project, tmp_path: Path
) -> None:
    project.texts["stembridge", "part"] = "guitar"
    project.values.update(RENDER_BOUNDSFLAG=3.0, RENDER_SETTINGS=2.0)
    project.strings.update(RENDER_FILE="/mine", RENDER_PATTERN="$project", RENDER_FORMAT="l3pm")
    before = (dict(project.values), dict(project.strings))
    item = project.add_item(project.add_track(), Source(Path("a.wav"), 8.0), 2.1, 3.8)
    item.is_selected = item.track.is_selected = True
    reaper.press("_STEMBRIDGE_ADD_PART")
    request_id, request = companion.receive(reaper)
    rendered = Path(request["block"]["source_audio"])
    assert rendered.is_file()
    assert rendered.parent == tmp_path / "song" / "StemBridge" / "context"
    assert (request["block"]["task"], request["block"]["stems"]) == ("lego", ["guitar"])
    assert (request["start_beat"], request["end_beat"]) == (4, 12)
    after = ({k: v for k, v in project.values.items() if k in before[0]}, project.strings)
    assert after == before
    companion.reply(request_id, *take_lines(tmp_path / "take", 4.0, "guitar"))
    reaper.run(lambda: project.undo)
    assert [track.name for track in project.tracks[1:]] == ["Stem Bridge", "guitar"]


def test_add_a_part_without_a_part_points_to_the_settings(reaper: Reaper, project: Project) -> None:
    script = reaper.press("_STEMBRIDGE_ADD_PART")
    assert "settings which part" in script.window.text


def test_settings_are_kept_in_the_project_and_shown_again(reaper: Reaper, project: Project) -> None:
    shown = []

    def type_in(values: str) -> str:
        shown.append(values.split("\n"))
        return "\n".join(["funk, brass", "[Verse]|la", "4", "", "auto", "Em", "2", "guitar"])

    reaper.functions.answer_inputs = type_in
    reaper.press("_STEMBRIDGE_SETTINGS")
    reaper.press("_STEMBRIDGE_SETTINGS")
    assert shown[0] == ["", "", "8", "", "auto", "", "1", ""]
    assert shown[1] == ["funk, brass", "[Verse]|la", "4", "", "auto", "Em", "2", "guitar"]
    assert project.texts["stembridge", "genres"] == "funk, brass"


def test_settings_that_are_dismissed_stay(reaper: Reaper, project: Project) -> None:
    reaper.press("_STEMBRIDGE_SETTINGS")
    assert project.texts == {}


def test_a_second_press_needs_no_answer_to_a_question_in_new_reapers(reaper: Reaper, project: Project) -> None:
    reaper.press("_STEMBRIDGE_GENERATE")
    assert reaper.functions.options == 2


def test_new_takes_whose_items_were_deleted_change_nothing(
    reaper: Reaper, companion: HandCompanion, project: Project, tmp_path: Path
) -> None:
    project.selection = (0.0, 4.0)
    reaper.press("_STEMBRIDGE_GENERATE")
    request_id, _ = companion.receive(reaper)
    companion.reply(request_id, *take_lines(tmp_path / "one", 0.0, "drums", frames=4 * RATE_HZ))
    reaper.run()
    script = reaper.press("_STEMBRIDGE_REGENERATE")
    request_id, request = companion.receive(reaper)
    assert (request["do"], request["job"]) == ("regenerate", "0011aabb")
    project.items[0].track.items.clear()
    companion.reply(request_id, *take_lines(tmp_path / "two", 0.0, "drums"))
    reaper.run(lambda: "No item is left" in script.window.text)
