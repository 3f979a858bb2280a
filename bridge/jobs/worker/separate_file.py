"""Separates an audio file into stems: the work of `stembridge separate`.

The stems are WAVs like a take's. Tempo and meter are unknown, so the folder gets a `separation.json` instead of a
take's manifest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import bridge
from bridge.jobs.job import new_job_id
from bridge.takes.file_names import MIX_STEM, FileLabel, base_names, room_in, source_words
from bridge.takes.manifest import audio_entry, stem_entry
from bridge.takes.naming import stem_file_name, take_folder_name
from bridge.takes.staging import Staging, check_free, check_space, clear_errors, write_file
from bridge.takes.stream import InfoOf, needed_bytes, write_stems
from bridge.takes.take import BitDepth
from bridge.takes.wav import WavInfo
from engine.audiofiles import open_stems
from engine.errors import InvalidValue
from engine.music import Meter
from engine.rawfile import RawFile
from engine.separate import Separation, Separator
from engine.separate.separator import OTHER, RESIDUAL
from engine.stems import StemSource

if TYPE_CHECKING:
    from engine.contract import Audio, Progress

REPORT = "separation.json"


@dataclass(frozen=True, slots=True)
class SeparateOrder:
    """One request to separate a file.

    Attributes:
        file: the mix.
        model: the separator's name; empty = an installed one.
        bit_depth: sample format of the WAVs.
        gains_db: gain by stem in dB; the mix changes with them.
    """

    file: Path
    model: str
    bit_depth: BitDepth
    gains_db: Mapping[str, float]


def separate_file(order: SeparateOrder, separator: Separator, out: Path, progress: Progress) -> dict[str, Any]:
    """Write the stems of a file and their sum into `out`; return `separation.json`, with its path under "report".

    Raises
    ------
    InvalidValue
        If the file, a stem's name or `out` cannot be used.
    EngineUnavailable
        If the separator is not installed; the sentence gives the command that installs it.
    StemBridgeError
        If the stems cannot be written.
    Cancelled
        Raised by `progress`. On any error no file is left.
    """
    identity, created = new_job_id(), datetime.now(UTC).astimezone()
    name = separator.load(order.model).name
    folder_name = take_folder_name(created, "stems", identity)
    with clear_errors(out, 0), Staging(out, [folder_name], into_folder=True) as staging:
        folder = staging.paths[0]
        report: dict[str, Any] = {
            "format": 1,
            "id": identity,
            "created": created.astimezone(UTC).isoformat(timespec="milliseconds"),
            "source": str(order.file),
            "model": name,
            "bit_depth": order.bit_depth,
            "gains_db": dict(order.gains_db),
            "version": bridge.__version__,
        }
        info = partial(_info, source=order.file.name, identity=identity, created=created)
        report |= _written(order, separator, folder, out, info, progress)
        text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
        write_file(folder / REPORT, [text.encode("utf-8", "replace")], durable=True)
        staging.publish()
    return {**report, "report": str(out / REPORT)}


def _written(
    order: SeparateOrder, separator: Separator, folder: Path, out: Path, info: InfoOf, progress: Progress
) -> dict[str, Any]:
    """Write the WAVs into the staging folder `folder` of `out`; return the report's entries about them."""
    started = time.perf_counter()
    with open_stems([order.file], folder / "mix.raw") as mix:
        separation = separator.start(
            mix.source, mix.sample_rate, lambda fraction: progress("separating", fraction), order.model
        )
        gains = _gains(separation.names, order.gains_db)
        with RawFile(folder / "stems.raw", len(separation.names) * mix.channels) as raw:
            stems = StemSource(separation.names, raw.fill(_flat(separation, gains)), mix.sample_rate)
            separated = time.perf_counter()
            check_space(out, needed_bytes(stems, order.bit_depth))
            files = _file_names(order.file, separation.names, folder)
            for name in [*files, REPORT]:
                check_free(out / name)
            rest = OTHER if OTHER in separation.names else RESIDUAL
            made = write_stems(
                stems, folder, files, order.bit_depth, info, lambda fraction: progress("writing", fraction), rest=rest
            )
    timings = {"separating": separated - started, "writing": time.perf_counter() - separated}
    return {
        "sample_rate": stems.sample_rate,
        "frames": stems.frames,
        "channels": stems.channels,
        "stems": [stem_entry(stem) for stem in made.stems],
        "mix": audio_entry(made.mix),
        "stem_sum_error_db": made.stem_sum_error_db,
        "gain_db": made.gain_db,
        "timings": {phase: round(seconds, 4) for phase, seconds in timings.items()},
    }


def _file_names(source: Path, stems: Sequence[str], folder: Path) -> list[str]:
    """Return the names of the WAVs, the mix's last: the source's own name, then the stem."""
    title = source_words(source.stem, keep_tempo=True)
    labels = [FileLabel(title=title, stem=name) for name in (*map(stem_file_name, stems), MIX_STEM)]
    return [f"{base}.wav" for base in base_names(labels, room_in(folder))]


def _gains(names: tuple[str, ...], gains_db: Mapping[str, float]) -> Audio:
    """Return each stem's gain, linear [shape=(stems, 1)]."""
    for name in gains_db:
        if name not in names:
            raise InvalidValue("--gain", name, f"one of {', '.join(names)}")
    return np.array([[10 ** (gains_db.get(name, 0.0) / 20)] for name in names], dtype=np.float32)


def _flat(separation: Separation, gains: Audio) -> Iterator[Audio]:
    for block in separation.blocks:
        yield (block * gains).reshape(len(block), -1)


def _info(title: str, source: str, identity: str, created: datetime) -> WavInfo:
    return WavInfo(
        title=title,
        prompt=f"from {source}",
        seed=0,
        take_id=identity,
        created=created,
        time_reference_frames=0,
        bpm=None,
        meter=Meter(4, 4),
        beats=Fraction(1),
        key=None,
        is_loop=False,
    )
