"""Staging folders: removed without a trace, and nothing else ever deleted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.takes.take import Take
from bridge.takes.writer import discard_staging, staging_path, write_takes
from engine.errors import InvalidValue

MakeTake = Callable[..., Take]


def everything_in(folder: Path) -> list[str]:
    return sorted(entry.relative_to(folder).as_posix() for entry in folder.rglob("*"))


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
