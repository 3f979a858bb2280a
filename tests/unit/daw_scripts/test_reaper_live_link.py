"""REAPER's live link (the action Connect), with the test itself as the companion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.reaper_hands import companion, project, reaper
from tests.helpers.reaper_stub.hand_companion import HandCompanion, take_lines
from tests.helpers.reaper_stub.model import Marker, Project
from tests.helpers.reaper_stub.session import ESCAPE, Reaper, Script

__all__ = ["companion", "project", "reaper"]  # fixtures

COMMAND = "_STEMBRIDGE_CONNECT"


def connect(reaper: Reaper, companion: HandCompanion) -> tuple[str, dict[str, Any]]:
    """Press the action; return the link's name and its first request."""
    reaper.press(COMMAND)
    return companion.receive(reaper)


def next_request(reaper: Reaper, companion: HandCompanion, name: str) -> dict[str, Any]:
    sender, request = companion.receive(reaper)
    assert sender == name
    return request


def order(companion: HandCompanion, name: str, folder: Path, where: str, start: float) -> None:
    companion.reply(name, *take_lines(folder, start, "drums", "bass"), ("place", where))


def window_of(reaper: Reaper) -> Script:
    (script,) = reaper.scripts
    return script


def test_the_project_s_state_is_sent_and_sent_again_when_it_changes(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    project.markers = [Marker(0.0, 97.6, (7, 8))]
    project.texts["stembridge", "genres"] = "funk"
    project.texts["stembridge", "bars"] = "4"
    name, request = connect(reaper, companion)
    assert request["do"] == "connect"
    assert request["daw"] == "REAPER"
    assert (request["tempo"], request["time_signature"]) == (97.6, "7/8")
    assert request["project"] == {"file": project.file, "media": project.media}
    assert (request["position"], request["playing"]) == (0, 0)
    assert request["block"] == {"genres": "funk", "bars": 4, "variations": 1}
    assert request["end_beat"] == pytest.approx(14)
    assert (request["next"], request["places"]) == (1, ["trigger", "playhead"])
    project.play_s = project.seconds_at(21.0)
    request = next_request(reaper, companion, name)
    assert (request["position"], request["playing"]) == (pytest.approx(21.0), 1)
    assert ("stembridge", "project") not in project.texts, "a project that is only read is not changed"


def test_an_unchanged_state_is_sent_again_before_the_link_counts_as_gone(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    name, request = connect(reaper, companion)
    assert next_request(reaper, companion, name) == request


def test_invalid_settings_do_not_end_the_link(reaper: Reaper, companion: HandCompanion, project: Project) -> None:
    project.texts["stembridge", "bars"] = "some"
    project.texts["stembridge", "variations"] = "more"
    _, request = connect(reaper, companion)
    assert request["block"] == {}
    assert request["end_beat"] == 32


def test_a_take_is_placed_at_its_beat_as_one_undo_step_and_the_next_order_is_awaited(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    name, _ = connect(reaper, companion)
    folder = Path(project.file).parent / "StemBridge" / "2026-11-21 090000 funk abcd"
    order(companion, f"{name}-1", folder, "trigger", 8.0)
    reaper.run(lambda: project.undo)
    assert project.undo == ["Stem Bridge: place a take"]
    assert [track.name for track in project.tracks[1:]] == ["drums", "bass"]
    assert {item.start_s for item in project.items} == {project.seconds_at(8.0)}
    assert not (companion.mailbox / "out" / f"{name}-1.txt").exists()
    assert next_request(reaper, companion, name)["next"] == 2
    order(companion, f"{name}-2", folder, "trigger", 16.0)
    reaper.run(lambda: len(project.undo) == 2)
    assert len(project.tracks) == 6


@pytest.mark.parametrize("plays", [False, True])
def test_the_playhead_is_the_play_position_or_else_the_cursor(
    reaper: Reaper, companion: HandCompanion, project: Project, plays: bool
) -> None:
    project.cursor_s = 3.0
    project.play_s = 5.25 if plays else None
    name, _ = connect(reaper, companion)
    order(companion, f"{name}-1", Path(project.file).parent / "take", "playhead", 8.0)
    reaper.run(lambda: project.undo)
    assert [item.start_s for item in project.items] == pytest.approx([5.25 if plays else 3.0] * 2)


def test_a_take_goes_to_the_project_whose_folder_it_lies_in(
    reaper: Reaper, companion: HandCompanion, project: Project, tmp_path: Path
) -> None:
    other = tmp_path / "song two"  # begins with the same letters as the first one's folder
    other.mkdir()
    (other / "two.rpp").touch()
    second = reaper.open(other / "two.rpp", other)
    name, _ = connect(reaper, companion)
    order(companion, f"{name}-1", Path(project.file).parent / "take", "trigger", 0.0)
    reaper.run(lambda: project.undo)
    order(companion, f"{name}-2", other / "take", "trigger", 0.0)
    reaper.run(lambda: second.undo)
    order(companion, f"{name}-3", tmp_path / "elsewhere", "trigger", 0.0)  # in no project: to the active tab
    reaper.run(lambda: len(second.undo) == 2)
    assert (len(project.tracks), len(second.tracks)) == (3, 6)
    assert reaper.front is second


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("place", "scene")], "REAPER has no scenes"),
        ([("state", "failed"), ("message", "The engine fell over.")], "The engine fell over."),
    ],
)
def test_an_order_that_fails_is_reported_and_the_link_stays(
    reaper: Reaper,
    companion: HandCompanion,
    project: Project,
    lines: list[tuple[object, ...]],
    sentence: str,
) -> None:
    name, _ = connect(reaper, companion)
    take = take_lines(Path(project.file).parent / "take", 0.0, "drums")
    companion.reply(f"{name}-1", *take, *lines)
    reaper.run(lambda: sentence in window_of(reaper).window.text)
    window_of(reaper).window.keys.append(ESCAPE)
    assert next_request(reaper, companion, name)["next"] == 2
    assert not project.undo


