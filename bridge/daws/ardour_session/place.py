"""Places a take into a closed session: writes the audio files first, then replaces the session file atomically."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.daws.ardour import PROCESSES, Ardour
from bridge.daws.ardour_session.session import ArdourSession
from bridge.daws.ardour_session.track import PlacedStem, add_stem, extend_range
from bridge.daws.running import is_running
from bridge.home.folders import Folders
from bridge.home.heartbeat import heartbeat_age_s, heartbeat_file
from bridge.takes.colors import stem_color
from bridge.takes.manifest import read_manifest
from bridge.takes.staging import check_space, clear_errors
from bridge.takes.take import MANIFEST
from engine.errors import InvalidValue, StemBridgeError
from engine.music.tempo import MAX_BEAT

MAX_BAR = 100_000
FLOAT_BYTES = 4
HEARD_NOW_S = 5.0
_SESSION_LINE = 3
"""The index of the line with the session's folder in the heartbeat file of our hook in Ardour."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The result: the take's position and files in the session, and the backup of the session file."""

    session: Path
    backup: Path
    start_sample: int
    sample_rate: int
    stems: tuple[PlacedStem, ...]


def place_take(take: Path, session_path: Path, bar: int | None) -> Placement:
    """Put the stems of `take` (its folder or manifest) on tracks of a session, from bar `bar` on.

    Without `bar` it is placed at its own start beat. Files of another sample rate are resampled. Tracks that Stem
    Bridge has made for stems of the same names are reused.

    Raises
    ------
    InvalidValue
        If the take, the session or the bar is invalid.
    StemBridgeError
        If the session is open, or a file cannot be read or written; the session is unchanged then.
    """
    manifest_path = take / MANIFEST if take.is_dir() else take
    manifest = read_manifest(manifest_path)
    if bar is not None and not 1 <= bar <= MAX_BAR:
        raise InvalidValue("--bar", bar, f"1–{MAX_BAR}")
    session = ArdourSession(session_path.absolute())
    refuse_open(session.folder)
    quarters = _quarters(session, manifest, bar)
    start = session.tempo.sample_at(quarters, session.sample_rate)
    start_ticks = session.tempo.ticks_of(start, session.sample_rate)
    written: list[Path] = []
    try:
        stems = [_bring_file(session, manifest, stem, manifest_path.parent, written) for stem in manifest["stems"]]
        for stem in stems:
            add_stem(session, stem, str(manifest["id"]), start_ticks)
        end = start + max((stem.frames for stem in stems), default=0)
        extend_range(session, start_ticks, session.tempo.ticks_of(end, session.sample_rate))
        backup = session.save()
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return Placement(session.path, backup, start, session.sample_rate, tuple(stems))


def refuse_open(folder: Path) -> None:
    """Raise StemBridgeError if a running Ardour is known to have a session of `folder` open.

    The sources are the heartbeat of our hook, where it was added, and the arguments and open files of Ardour.
    """
    if any(_is_inside(path, folder) for path in (*_reported_by_hook(), *_used_by_ardour())):
        raise StemBridgeError(f"Ardour has the session in {folder} open: close it there, then try again.")


def _reported_by_hook() -> list[Path]:
    mailbox = Folders.of_user().mailbox
    heard_s = heartbeat_age_s(mailbox, Ardour.name)
    if heard_s is None or heard_s > HEARD_NOW_S or not is_running(PROCESSES):
        return []
    try:
        lines = (
            heartbeat_file(mailbox, Ardour.name).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        )
    except OSError:
        return []
    return [Path(line) for line in lines[_SESSION_LINE : _SESSION_LINE + 1] if line]


def _used_by_ardour() -> Iterator[Path]:
    import psutil

    names = tuple(name.rstrip("*") for name in PROCESSES)
    for process in psutil.process_iter(["name"]):
        if (process.info["name"] or "").lower().startswith(names):
            with suppress(psutil.Error):
                yield from (Path(one) for one in process.cmdline())
                yield from (Path(file.path) for file in process.open_files())


def _is_inside(path: Path, folder: Path) -> bool:
    try:
        return path.is_absolute() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False


def _quarters(session: ArdourSession, manifest: Mapping[str, Any], bar: int | None) -> Fraction:
    if bar is not None:
        return session.tempo.quarters_at_bar(bar)
    if not 0 <= manifest["start_beat"] <= MAX_BEAT:
        raise InvalidValue("start_beat", manifest["start_beat"], f"0–{MAX_BEAT:.0f}; say where with --bar")
    return Fraction(manifest["start_beat"]).limit_denominator(1920)


def _bring_file(
    session: ArdourSession, manifest: Mapping[str, Any], stem: Mapping[str, Any], folder: Path, written: list[Path]
) -> PlacedStem:
    """Copy a stem's file into the session, resampled if needed; the new file is added to `written`."""
    source = folder / stem["file"]
    if not source.is_file():
        raise StemBridgeError(f"{source} is missing; nothing was put into the session.")
    # A take of before its files had names to travel is told from others by its id.
    name = source.stem if "title" in manifest else f"{source.stem} {manifest['id']}"
    target = _free_path(session.audio_folder, name)
    frames = -(-manifest["frames"] * session.sample_rate // manifest["sample_rate"])
    needed_bytes = max(source.stat().st_size, frames * 2 * FLOAT_BYTES)
    with clear_errors(session.audio_folder, needed_bytes):
        target.parent.mkdir(parents=True, exist_ok=True)
        check_space(target.parent, needed_bytes)
        written.append(target)
        if manifest["sample_rate"] == session.sample_rate:
            shutil.copyfile(source, target)
        else:
            _resample(source, target, session.sample_rate, frames)
    return PlacedStem(stem["name"], stem.get("color") or stem_color(stem["name"]), target, frames)


def _resample(source: Path, target: Path, sample_rate: int, frames: int) -> None:
    """Write `source` at `sample_rate` to `target`, as 32-bit floats."""
    import soundfile

    from engine.resample import resample_blocks

    with (
        soundfile.SoundFile(source) as there,
        soundfile.SoundFile(target, "w", sample_rate, there.channels, "FLOAT", format="WAV") as here,
    ):
        blocks = there.blocks(1 << 16, dtype="float32", always_2d=True)
        for block in resample_blocks(blocks, there.samplerate, sample_rate, frames):
            here.write(block)


def _free_path(folder: Path, name: str) -> Path:
    path, number = folder / f"{name}.wav", 2
    while path.exists():
        path, number = folder / f"{name}-{number}.wav", number + 1
    return path


def as_json(placement: Placement) -> str:
    """Return the placement as a JSON document."""
    document = {
        "session": str(placement.session),
        "backup": str(placement.backup),
        "start_sample": placement.start_sample,
        "sample_rate": placement.sample_rate,
        "stems": [{"name": s.name, "file": str(s.file), "frames": s.frames} for s in placement.stems],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
