import errno
import hashlib
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from bridge.takes import staging
from bridge.takes.manifest import read_manifest
from bridge.takes.take import Take
from bridge.takes.take_file_names import TakeFileNames
from bridge.takes.writer import staging_path, write_into, write_takes
from engine.errors import Cancelled, InvalidValue, StemBridgeError
from tests.helpers.folders import everything_in

MakeTake = Callable[..., Take]


Write = Callable[..., list[Path]]


STEPS = 8  # reports for two stems: the start, stems, mix, sum, grid, MIDI, manifest
OWN = "funk ab12 120bpm Em"
"""What all files of the take begin with."""


class CancelAt:
    """A report that cancels when it is called for the n-th time."""

    def __init__(self, call: int) -> None:
        self.call = call
        self.fractions: list[float] = []

    def __call__(self, fraction: float) -> None:
        self.fractions.append(fraction)
        if len(self.fractions) == self.call:
            raise Cancelled


def test_a_take_is_written_whole(tmp_path: Path, make_take: MakeTake) -> None:
    take = make_take()
    (path,) = write_takes([take], tmp_path / "StemBridge")
    assert path == tmp_path / "StemBridge" / take.folder_name / "manifest.json"
    own = [f"{OWN} {name}" for name in ("bass.mid", "bass.wav", "drums.mid", "drums.wav", "mix.wav")]
    assert (
        everything_in(path.parent)
        == [*own, "manifest.json", "song.mid"]
        == sorted(TakeFileNames.of(take, tmp_path).all())
    )
    assert everything_in(tmp_path)[:2] == ["StemBridge", f"StemBridge/{take.folder_name}"]
    manifest = read_manifest(path)
    assert manifest["frames"] == 16000
    assert [stem["name"] for stem in manifest["stems"]] == ["drums", "bass"]
    for entry in (*manifest["stems"], manifest["mix"]):
        data = (path.parent / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        audio, rate = soundfile.read(path.parent / entry["file"], always_2d=True)
        assert (audio.shape, rate) == ((16000, 2), 8000)
        assert entry["peak_db"] == pytest.approx(20 * np.log10(np.abs(audio).max()), abs=0.01)
        assert -30 < entry["lufs"] < 0
    assert [stem["midi"] for stem in manifest["stems"]] == [f"{OWN} drums.mid", f"{OWN} bass.mid"]
    assert manifest["song"] == {"file": "song.mid"}
    assert mido.MidiFile(path.parent / manifest["stems"][0]["midi"]).length == pytest.approx(2.0)
    song = mido.MidiFile(path.parent / "song.mid")
    assert [track.name for track in song.tracks] == ["funk", "drums", "bass"]
    assert [m.channel for track in song.tracks for m in track if m.type == "program_change"] == [9, 0]
    assert manifest["timings"]["writing"] > 0


def test_variations_know_each_other(tmp_path: Path, make_take: MakeTake) -> None:
    takes = [make_take("a1"), make_take("a2")]
    paths = write_takes(takes, tmp_path)
    for path in paths:
        named = [(path.parent / other).resolve() for other in read_manifest(path)["variations"]]
        assert named == [other.resolve() for other in paths]


def test_the_same_take_gives_the_same_bytes(tmp_path: Path, make_take: MakeTake) -> None:
    (first,) = write_takes([make_take()], tmp_path / "one")
    (second,) = write_takes([make_take()], tmp_path / "two")
    for name in TakeFileNames.of(make_take(), tmp_path).all()[:-1]:
        assert (first.parent / name).read_bytes() == (second.parent / name).read_bytes()
    assert {**read_manifest(first), "timings": 0} == {**read_manifest(second), "timings": 0}


def test_progress_rises_to_one(tmp_path: Path, make_take: MakeTake) -> None:
    report = CancelAt(0)
    write_takes([make_take("a1"), make_take("a2")], tmp_path, report)
    assert report.fractions[0] == 0.0
    assert report.fractions[-1] == 1.0
    assert report.fractions == sorted(report.fractions)
    assert len(report.fractions) == 2 * (STEPS - 1) + 1


@pytest.mark.parametrize("call", range(1, 2 * (STEPS - 1) + 2))
def test_a_cancelled_job_leaves_nothing(tmp_path: Path, make_take: MakeTake, call: int) -> None:
    with pytest.raises(Cancelled):
        write_takes([make_take("a1"), make_take("a2")], tmp_path / "Samples" / "StemBridge", CancelAt(call))
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("call", range(1, STEPS + 1))
@pytest.mark.parametrize("exists", [True, False])
def test_a_cancelled_job_leaves_nothing_in_a_given_folder(
    tmp_path: Path, make_take: MakeTake, call: int, exists: bool
) -> None:
    out = tmp_path / "deep" / "out"
    if exists:
        out.mkdir(parents=True)
        (out / "mine.txt").write_text("mine")
    with pytest.raises(Cancelled):
        write_into([make_take()], out, CancelAt(call))
    assert everything_in(tmp_path) == (["deep", "deep/out", "deep/out/mine.txt"] if exists else [])


@pytest.mark.parametrize("write", [write_takes, write_into])
@pytest.mark.parametrize("broken", range(8))
def test_a_failing_disk_leaves_nothing(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch, write: Write, broken: int
) -> None:
    real = Path.replace
    calls = iter(range(100))

    def fail(self: Path, target: Path) -> Path:
        if next(calls) == broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    if broken == 7:  # seven files: nothing fails
        assert write([make_take()], tmp_path / "out")
        return
    with pytest.raises(StemBridgeError, match="disk reports an error"):
        write([make_take()], tmp_path / "out")
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("broken", range(7))
def test_failing_while_moving_into_place_leaves_nothing(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    real = Path.rename
    calls = iter(range(100))

    def fail(self: Path, target: Path) -> Path:
        if next(calls) == broken:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return real(self, target)

    monkeypatch.setattr(staging, "_RENAME_WAITS_S", ())
    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(StemBridgeError, match="access is denied"):
        write_into([make_take()], tmp_path / "out")
    assert everything_in(tmp_path) == []


def test_a_folder_that_is_held_for_a_moment_is_waited_for(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename
    calls = iter(range(100))

    def held(self: Path, target: Path) -> Path:
        if next(calls) < 2:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return real(self, target)

    monkeypatch.setattr(staging, "_RENAME_WAITS_S", (0.0, 0.0))
    monkeypatch.setattr(Path, "rename", held)
    assert write_takes([make_take()], tmp_path)[0].exists()


def test_variations_appear_together_or_not_at_all(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    real = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if target.name.endswith("a2"):
            assert everything_in(tmp_path)  # the first one is in its place by now
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(StemBridgeError):
        write_takes([make_take("a1"), make_take("a2")], tmp_path)
    assert everything_in(tmp_path) == ["mine"]


def test_the_manifest_is_the_last_file(tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []
    real_replace, real_rename = Path.replace, Path.rename

    def watch(real: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def call(self: Path, target: Path) -> Path:
            named.append(target.name)
            return real(self, target)

        return call

    monkeypatch.setattr(Path, "replace", watch(real_replace))
    monkeypatch.setattr(Path, "rename", watch(real_rename))
    write_into([make_take()], tmp_path)
    assert len(named) == 14
    assert (named[6], named[13]) == ("manifest.json", "manifest.json")


def test_a_watcher_never_sees_half_a_take(tmp_path: Path, make_take: MakeTake) -> None:
    folder, stop = tmp_path / "StemBridge", threading.Event()
    wrong: list[str] = []

    def watch() -> None:
        while not stop.is_set():
            for take in folder.glob("[!.]*"):
                if len(list(take.iterdir())) != 7:
                    wrong.append(take.name)
                read_manifest(take / "manifest.json")

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(10):
            write_takes([make_take(f"a{number}")], folder)
    finally:
        stop.set()
        watcher.join()
    assert wrong == []
    assert len(list(folder.iterdir())) == 10


def test_no_name_is_used_twice(tmp_path: Path, make_take: MakeTake) -> None:
    (path,) = write_takes([make_take()], tmp_path)
    before = {entry: (tmp_path / entry).stat().st_mtime_ns for entry in everything_in(tmp_path)}
    with pytest.raises(InvalidValue, match="not used yet"):
        write_takes([make_take("new1"), make_take()], tmp_path)
    assert {entry: (tmp_path / entry).stat().st_mtime_ns for entry in everything_in(tmp_path)} == before
    assert path.exists()


def test_another_writers_staging_folder_is_left_alone(tmp_path: Path, make_take: MakeTake) -> None:
    take = make_take()
    other = staging_path(tmp_path, take.folder_name)
    other.mkdir()
    (other / "drums.wav").write_text("theirs")
    with pytest.raises(InvalidValue, match="not used yet"):
        write_takes([make_take("a1"), take], tmp_path)
    assert everything_in(tmp_path) == [other.name, f"{other.name}/drums.wav"]


@pytest.mark.parametrize("name", ["manifest.json", f"{OWN} mix.wav", f"{OWN} drums.mid", "song.mid"])
def test_out_folders_are_never_written_over(tmp_path: Path, make_take: MakeTake, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(InvalidValue, match=name):
        write_into([make_take()], tmp_path)
    assert everything_in(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_name_that_is_taken_meanwhile_stays_its_owners(tmp_path: Path, make_take: MakeTake) -> None:
    def take_it(fraction: float) -> None:
        if fraction == 1.0:
            (tmp_path / f"{OWN} mix.wav").write_text("mine")

    with pytest.raises(InvalidValue, match=r"mix\.wav"):
        write_into([make_take()], tmp_path, take_it)
    assert everything_in(tmp_path) == [f"{OWN} mix.wav"]
    assert (tmp_path / f"{OWN} mix.wav").read_text() == "mine"


def test_a_file_is_no_out_folder(tmp_path: Path, make_take: MakeTake) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InvalidValue, match="out must be a folder"):
        write_into([make_take()], tmp_path / "out")
    with pytest.raises(StemBridgeError, match="file where a folder"):
        write_takes([make_take()], tmp_path / "out" / "StemBridge")


def test_one_take_goes_straight_into_its_folder_and_several_beside_each_other(
    tmp_path: Path, make_take: MakeTake
) -> None:
    assert write_into([make_take()], tmp_path / "one") == [tmp_path / "one" / "manifest.json"]
    assert everything_in(tmp_path / "one") == sorted(TakeFileNames.of(make_take(), tmp_path).all())
    takes = [make_take("a1"), make_take("a2")]
    assert write_into(takes, tmp_path / "two") == [
        tmp_path / "two" / take.folder_name / "manifest.json" for take in takes
    ]


def test_two_writers_in_one_folder(tmp_path: Path, make_take: MakeTake) -> None:
    folder = tmp_path / "project" / "StemBridge"
    (tmp_path / "project").mkdir()
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        for number in range(8):
            # Every other one is cancelled, which may remove the folder under the other writer's feet.
            report = CancelAt(number + 1 if number % 2 else 0)
            try:
                write_takes([make_take(f"w{writer}n{number}")], folder, report)
                shutil.rmtree(folder / make_take(f"w{writer}n{number}").folder_name)
                staging.discard_staging([folder / ".x.part"])
            except Cancelled:
                pass
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [entry for entry in everything_in(tmp_path) if entry not in ("project", "project/StemBridge")] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 200 kB where the system lets us mount one, else an ordinary folder."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    mounted = mount is not None and subprocess.run([mount, *options], capture_output=True).returncode == 0
    yield disk
    if mounted:
        subprocess.run(["umount", str(disk)], check=True)


def simulate_if_needed(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.path.ismount(disk):
        return
    real_fsync = os.fsync

    def full(descriptor: int) -> None:
        real_fsync(descriptor)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)


@pytest.mark.parametrize("write", [write_takes, write_into])
def test_a_disk_that_fills_up_is_left_empty(
    small_disk: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    simulate_if_needed(small_disk, monkeypatch)
    monkeypatch.setattr("bridge.takes.writer.check_space", lambda folder, needed_bytes: None)
    with pytest.raises(StemBridgeError, match=r"disk of “.*StemBridge” is full: 0\.5 MB needed\."):
        write([make_take()], small_disk / "StemBridge")
    assert everything_in(small_disk) == []


def test_a_disk_without_room_is_reported_before_the_work(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil._ntuple_diskusage(10**9, 10**9, 200_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StemBridgeError, match=r"0\.5 MB needed, 0\.2 MB free"):
        write_takes([make_take()], tmp_path / "StemBridge")
    assert everything_in(tmp_path) == []


def test_a_disk_that_does_not_say_its_room_is_tried(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(errno.ENOTSUP, "no")

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    assert write_takes([make_take()], tmp_path)


def test_a_read_only_disk_is_a_clear_sentence(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StemBridgeError, match=r"cannot be written to “.*”: the disk is read-only\."):
        write_takes([make_take()], tmp_path / "StemBridge")


def test_a_project_that_vanishes_is_a_clear_sentence(tmp_path: Path, make_take: MakeTake) -> None:
    def vanish(fraction: float) -> None:
        if fraction == 1.0:
            shutil.rmtree(tmp_path / "project")

    (tmp_path / "project").mkdir()
    with pytest.raises(StemBridgeError, match="the folder is gone"):
        write_takes([make_take()], tmp_path / "project" / "StemBridge", vanish)