def test_a_refused_state_is_reported_once(reaper: Reaper, companion: HandCompanion, project: Project) -> None:
    name, _ = connect(reaper, companion)
    for _ in range(2):
        companion.reply(name, ("state", "failed"), ("message", "tempo must be 20–400, not 10"))
        next_request(reaper, companion, name)
        reaper.run(lambda: not (companion.mailbox / "out" / f"{name}.txt").exists())
    shown = [text for text in window_of(reaper).window.shown if "tempo must be" in text]
    assert shown
    window_of(reaper).window.keys.append(ESCAPE)
    next_request(reaper, companion, name)
    assert not window_of(reaper).window.is_open


def test_the_same_action_ends_the_link_and_so_does_quitting_reaper(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    shown = reaper.functions.toggles
    connect(reaper, companion)
    assert list(shown.values()) == [1]
    reaper.press(COMMAND)
    reaper.run()
    assert (reaper.functions.ext_state, list(shown.values())) == ({}, [0])
    connect(reaper, companion)
    assert list(shown.values()) == [1]
    window_of(reaper).end()
    assert (reaper.functions.ext_state, list(shown.values())) == ({}, [0])


def test_a_newer_sentence_replaces_the_older_one(reaper: Reaper, companion: HandCompanion, project: Project) -> None:
    name, _ = connect(reaper, companion)
    window = window_of(reaper).window
    assert "stays connected" in window.text
    order(companion, f"{name}-1", Path(project.file).parent / "take", "trigger", 0.0)
    reaper.run(lambda: "2 stems are there" in window.text)
    begun = len(window.shown)
    reaper.run(lambda: not window.is_open)
    assert set(window.shown[begun:]) == {"2 stems are there."}


def test_without_a_companion_it_waits_and_writes_nothing(
    reaper: Reaper, companion: HandCompanion, project: Project
) -> None:
    (companion.mailbox / "companion.alive").write_text("1\n")
    reaper.press(COMMAND)
    for _ in range(30):
        reaper.tick()
    assert not companion.requests()
    companion.write_heartbeat()
    assert json.loads(json.dumps(companion.receive(reaper)[1]))["do"] == "connect"
