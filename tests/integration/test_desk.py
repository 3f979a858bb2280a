"""The desk through every real door: door × verb × change of the song in the meantime."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.app.events import JobChanged
from tests.helpers.ableton.abletonosc_peer import AbletonOscPeer
from tests.helpers.door_clients import DOORS, AbletonOscClient, DoorClient, Outcome, Song, Studio, open_studio
from tests.helpers.osc_daw import Daw

MUSIC = {
    "tempo": (replace(Song(), tempo=200.0), "tempo", 200.0),
    "meter": (replace(Song(), meter="3/4"), "time_signature", "3/4"),
    "key": (replace(Song(), key="C dorian"), "key", "C dorian"),
}
VERBS = ("regenerate", "again")


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Studio, AbletonOscPeer]]:
    with open_studio(tmp_path_factory.mktemp("studio") / "home") as studio_and_peer:
        yield studio_and_peer


@pytest.fixture
def studio(open_house: tuple[Studio, AbletonOscPeer]) -> Studio:
    return open_house[0]


@pytest.fixture
def enter(open_house: tuple[Studio, AbletonOscPeer]) -> Iterator[Callable[[str], DoorClient]]:
    studio, peer = open_house
    with ExitStack() as stack:

        def one(door: str) -> DoorClient:
            AbletonOscClient.peer = peer
            client = DOORS[door](studio)
            stack.callback(client.close)
            return client

        yield one


def first_take(client: DoorClient, song: Song) -> JobChanged:
    client.song = song
    client.say()
    made = client.press("generate")
    assert made.sentence == ""
    return client.studio.finish(made.job_id)


def again(client: DoorClient, verb: str, job: JobChanged) -> JobChanged:
    made = client.press(verb, job.id)
    assert made.sentence == "", made
    assert made.job_id != job.id
    return client.studio.finish(made.job_id)


def without_seed(job: JobChanged) -> dict[str, Any]:
    return {name: value for name, value in job.block.items() if name != "seed"}


@pytest.mark.parametrize("door", DOORS)
def test_regenerate_differs_in_its_seed_and_again_in_nothing(enter: Callable[[str], DoorClient], door: str) -> None:
    client = enter(door)
    job = first_take(client, Song())
    other, same = (again(client, verb, job) for verb in VERBS)
    assert without_seed(other) == without_seed(job)
    assert other.block["seed"] != job.block["seed"]
    assert same.block == (other if isinstance(client, AbletonOscClient) or door == "midi" else job).block


@pytest.mark.parametrize("what", MUSIC)
@pytest.mark.parametrize("door", DOORS)
def test_regenerate_uses_the_present_song_and_again_the_song_of_the_first_request(
    enter: Callable[[str], DoorClient], door: str, what: str
) -> None:
    client = enter(door)
    job = first_take(client, Song())
    now, key, value = MUSIC[what]
    client.song = now
    client.say()
    # Pads refer to the newest job: so first “again”, and then “regenerate”.
    same, other = again(client, "again", job), again(client, "regenerate", job)
    assert same.block == job.block
    changed = {name for name in job.block if other.block[name] != job.block[name]}
    assert changed == ({"seed", key} if client.has_session else {"seed"})
    assert other.block[key] == (value if client.has_session else job.block[key])


@pytest.mark.parametrize("door", [door for door in DOORS if door != "abletonosc"])
def test_a_deleted_project_is_named_and_not_created_again(
    enter: Callable[[str], DoorClient], door: str, project: Path
) -> None:
    client = enter(door)
    job = first_take(client, Song(project=str(project)))
    assert Path(job.manifests[0]).is_relative_to(project)
    shutil.rmtree(project)
    for verb in ("generate", *VERBS):
        outcome = client.press(verb, job.id)
        assert outcome.job_id == "", (verb, outcome)
        assert str(project) in outcome.sentence
    assert not project.exists()


@pytest.mark.parametrize("door", [door for door in DOORS if door != "abletonosc"])
def test_regenerate_goes_to_the_project_that_is_open_and_again_to_the_one_it_was_made_for(
    enter: Callable[[str], DoorClient], door: str, project: Path, tmp_path: Path
) -> None:
    client = enter(door)
    job = first_take(client, Song(project=str(project)))
    two = tmp_path / "two"
    two.mkdir()
    client.song = Song(project=str(two))
    client.say()
    same, other = again(client, "again", job), again(client, "regenerate", job)
    assert Path(same.manifests[0]).is_relative_to(project)
    assert Path(other.manifests[0]).is_relative_to(two if client.has_session else project)


@pytest.mark.parametrize("door", ["osc", "files", "midi", "window", "http"])
def test_an_invalid_project_stops_every_verb_of_the_session(
    enter: Callable[[str], DoorClient], door: str, project: Path, tmp_path: Path
) -> None:
    client = enter(door)
    job = first_take(client, Song(project=str(project)))
    before = sorted(project.rglob("*"))
    client.song = Song(project=str(tmp_path / "nowhere"))
    client.say()
    # Without a session only the request itself can name an invalid project.
    verbs = {"http": ("generate",), "window": ("generate", "regenerate")}.get(door, ("generate", *VERBS))
    for verb in verbs:
        outcome = client.press(verb, job.id)
        assert outcome.job_id == "", (verb, outcome)
        assert str(tmp_path / "nowhere") in outcome.sentence
    assert sorted(project.rglob("*")) == before
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("door", DOORS)
def test_takes_of_a_session_that_never_named_a_project_are_kept_by_the_companion(
    enter: Callable[[str], DoorClient], studio: Studio, door: str
) -> None:
    client = enter(door)
    job = first_take(client, Song())
    for made in (job, *(again(client, verb, job) for verb in VERBS)):
        assert Path(made.manifests[0]).is_relative_to(studio.folders.data)


@pytest.mark.parametrize("door", DOORS)
def test_cancel_stops_a_queued_job(enter: Callable[[str], DoorClient], studio: Studio, door: str) -> None:
    client, busy = enter(door), enter("window")
    long = busy.press("generate", bars=400.0)  # one job at a time: the next one waits
    client.song = Song()
    client.say()
    made = client.press("generate")
    client.press("cancel", made.job_id)
    studio.cancelled(made.job_id)
    busy.press("cancel", long.job_id)
    studio.cancelled(long.job_id)


def test_a_pad_still_triggers_for_a_disconnected_daw_but_no_take_can_be_placed_there(
    enter: Callable[[str], DoorClient], studio: Studio, project: Path
) -> None:
    client = enter("midi")
    job = first_take(client, Song(project=str(project)))
    assert isinstance(client.daw, Daw)  # type: ignore[attr-defined]
    client.daw.socket.close()  # type: ignore[attr-defined]
    before = {event.id for event in studio.events if isinstance(event, JobChanged)}
    for verb in VERBS:
        client.pads.send("/midi", 0x90, {"regenerate": 38, "again": 39}[verb], 100)  # type: ignore[attr-defined]
    assert client.pads.errors_until_pong() == []  # type: ignore[attr-defined]
    made = list(dict.fromkeys(e.id for e in studio.events if isinstance(e, JobChanged) and e.id not in before))
    assert len(made) == 2
    for job_id in made:
        finished = studio.finish(job_id)
        assert Path(finished.manifests[0]).is_relative_to(project)
        assert without_seed(finished) == without_seed(job)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("door", ["osc", "files", "http", "window"])
def test_an_unknown_job_is_named(enter: Callable[[str], DoorClient], door: str, verb: str) -> None:
    client = enter(door)
    client.say()
    outcome = client.press(verb, "feedbeef")
    assert outcome == Outcome("", outcome.sentence)
    assert "feedbeef" in outcome.sentence
