"""Writes the files of one take: stems, mix and MIDI on two threads, measured as written, then the manifest.

sha256, soundfile and scipy release Python's global lock, so two threads halve the time. Every level in the manifest
is that of the samples in the file, after rounding to its bit depth.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bridge.takes.manifest import build_manifest, manifest_bytes
from bridge.takes.midi_timing import MidiGrid
from bridge.takes.midifile import InstrumentPart, midi_parts, write_midi, write_song
from bridge.takes.staging import write_file
from bridge.takes.take import MANIFEST, AudioFile, Take, WrittenTake
from bridge.takes.take_file_names import TakeFileNames
from bridge.takes.wav import BYTES_PER_SAMPLE, WavInfo, check_size, quantise, write_wav
from engine.align.measure import GridError, measure_on_grid
from engine.contract import ENDS, Stem
from engine.errors import EngineFailed
from engine.levels import decibels, peak, peak_db, sum_error_db
from engine.loudness import lufs

if TYPE_CHECKING:
    from engine.contract import Audio

_THREADS = 2
_OTHER_BYTES = 200_000  # headers, MIDI and manifest, generously


@dataclass(frozen=True, slots=True)
class PreparedTake:
    """A take whose audio has been checked.

    Attributes:
        take: the take.
        names: names of its files.
        gain: factor for all stems and the mix, 1 unless an integer format would clip.
        needed_bytes: upper bound of the size of all files on disk.
    """

    take: Take
    names: TakeFileNames
    gain: float
    needed_bytes: int

    @property
    def steps(self) -> int:
        """Number of progress reports: one per stem, and one each for mix, grid, sum, MIDI and manifest."""
        return len(self.take.generation.stems) + 5


def prepare(take: Take, names: TakeFileNames) -> PreparedTake:
    """Check the audio of `take`, whose files are to be called `names`.

    Raises
    ------
    EngineFailed
        If stems or mix are not stereo of the requested length, or have samples that are not finite.
    StemBridgeError
        If a file would be larger than a WAV can be.
    """
    audios = {**{stem.name: stem.audio for stem in take.generation.stems}, "mix": take.generation.mix}
    shape = (take.request.frames, 2)
    check_size(*shape, take.bit_depth)
    loudest = 0.0
    for name, audio in audios.items():
        if audio.shape != shape:
            raise EngineFailed(f"The engine made {name} with {audio.shape} samples instead of {shape}: try again.")
        level = peak(audio)
        if not np.isfinite(level):
            raise EngineFailed(f"The engine made {name} with samples that are no numbers: try another seed.")
        loudest = max(loudest, level)
    gain = 1.0
    if loudest > 1.0 and take.bit_depth != "float":
        gain = (1.0 - 2.0 ** (1 - int(take.bit_depth))) / loudest
    audio_bytes = shape[0] * shape[1] * BYTES_PER_SAMPLE[take.bit_depth]
    return PreparedTake(take, names, gain, len(audios) * audio_bytes + _OTHER_BYTES)


def write_files(ready: PreparedTake, folder: Path, step: Callable[[], None], variations: Sequence[str]) -> None:
    """Write all files of a take to the existing `folder`, the manifest last; `step` is called `ready.steps` times.

    Raises
    ------
    OSError
        If a file cannot be written.
    Exception
        Any error of `step`, once the files being written are finished.
    """
    started = time.perf_counter()
    written = _write_all(ready, folder, step)
    timings = {"writing": round(time.perf_counter() - started, 4)}
    manifest = build_manifest(ready.take, written, timings=timings, variations=variations)
    write_file(folder / MANIFEST, [manifest_bytes(manifest)], durable=True)
    step()


def _write_all(ready: PreparedTake, folder: Path, step: Callable[[], None]) -> WrittenTake:
    take, stems, names = ready.take, ready.take.generation.stems, ready.names
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="take")
    try:
        # The sum takes the most time and memory: it goes first, beside the small measurement.
        sum_error = pool.submit(_delivered_sum_error_db, ready)
        grid = pool.submit(_grid, take)
        midi_files = pool.submit(_write_midi_files, ready, folder)
        files = [
            pool.submit(_write_audio, ready, stem, folder, file, midi)
            for stem, file, midi in zip(stems, names.stems, names.midi, strict=True)
        ]
        mix_file = pool.submit(_write_audio, ready, Stem("mix", take.generation.mix), folder, names.mix, None)
        everything: list[Future[object]] = [sum_error, grid, midi_files, *files, mix_file]  # type: ignore[list-item]
        for future in everything:
            future.result()
            step()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return WrittenTake(
        stems=tuple(future.result() for future in files),
        mix=mix_file.result(),
        alignment=grid.result(),
        stem_sum_error_db=sum_error.result(),
        gain_db=0.0 if ready.gain == 1.0 else round(decibels(ready.gain), 3),
        notices=_notices(ready),
        song=names.song,
    )


def _write_midi_files(ready: PreparedTake, folder: Path) -> None:
    """Write the MIDI file of each stem whose notes are known, and the one with all of them."""
    take, names = ready.take, ready.names
    grid = MidiGrid(take.request.tempo_map, take.request.meters.changes, take.request.length_beats, take.key)
    parts: list[InstrumentPart] = []
    for file, part in zip(names.midi, midi_parts(take.generation.stems), strict=True):
        if file is not None and part is not None:
            write_midi(folder / file, part, grid)
            parts.append(part)
    if names.song is not None:
        write_song(folder / names.song, take.title, parts, grid)


def _write_audio(ready: PreparedTake, stem: Stem, folder: Path, file: str, midi: str | None) -> AudioFile:
    take = ready.take
    sample_rate = take.request.sample_rate
    samples = quantise(stem.audio, take.bit_depth, ready.gain)
    sha256 = write_wav(
        folder / file, samples, sample_rate, take.bit_depth, wav_info(take, stem.name, stem.is_drums), quantised=True
    )
    loudness = lufs(samples, sample_rate)
    return AudioFile(
        name=stem.name,
        file=file,
        midi=midi,
        peak_db=round(peak_db(samples), 2),
        lufs=None if loudness is None else round(loudness, 2),
        sha256=sha256,
    )


def wav_info(take: Take, name: str, is_drums: bool = False) -> WavInfo:
    """Return the metadata for the WAV of the stem `name` of `take`, or of its mix."""
    request, generation = take.request, take.generation
    tempo_map = request.tempo_map
    mean_bpm = 60.0 * float(request.length_beats) / tempo_map.seconds(request.length_beats)
    return WavInfo(
        title=name,
        prompt=take.prompt,
        seed=generation.seed,
        take_id=take.take_id,
        created=take.created,
        time_reference_frames=take.time_reference_frames,
        bpm=tempo_map.points[0].bpm if tempo_map.is_constant else mean_bpm,
        meter=request.meter,
        beats=request.length_beats,
        key=None if is_drums else take.key,
        is_loop=tempo_map.is_constant and take.params.get("ending") != ENDS,
    )


def _delivered_sum_error_db(ready: PreparedTake) -> float | None:
    """Return the peak of the stems' files summed minus the mix's file, in dBFS; None without stems."""
    generation, depth = ready.take.generation, ready.take.bit_depth
    if not generation.stems:
        return None

    def delivered(audio: Audio) -> Audio:
        return quantise(audio, depth, ready.gain)

    return round(sum_error_db((delivered(stem.audio) for stem in generation.stems), delivered(generation.mix)), 2)


def _grid(take: Take) -> GridError:
    if take.alignment is not None:
        return take.alignment
    return measure_on_grid(take.generation.stems, take.request.tempo_map, take.request.sample_rate)


def _notices(ready: PreparedTake) -> tuple[str, ...]:
    if ready.gain == 1.0:
        return ()
    return (
        f"Stems and mix were turned down by {-decibels(ready.gain):.1f} dB together, because they are louder than "
        f"{ready.take.bit_depth}-bit files can hold.",
    )
