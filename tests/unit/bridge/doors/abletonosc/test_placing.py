"""Placing a take through AbletonOSC: every stem on a new track, or a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.doors.abletonosc import placing
from bridge.doors.abletonosc.placing import CREATE, ERROR, Asker, PlacedStems, place
from tests.helpers.take_files import write_take

NAMES = "/live/track/get/arrangement_clips/name"
Answers = dict[str, Callable[..., tuple[str, list[object]] | None]]


def has_clip(*values: object) -> tuple[str, list[object]]:
    """Answer the call for a track's clips with one clip."""
    return (NAMES, [values[0], "clip"])


class AnsweringLive:
    """Records what is sent, and answers each address by the test's own table."""

    def __init__(self, **changes: Callable[..., tuple[str, list[object]] | None]) -> None:
        self.sent: list[tuple[str, tuple[object, ...]]] = []
        self.asker = Asker(self.send)
        self._answers: Answers = {
            CREATE: lambda *values: None if values else (ERROR, ["Error handling OSC message: index out of range"]),
            "/live/song/get/num_tracks": lambda: ("/live/song/get/num_tracks", [3]),
            NAMES: has_clip,
        }
        named = {"create": CREATE, "count": "/live/song/get/num_tracks", "names": NAMES}
        self._answers |= {named[name]: answer for name, answer in changes.items()}

    def send(self, address: str, *values: object) -> None:
        self.sent.append((address, values))
        answer = self._answers.get(address, lambda *_: None)(*values)
        if answer is not None:
            asyncio.get_running_loop().call_soon(self.asker.receive, *answer)

    def place(self, manifest: Path, beat: float = 16.0) -> PlacedStems:
        return asyncio.run(place(self.asker, manifest, beat))


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    colors = {"drums": "#e4572e", "bass": "#0000ff"}
    stems = [{"name": name, "file": f"{name}.wav", "color": color} for name, color in colors.items()]
    return write_take(tmp_path / "take", stems=stems).manifest


def test_each_stem_gets_a_track_behind_the_others_with_its_name_colour_and_clip(manifest: Path) -> None:
    live = AnsweringLive()
    assert live.place(manifest) == PlacedStems(2, "")
    assert live.sent == [
        (CREATE, ()),
        ("/live/song/get/num_tracks", ()),
        ("/live/song/create_audio_track", (-1,)),
        ("/live/track/set/name", (3, "SB drums")),
        ("/live/track/set/color", (3, 0xE4572E)),
        (CREATE, (3, str(manifest.parent / "drums.wav"), 16.0)),
        (NAMES, (3,)),
        ("/live/song/create_audio_track", (-1,)),
        ("/live/track/set/name", (4, "SB bass")),
        ("/live/track/set/color", (4, 0x0000FF)),
        (CREATE, (4, str(manifest.parent / "bass.wav"), 16.0)),
        (NAMES, (4,)),
    ]


def test_a_release_without_the_call_touches_nothing_and_names_the_folder(manifest: Path) -> None:
    live = AnsweringLive(create=lambda *_: (ERROR, [f"Unknown OSC address: {CREATE}"]))
    placed = live.place(manifest)
    assert placed.stems == 0
    assert placed.problem == (
        f"This AbletonOSC cannot make clips from files: drag the stems in from {manifest.parent}"
    )
    assert live.sent == [(CREATE, ())]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda track: (NAMES, [track]), "there is no clip on its track"),
        (lambda _: (ERROR, ["the file is missing"]), "the file is missing"),
        (lambda _: (ERROR, []), "an error without words"),
    ],
)
def test_a_stem_that_is_not_placed_ends_it_and_is_named(
    manifest: Path, answer: Callable[..., tuple[str, list[object]]], why: str
) -> None:
    live = AnsweringLive(names=lambda track: answer(track) if track == 4 else has_clip(track))
    assert live.place(manifest) == PlacedStems(
        1, f"AbletonOSC could not place bass ({why}): drag the stems in from {manifest.parent}"
    )


@pytest.mark.parametrize("count", [lambda: None, lambda: ("/live/song/get/num_tracks", []), lambda: (ERROR, ["x"])])
def test_answers_that_are_missing_or_broken_are_a_sentence(
    manifest: Path, monkeypatch: pytest.MonkeyPatch, count: Callable[..., tuple[str, list[object]] | None]
) -> None:
    monkeypatch.setattr(placing, "ANSWER_S", 0.01)
    placed = AnsweringLive(count=count).place(manifest)
    assert placed == PlacedStems(0, f"AbletonOSC does not answer: drag the stems in from {manifest.parent}")


def test_a_take_that_is_gone_is_a_sentence_and_nothing_is_sent(tmp_path: Path) -> None:
    live = AnsweringLive()
    placed = live.place(tmp_path / "gone" / "manifest.json")
    assert placed.stems == 0
    assert placed.problem.startswith("manifest must be")
    assert live.sent == []


def test_an_answer_that_never_comes_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "ANSWER_S", 0.01)
    asker = Asker(lambda *_: None)
    with pytest.raises(TimeoutError):
        asyncio.run(asker.ask("/live/song/get/num_tracks"))
    asker.receive("/live/song/get/num_tracks", [4])


def test_only_the_first_of_the_expected_answers_counts() -> None:
    async def run() -> tuple[str, list[object]]:
        asker = Asker(lambda *_: None)
        waiting = asyncio.ensure_future(asker.ask("/live/a", answers=["/live/b"]))
        await asyncio.sleep(0)
        for address, value in (("/live/c", 1), ("/live/b", 2), ("/live/a", 3)):
            asker.receive(address, [value])
        return await waiting

    assert asyncio.run(run()) == ("/live/b", [2])
