"""Writes a take's stems or mix as WAV, FLAC or MP3, named and tagged so that the files can travel."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.takes.export.tags import Tags, mean_bpm, tags_of
from bridge.takes.file_names import MIX_STEM, FileLabel, base_names, key_words, short_id, tempo_words
from bridge.takes.manifest import length_beats_of, title_of
from bridge.takes.naming import stem_file_name
from bridge.takes.portable_words import join_fitting, portable_words
from engine.contract import ENDS
from engine.errors import InvalidValue, StemBridgeError

if TYPE_CHECKING:
    from bridge.takes.library import TakeView
    from bridge.takes.wav import WavInfo
    from engine.contract import Audio

FORMATS = ("wav", "flac", "mp3")
WHATS = ("stems", "mix", "balance")
"""Contents of an export: the stems; the mix as generated; the mix with the current levels, mutes and solos."""
_SUFFIXES = (*(f".{form}" for form in FORMATS), ".zip")
HEARD = "as heard"
"""What stands in a file's name where others have the stem, if it is the mix with the current levels."""
_MAX_NAME_BYTES = 40


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
    name = _base_names(take, [request.what])[0]
    try:
        with tempfile.TemporaryDirectory(prefix=".stembridge-export-", dir=folder) as staging:
            paths = _write(take, Path(staging), request, report or (lambda _fraction: None))
            if request.zipped:
                return _zip(paths, _free(folder / f"{name}.zip"))
            if len(paths) == 1:
                return Path(shutil.move(paths[0], _free(folder / paths[0].name)))
            target = _free(folder / name)
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


def _write(take: TakeView, folder: Path, request: Export, report: Callable[[float], None]) -> list[Path]:
    import soundfile

    written: list[Path] = []
    try:
        if request.what == "balance":
            (name,) = _base_names(take, [HEARD])
            written.append(_balance(take, folder / f"{name}.{request.format}", request))
        else:
            sources = [("mix", take.mix)] if request.what == "mix" else [(s.name, s.path) for s in take.stems]
            names = _base_names(take, [stem for stem, _ in sources])
            for number, ((stem, path), name) in enumerate(zip(sources, names, strict=True)):
                report(number / len(sources))
                written.append(
                    _convert(path, folder / f"{name}.{request.format}", tags_of(take.data, stem, take.name))
                )
    except soundfile.LibsndfileError as error:
        raise StemBridgeError(f"The export failed: {error}.") from None
    report(1.0)
    return written


def _convert(source: Path, target: Path, tags: Tags) -> Path:
    from bridge.takes.export.encode import encode

    if target.suffix == ".wav":  # a copy keeps the tempo, key and position in the take's own WAV
        shutil.copyfile(source, target)
        return target
    encode(source, target, tags)
    return target


def _balance(take: TakeView, target: Path, request: Export) -> Path:
    """Write the sum of the stems with their gains, turned down as a whole if it would clip."""
    import numpy as np

    from bridge.takes.export.encode import write_tagged
    from bridge.takes.wav import write_wav

    mix = _sum(take, request.gains)
    loudest = float(np.abs(mix).max(initial=0.0))
    if loudest > 1.0:
        mix /= np.float32(loudest)
    if request.format == "wav":
        write_wav(target, mix, take.sample_rate, "24", _wav_info(take))
    else:
        write_tagged(target, [mix], take.sample_rate, 2, tags_of(take.data, HEARD, take.name))
    return target


def _wav_info(take: TakeView) -> WavInfo:
    """Return what the WAV of the mix as heard says of itself: the same as that of the take's mix."""
    from bridge.takes.wav import WavInfo

    data = take.data
    return WavInfo(
        title=MIX_STEM,
        prompt=str(data.get("prompt", "")),
        seed=take.seed,
        take_id=str(data["id"]),
        created=datetime.fromisoformat(str(data["created"])),
        time_reference_frames=max(0, round(data["start_beat"] * 60.0 / data["tempo"] * take.sample_rate)),
        bpm=mean_bpm(data),
        meter=take.meter,
        beats=length_beats_of(data),
        key=take.key,
        is_loop=take.tempo_map.is_constant and data["params"].get("ending") != ENDS,
    )


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


def _zip(paths: list[Path], target: Path) -> Path:
    temporary = paths[0].parent / "all.zip"
    with zipfile.ZipFile(temporary, "x", zipfile.ZIP_STORED) as archive:  # audio does not compress well
        for path in paths:
            archive.write(path, path.name)
    return Path(shutil.move(temporary, target))


def _free(path: Path) -> Path:
    """Return `path`, or if it exists, the first unused path with a number after its name."""
    suffix = path.suffix if path.suffix in _SUFFIXES else ""  # in a folder's name the dot is that of 97.6bpm
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.name.removesuffix(suffix)} {number}{suffix}")
        number += 1
    return candidate


def _base_names(take: TakeView, stems: list[str]) -> list[str]:
    """Return a name without suffix for each stem: as the take's own files, or with the name that its user gave it."""
    own = join_fitting(portable_words(take.name), _MAX_NAME_BYTES)
    label = FileLabel(
        title=own or title_of(take.data),
        take="" if own else short_id(str(take.data["id"])),
        tempo=tempo_words(take.tempo_map, length_beats_of(take.data)),
        key=key_words(take.key),
    )
    plain = (stem if stem in (*WHATS, HEARD) else stem_file_name(stem) for stem in stems)
    return base_names([replace(label, stem=stem) for stem in plain])
