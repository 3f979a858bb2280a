"""Writes a take's stems or mix as WAV, FLAC or MP3; libsndfile encodes all three."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InvalidValue, StemBridgeError

if TYPE_CHECKING:
    from bridge.takes.library import TakeView
    from engine.contract import Audio

FORMATS = ("wav", "flac", "mp3")
WHATS = ("stems", "mix", "balance")
"""Contents of an export: the stems; the mix as generated; the mix with the current levels, mutes and solos."""
_BLOCK_FRAMES = 1 << 16


@dataclass(frozen=True, slots=True)
class Export:
    """One request to export.

    Attributes:
        what: of `WHATS`.
        format: of `FORMATS`.
        zipped: put everything into one zip file.
        gains: linear gain by stem for "balance"; 1 for stems that are not in it.
    """

    what: str = "stems"
    format: str = "wav"
    zipped: bool = False
    gains: Mapping[str, float] = field(default_factory=dict)


def export_take(take: TakeView, folder: Path, request: Export, report: Callable[[float], None] | None = None) -> Path:
    """Write the files into `folder` and return the new file or folder; nothing is ever overwritten.

    `report` is called with the fraction done, 0–1; an error that it raises stops the export.

    Raises
    ------
    InvalidValue
        If the content or format is unknown, or an MP3 cannot have the take's sample rate.
    StemBridgeError
        If a file cannot be read or written; no file is left then.
    """
    _check(request)
    name = _file_name(take.title)
    try:
        with tempfile.TemporaryDirectory(prefix=".stembridge-export-", dir=folder) as staging:
            paths = _write(take, Path(staging), name, request, report or (lambda _fraction: None))
            if request.zipped:
                return _zip(paths, _free(folder / f"{name} {request.what}.zip"))
            if len(paths) == 1:
                return Path(shutil.move(paths[0], _free(folder / paths[0].name)))
            target = _free(folder / f"{name} {request.what}")
            target.mkdir()
            for path in paths:
                shutil.move(path, target / path.name)
            return target
    except OSError as error:
        raise StemBridgeError(f"The export to {folder} failed: {error.strerror or error}.") from None


def _check(request: Export) -> None:
    if request.what not in WHATS:
        raise InvalidValue("what to export", request.what, " or ".join(WHATS))
    if request.format not in FORMATS:
        raise InvalidValue("format", request.format, ", ".join(FORMATS))


def _write(take: TakeView, folder: Path, name: str, request: Export, report: Callable[[float], None]) -> list[Path]:
    import soundfile

    written: list[Path] = []
    try:
        if request.what == "balance":
            written.append(_balance(take, folder / f"{name}.{request.format}", request))
        else:
            sources = [("mix", take.mix)] if request.what == "mix" else [(s.name, s.path) for s in take.stems]
            for number, (stem, path) in enumerate(sources):
                report(number / len(sources))
                target = name if request.what == "mix" else f"{name} - {_file_name(stem)}"
                written.append(_convert(path, _free(folder / f"{target}.{request.format}"), request.format))
    except soundfile.LibsndfileError as error:
        raise StemBridgeError(f"The export failed: {error}.") from None
    report(1.0)
    return written


def _convert(source: Path, target: Path, form: str) -> Path:
    import soundfile

    if form == "wav":  # a copy keeps the tempo, key and position in the take's own WAV
        shutil.copyfile(source, target)
        return target
    with soundfile.SoundFile(source) as file, _open(target, file.samplerate, file.channels, form) as out:
        for block in file.blocks(_BLOCK_FRAMES, dtype="float32", always_2d=True):
            out.write(block)
    return target


def _balance(take: TakeView, target: Path, request: Export) -> Path:
    """Write the sum of the stems with their gains, turned down as a whole if it would clip."""
    import numpy as np

    mix = _sum(take, request.gains)
    loudest = float(np.abs(mix).max(initial=0.0))
    if loudest > 1.0:
        mix /= np.float32(loudest)
    with _open(target, take.sample_rate, 2, request.format) as out:
        out.write(mix)
    return target


def _sum(take: TakeView, gains: Mapping[str, float]) -> Audio:
    import numpy as np
    import soundfile

    mix = np.zeros((take.frames, 2), np.float32)
    for stem in take.stems:
        gain = gains.get(stem.name, 1.0)
        if gain > 0.0:
            audio = soundfile.read(stem.path, dtype="float32", always_2d=True)[0][: take.frames]
            mix[: len(audio)] += audio * np.float32(gain)
    return mix


def _open(target: Path, sample_rate: int, channels: int, form: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    import soundfile

    if form == "mp3":
        if sample_rate > 48_000:
            raise InvalidValue("sample rate of an MP3", sample_rate, "48000 Hz or less; export WAV or FLAC")
        return soundfile.SoundFile(target, "w", sample_rate, channels, format="MP3", subtype="MPEG_LAYER_III")
    return soundfile.SoundFile(target, "w", sample_rate, channels, subtype="PCM_24", format=form.upper())


def _zip(paths: list[Path], target: Path) -> Path:
    temporary = paths[0].parent / "all.zip"
    with zipfile.ZipFile(temporary, "x", zipfile.ZIP_STORED) as archive:  # audio does not compress well
        for path in paths:
            archive.write(path, path.name)
    return Path(shutil.move(temporary, target))


def _free(path: Path) -> Path:
    """Return `path`, or if it exists, the first unused path with a number after its name."""
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return candidate


def _file_name(text: str) -> str:
    words = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', " ", text)
    return " ".join(words.split())[:60].strip(" .") or "take"
