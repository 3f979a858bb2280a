"""Staging folders: removed without a trace, and nothing else ever deleted."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.takes.staging import (
    Staging,
    check_free,
    check_space,
    clear_errors,
    discard_staging,
    staging_path,
    write_file,
)
from bridge.takes.take import Take
from bridge.takes.writer import write_takes
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.folders import everything_in

MakeTake = Callable[..., Take]


def test_left_over_staging_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "StemBridge"
    paths = [staging_path(folder, name) for name in ("a", "b", "never")]
    for path in paths[:2]:
        path.mkdir(parents=True)
        (path / ".drums.wav.tmp").write_text("half")
    discard_staging(paths)
    assert everything_in(tmp_path) == []


def test_clearing_keeps_finished_takes(tmp_path: Path, make_take: MakeTake) -> None:
    folder = tmp_path / "StemBridge"
    (path,) = write_takes([make_take()], folder)
    staging_path(folder, "a").mkdir()
    discard_staging([staging_path(folder, "a")])
    assert path.exists()
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("name", ["StemBridge", ".part", "song.part", ".git"])
def test_only_staging_folders_are_ever_deleted(tmp_path: Path, name: str) -> None:
    good = tmp_path / ".a.part"
    good.mkdir()
    victim = tmp_path / name
    victim.mkdir()
    with pytest.raises(InvalidValue, match="staging folder"):
        discard_staging([good, victim])
    assert everything_in(tmp_path) == sorted([".a.part", name])


def test_a_link_in_place_of_staging_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "song.wav").write_text("mine")
    (tmp_path / ".a.part").symlink_to(tmp_path / "music")
    discard_staging([tmp_path / ".a.part"])
    assert "music/song.wav" in everything_in(tmp_path)


def test_a_take_is_staged_hidden_beside_its_place() -> None:
    assert staging_path(Path("/song/StemBridge"), "take one") == Path("/song/StemBridge/.take one.part")


def test_a_file_gets_its_name_once_it_is_whole(tmp_path: Path) -> None:
    write_file(tmp_path / "a.bin", [b"one", memoryview(b"two"), b""], durable=True)
    assert (tmp_path / "a.bin").read_bytes() == b"onetwo"
    write_file(tmp_path / "a.bin", [b"new"])
    assert (tmp_path / "a.bin").read_bytes() == b"new"
    assert everything_in(tmp_path) == ["a.bin"]


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")
    with pytest.raises(TypeError):
        write_file(tmp_path / "a.bin", [b"new", "text"])  # type: ignore[list-item]
    assert everything_in(tmp_path) == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"old"


def test_published_folders_get_their_names_and_staging_is_gone(tmp_path: Path) -> None:
    with Staging(tmp_path / "deep" / "StemBridge", ["a", "b"]) as folders:
        for path in folders.paths:
            (path / "mix.wav").write_text(path.name)
        assert everything_in(tmp_path)[-1] == "deep/StemBridge/.b.part/mix.wav"
        folders.publish()
    assert everything_in(tmp_path / "deep" / "StemBridge") == ["a", "a/mix.wav", "b", "b/mix.wav"]


def test_an_error_undoes_even_what_was_published(tmp_path: Path) -> None:
    def fail_late() -> None:
        with Staging(tmp_path / "deep" / "StemBridge", ["a"]) as folders:
            folders.publish()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    assert everything_in(tmp_path) == []


def test_an_error_leaves_other_programs_files_and_their_folder(tmp_path: Path) -> None:
    def fail() -> None:
        with Staging(tmp_path / "new" / "StemBridge", ["a"]):
            (tmp_path / "new" / "mine.txt").write_text("mine")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert everything_in(tmp_path) == ["new", "new/mine.txt"]


def test_files_go_straight_into_a_folder_with_the_manifest_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda self, target: (moved.append(target.name), rename(self, target))[1])
    with Staging(tmp_path, ["a"], into_folder=True) as folders:
        for name in ("z.wav", "manifest.json", "a.wav"):
            (folders.paths[0] / name).touch()
        folders.publish()
    assert moved == ["a.wav", "z.wav", "manifest.json"]
    assert everything_in(tmp_path) == ["a.wav", "manifest.json", "z.wav"]


def test_a_staging_folder_of_that_name_is_never_shared(tmp_path: Path) -> None:
    with Staging(tmp_path, ["a"]), pytest.raises(InvalidValue, match="not used yet"), Staging(tmp_path, ["a"]):
        pass


def test_a_broken_link_takes_a_name_too(tmp_path: Path) -> None:
    check_free(tmp_path / "a")
    (tmp_path / "a").symlink_to(tmp_path / "gone")
    with pytest.raises(InvalidValue, match="destination must be a name that is not used yet"):
        check_free(tmp_path / "a")


def test_the_disk_of_a_folder_to_come_is_that_of_its_nearest_parent(tmp_path: Path) -> None:
    check_space(tmp_path / "not" / "yet", 1)
    check_space(Path("/proc/x") if Path("/proc").is_dir() else tmp_path, 10**6)  # it has no room, and is no disk
    with pytest.raises(StemBridgeError, match=r"is full: 1000000000000\.0 MB needed, [0-9.]+ MB free\. Make room"):
        check_space(tmp_path / "not" / "yet", 10**18)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "cannot be written to “/song”: access is denied. Check the folder"),
        (errno.EROFS, "the disk is read-only"),
        (errno.ENOSPC, "The disk of “/song” is full: 2.5 MB needed. Make room and try again."),
        (errno.EDQUOT, "is full: 2.5 MB needed"),
        (errno.EMFILE, os.strerror(errno.EMFILE)),
        (None, "odd"),
    ],
)
def test_a_systems_error_becomes_a_sentence(number: int | None, said: str) -> None:
    error = OSError("odd") if number is None else OSError(number, os.strerror(number))
    with pytest.raises(StemBridgeError) as caught, clear_errors(Path("/song"), 2_500_000):
        raise error
    assert said in str(caught.value)
    assert caught.value.__cause__ is error
