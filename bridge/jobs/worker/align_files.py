"""Aligns audio files to the grid and writes them as a take: the work of `stembridge align`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from bridge.jobs.job import new_job_id
from bridge.request.block import default_of
from bridge.takes.file_names import MIX_STEM, FileLabel, base_names, common_words, room_in, source_words, tempo_words
from bridge.takes.files import wav_info
from bridge.takes.manifest import build_manifest, manifest_bytes
from bridge.takes.naming import take_folder_name
from bridge.takes.staging import Staging, check_free, check_space, clear_errors, write_file
from bridge.takes.stream import needed_bytes, write_stems
from bridge.takes.take import MANIFEST, Take, WrittenTake
from engine.align.conform import Conformed, TargetGrid
from engine.align.stream import Streamed, conform_stream
from engine.audiofiles import length_notices, open_stems
from engine.contract import Generation, GenerationRequest, Progress
from engine.finish import details
from engine.music import Meter, MeterMap, TempoMap
from engine.origin import Origin
from engine.stems import StemSource

PLOT = "alignment.png"
ENGINE = "align"
_PLOT_RATE_HZ = 200
_NOTHING = np.zeros((0, 2), np.float32)


@dataclass(frozen=True, slots=True)
class AlignOrder:
    """One request to align files.

    Attributes:
        files: a mix, or the stems of one piece.
        block: the relevant values of the parameter block, for the manifest.
        tempo_map: tempo of the grid, from the take's start.
        meter: time signature of the grid.
        bars: length of the take in bars.
        meter_map: its changes within the take; None = none.
        source_bpm: intended tempo of the files; None = the project's.
        sample_rate: sample rate of the take in Hz; None = the files' own.
        start_beat: start of the take in the project, in quarter-note beats.
        one_shot: let it end and ring out, instead of looping.
        plot: write a picture of the alignment beside it.
    """

    files: tuple[Path, ...]
    block: Mapping[str, Any]
    tempo_map: TempoMap
    meter: Meter
    bars: Fraction
    source_bpm: float | None = None
    sample_rate: int | None = None
    start_beat: float = 0.0
    one_shot: bool = False
    plot: bool = False
    meter_map: MeterMap | None = None

    @property
    def grid(self) -> TargetGrid:
        """The grid that the take is aligned to."""
        meters = self.meter_map or MeterMap.constant(self.meter)
        return TargetGrid(self.tempo_map, self.meter, meters.beats(self.bars), self.meter_map)


def align_files(order: AlignOrder, out: Path, progress: Progress) -> dict[str, Any]:
    """Write the take into `out`; return its manifest, with the manifest's path under "manifest".

    Raises
    ------
    InvalidValue
        If a file, a value or `out` cannot be used.
    StemBridgeError
        If the take cannot be written.
    Cancelled
        Raised by `progress`. On any error no file is left.
    """
    started, take_id = time.perf_counter(), new_job_id()
    created = datetime.now(UTC).astimezone()
    name = take_folder_name(created, "align", take_id)
    with clear_errors(out, 0), Staging(out, [name], into_folder=True) as staging:
        folder = staging.paths[0]
        with ExitStack() as stack:
            stems = stack.enter_context(open_stems(order.files, folder / "rate.raw", order.sample_rate))
            streamed = stack.enter_context(
                contextmanager(conform_stream)(
                    stems,
                    order.grid,
                    order.source_bpm or float(order.tempo_map.points[0].bpm),
                    folder / "warped.raw",
                    pitch_semitones=float(order.block["pitch_shift"]),
                    ending="one_shot" if order.one_shot else "loop",
                    keep_tail=order.one_shot,
                    report=lambda fraction: progress("aligning", fraction),
                )
            )
            aligned = time.perf_counter()
            take = _take(order, streamed, take_id, name, created, {"aligning": round(aligned - started, 4)})
            files = _file_names(order, streamed.stems, folder)
            _check_room(streamed.stems, take, out, files)
            written = _write(take, streamed, folder, files, progress)
            if order.plot:
                _plot(order, streamed, folder / PLOT)
        manifest = build_manifest(take, written, timings={"writing": round(time.perf_counter() - aligned, 4)})
        write_file(folder / MANIFEST, [manifest_bytes(manifest)], durable=True)
        staging.publish()
    return {**manifest, "manifest": str(out / MANIFEST)}


def _file_names(order: AlignOrder, stems: StemSource, folder: Path) -> list[str]:
    """Return the names of the WAVs, the mix's last: the files' own, with the new tempo."""
    tempo = tempo_words(order.tempo_map, order.grid.length_beats)
    labels = [FileLabel(title=source_words(name), tempo=tempo) for name in stems.names]
    labels.append(FileLabel(title=common_words(stems.names), tempo=tempo, stem=MIX_STEM))
    return [f"{base}.wav" for base in base_names(labels, room_in(folder))]


def _check_room(stems: StemSource, take: Take, out: Path, files: Sequence[str]) -> None:
    check_space(out, needed_bytes(stems, take.bit_depth))
    for file in [*files, PLOT, MANIFEST]:
        check_free(out / file)


def _take(
    order: AlignOrder, streamed: Streamed, take_id: str, name: str, created: datetime, timings: Mapping[str, float]
) -> Take:
    stems, report = streamed.stems, streamed.report
    titles = ", ".join(path.name for path in order.files)
    request = GenerationRequest(
        genres=titles,
        key=None,
        meter=order.meter,
        tempo_map=order.tempo_map,
        length_beats=order.grid.length_beats,
        sample_rate=stems.sample_rate,
        seed=0,
        pitch_shift_semitones=float(order.block["pitch_shift"]),
        meter_map=order.meter_map,
    )
    if stems.frames != request.frames:  # a one-shot that rings longer than its bars
        beats = Fraction(order.tempo_map.beats(stems.frames / stems.sample_rate))
        request = replace(request, length_beats=beats)
    params = {**order.block, "sample_rate": stems.sample_rate, "source_audio": [str(path) for path in order.files]}
    return Take(
        take_id=take_id,
        folder_name=name,
        created=created,
        engine=ENGINE,
        generation=Generation(
            (), _NOTHING, 0, None, "", on_grid=True, notices=(*length_notices(order.files), *report.notices)
        ),
        request=request,
        start_beat=order.start_beat,
        start_seconds=None,
        bars=float(order.bars),
        params=params,
        origin={name: _origin(name, value) for name, value in params.items()},
        prompt=titles,
        bit_depth=order.block["bit_depth"],
        timings=timings,
        alignment=report.error,
        alignment_details=details(report, order.source_bpm or float(order.tempo_map.points[0].bpm)),
        given_title=common_words(stems.names),
    )


def _origin(name: str, value: object) -> Origin:
    return Origin.DEFAULT if value == default_of(name) else Origin.USER


def _write(take: Take, streamed: Streamed, folder: Path, files: Sequence[str], progress: Progress) -> WrittenTake:
    made = write_stems(
        streamed.stems,
        folder,
        files,
        take.bit_depth,
        lambda name: wav_info(take, name),
        lambda fraction: progress("writing", fraction),
    )
    notices: tuple[str, ...] = ()
    if made.gain_db:
        notices = (f"Stems and mix were turned down by {-made.gain_db:.1f} dB together, to fit their bit depth.",)
    return WrittenTake(made.stems, made.mix, streamed.report.error, made.stem_sum_error_db, made.gain_db, notices)


def _plot(order: AlignOrder, streamed: Streamed, path: Path) -> None:
    """Plot the take from its highest and lowest samples: an hour of audio would not fit into memory."""
    from engine.align.plot import plot

    stems = streamed.stems
    edges = np.arange(0, stems.frames, stems.sample_rate / _PLOT_RATE_HZ).astype(np.intp)
    extremes = []
    start = 0
    for block in stems.blocks():
        mono = block.sum(axis=1).mean(axis=1)
        own = edges[(edges >= start) & (edges < start + len(block))] - start
        if own.size:
            outer = [np.maximum.reduceat(mono, own), np.minimum.reduceat(mono, own)]
            extremes.append(np.stack(outer, axis=1).ravel())
        start += len(block)
    mix = np.concatenate(extremes).astype(np.float32)[:, None]
    title = ", ".join(file.name for file in order.files)
    plot(Conformed({}, mix, streamed.report), order.grid, 2 * _PLOT_RATE_HZ, path, title)
