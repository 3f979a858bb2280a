"""The takes of a project: read from manifests, in order, with the user's names and favourites."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
import send2trash

from bridge.takes.library import MAX_NAME_CHARS, NOTES, TakeView, annotate, read_take, scan, trash
from bridge.takes.take import Take
from bridge.takes.writer import write_takes
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Meter, MeterMap, TempoMap, TempoPoint

MakeTake = Callable[..., Take]


@pytest.fixture
def written(tmp_path: Path, make_take: MakeTake) -> Callable[..., TakeView]:
    def write(take_id: str = "ab12", **fields: object) -> TakeView:
        (path,) = write_takes([make_take(take_id, **fields)], tmp_path / "StemBridge")
        return read_take(path)

    return write


def changed(take: TakeView, **fields: object) -> Path:
    take.manifest.write_text(json.dumps({**take.data, **fields}))
    return take.manifest


def test_a_take_has_its_files_and_its_music(written: Callable[..., TakeView]) -> None:
    take = written(names=("drums", "vocals"))
    assert (take.name, take.favourite, take.title) == ("", False, "funk")
    assert (take.frames, take.sample_rate, take.seconds, take.seed) == (16_000, 8_000, 2.0, 7)
    assert (take.meter, take.tempo_map) == (Meter(4, 4), TempoMap.constant(120.0))
    own = take.folder / "funk ab12 120bpm Em"
    drums, vocals = take.stems
    assert (drums.name, drums.path, drums.midi) == ("drums", Path(f"{own} drums.wav"), Path(f"{own} drums.mid"))
    assert (vocals.color, vocals.midi) == ("#e86a92", None)
    assert all(path.is_file() for path in (drums.path, vocals.path, take.mix))


def test_a_moving_tempo_is_read_as_its_map(written: Callable[..., TakeView]) -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0, True), TempoPoint(4.0, 120.0)])
    assert written(tempo_map=tempo_map).tempo_map == tempo_map


def test_the_title_is_the_users_name_or_the_genres_or_the_folders(written: Callable[..., TakeView]) -> None:
    take = written(params={"genres": "  "})
    assert take.title == take.folder.name
    assert annotate(take, name="Take one").title == "Take one"


def test_bar_lines_and_beats_are_exact_frames_without_the_end(written: Callable[..., TakeView]) -> None:
    take = written(length_beats=Fraction(9, 2))  # 18,000 frames; a beat is 4,000
    assert take.bar_frames() == [0, 16_000]
    assert take.beat_frames() == [0, 4_000, 8_000, 12_000, 16_000]
    eighths = read_take(changed(take, time_signature="7/8"))
    assert eighths.bar_frames() == [0, 14_000]
    assert eighths.beat_frames() == list(range(0, 18_000, 2_000))


def test_bar_lines_and_beats_are_those_of_a_meter_map(written: Callable[..., TakeView]) -> None:
    take = written(length_beats=Fraction(12))  # 48,000 frames; a beat is 4,000
    wire = [
        {"bar": 0, "time_signature": "4/4"},
        {"bar": 1, "time_signature": "3/4"},
        {"bar": 2, "time_signature": "5/8"},
    ]
    mapped = read_take(changed(take, meter_map=wire))
    assert (mapped.meters, mapped.meter) == (MeterMap.parse(wire), Meter(4, 4))
    assert mapped.bar_frames() == [0, 16_000, 28_000, 38_000]
    assert mapped.beat_frames() == [*range(0, 28_000, 4_000), *range(28_000, 48_000, 2_000)]
    assert take.meters == MeterMap.constant(Meter(4, 4))
    with pytest.raises(InvalidValue, match="meter_map"):
        read_take(changed(take, meter_map=[{"bar": 1, "time_signature": "4/4"}]))


def test_bar_lines_follow_a_moving_tempo(written: Callable[..., TakeView]) -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0), TempoPoint(1.0, 120.0)])
    take = written(tempo_map=tempo_map)
    assert take.beat_frames() == [0, 8_000, 12_000, 16_000]


@pytest.mark.parametrize(
    "fields",
    [
        {"frames": 0},
        {"sample_rate": 0},
        {"time_signature": "4/3"},
        {"tempo_map": [1]},
        {"tempo": 5.0},
        {"stems": [{"name": "a", "file": "a.wav", "midi": ""}]},
    ],
)
def test_what_has_no_length_or_no_music_is_no_take(
    written: Callable[..., TakeView], fields: dict[str, object]
) -> None:
    with pytest.raises(InvalidValue):
        read_take(changed(written(), **fields))


def test_takes_come_newest_first_and_everything_else_is_ignored(
    tmp_path: Path, written: Callable[..., TakeView]
) -> None:
    folder = tmp_path / "StemBridge"
    for take_id, created in (("a", "2026-01-01"), ("b", "2026-01-03"), ("c", "2026-01-02")):
        changed(written(take_id), created=f"{created}T00:00:00.000Z")
    (folder / "notes.txt").write_text("mine")
    (folder / "empty").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "manifest.json").write_text("{")
    (folder / ".d.part").mkdir()
    (folder / ".d.part" / "manifest.json").write_bytes(
        (folder / written("e").folder.name / "manifest.json").read_bytes()
    )
    found = scan([folder, tmp_path / "gone", folder])
    assert [take.data["id"] for take in found] == ["e", "b", "c", "a"]


def test_a_name_and_a_mark_are_kept_beside_the_manifest(written: Callable[..., TakeView]) -> None:
    take = written()
    manifest = take.manifest.read_bytes()
    named = annotate(take, name="  My \n  take ")
    assert (named.name, named.favourite) == ("My take", False)
    marked = annotate(named, favourite=True)
    assert read_take(take.manifest) == marked
    assert (marked.name, marked.favourite) == ("My take", True)
    assert annotate(marked, name="").title == "funk"
    assert take.manifest.read_bytes() == manifest


def test_a_long_name_is_cut_and_other_notes_stay(written: Callable[..., TakeView]) -> None:
    take = written()
    (take.folder / NOTES).write_text('{"rating": 5}')
    assert annotate(take, name="x" * 500).name == "x" * MAX_NAME_CHARS
    assert json.loads((take.folder / NOTES).read_text())["rating"] == 5


@pytest.mark.parametrize("content", ["", "[]", "{", '{"favourite": "yes"}', "[" * 100_000])
def test_broken_notes_count_as_none(written: Callable[..., TakeView], content: str) -> None:
    take = written()
    (take.folder / NOTES).write_text(content)
    again = read_take(take.manifest)
    assert (again.name, again.favourite) == ("", False)


def test_a_take_whose_folder_is_gone_cannot_be_named(written: Callable[..., TakeView], tmp_path: Path) -> None:
    take = written()
    take.folder.rename(tmp_path / "moved")
    take.folder.write_text("a file")
    with pytest.raises(StemBridgeError, match="cannot be written"):
        annotate(take, name="x")


def test_a_take_goes_to_the_trash_as_a_whole(
    written: Callable[..., TakeView], monkeypatch: pytest.MonkeyPatch
) -> None:
    thrown: list[str] = []
    monkeypatch.setattr(send2trash, "send2trash", thrown.append)
    take = written()
    trash(take)
    assert thrown == [str(take.folder)]


def test_without_a_trash_the_take_stays_and_the_sentence_says_where(
    written: Callable[..., TakeView], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise OSError("no trash")

    monkeypatch.setattr(send2trash, "send2trash", refuse)
    take = written()
    with pytest.raises(StemBridgeError, match=r"could not be moved to the trash \(no trash\); it stays in .*ab12"):
        trash(take)
    assert take.manifest.is_file()
