"""Separates a mix into stems that sum to it: any sample rate, one to eight channels, any length."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import InvalidValue
from engine.models.catalogue import find_entry
from engine.models.installed_models import ModelStore, installed_entries, not_installed
from engine.optional_libraries import require_separator
from engine.resample import resample_blocks, resampled_length
from engine.separate.demucs_model import DemucsModel, torch_device
from engine.separate.overlap import overlapped, segment_count

if TYPE_CHECKING:
    from engine.contract import Audio, Source
    from engine.separate.overlap import Stems

DEFAULT_MODEL = "htdemucs"
OTHER, RESIDUAL = "other", "residual"
MAX_CHANNELS = 8
_BLOCK_S = 5.0

ReportProgress = Callable[[float], None]
"""Called with the fraction done, 0–1; may raise `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Separation:
    """A separation that is computed as its blocks are read.

    Attributes:
        names: the stems' names.
        blocks: the stems a few seconds at a time, float32 [shape=(frames, stems, channels)], in all as long as the
            mix.
    """

    names: tuple[str, ...]
    blocks: Iterator[Stems]


@dataclass(frozen=True, slots=True, eq=False)
class Separated:
    """Stems by name, float32 [shape=(frames, channels)] each, that sum to the mix; and notices for the user."""

    stems: dict[str, Audio]
    notices: tuple[str, ...] = ()


def find_separator(models_dir: Path | None, *, six: bool = False) -> str:
    """Return the name of an installed separator, preferably with `six` stems (guitar and piano too) or without.

    Raises
    ------
    EngineUnavailable
        If its libraries or all models are missing; the message names the command that installs them.
    """
    require_separator()
    installed = [entry.name for entry in installed_entries(models_dir, "separator")] if models_dir else []
    if not installed:
        raise not_installed(DEFAULT_MODEL)
    matching = [name for name in installed if name.endswith("_6s") == six]
    return (matching or installed)[0]


class Separator:
    """Runs separations and keeps one model loaded between them."""

    def __init__(self, models_dir: Path | None) -> None:
        """Remember `models_dir`; nothing is loaded yet."""
        self._models_dir = models_dir
        self._model: DemucsModel | None = None

    def load(self, name: str = "") -> DemucsModel:
        """Return the model called `name` (default: an installed one), loading it unless it is loaded already.

        Raises
        ------
        EngineUnavailable
            If the libraries or the model are not installed.
        InvalidValue
            If the model is no separator.
        ModelFault
            If its files are damaged.
        """
        name = name or find_separator(self._models_dir)
        if self._model is None or self._model.name != name:
            folder = _folder_of(name, self._models_dir)
            self.unload()
            self._model = DemucsModel(folder, name, _device())
        return self._model

    def best(self, sources: Collection[str]) -> str:
        """Return the installed separator for stems in addition to drums, bass, vocals and other: `sources`, or none.

        Raises
        ------
        EngineUnavailable
            As `find_separator`.
        """
        return find_separator(self._models_dir, six=bool(sources))

    def unload(self) -> None:
        """Free all memory; `load` may follow."""
        if self._model is not None:
            self._model.free()
            self._model = None

    def start(self, source: Source, sample_rate: int, report: ReportProgress, name: str = "") -> Separation:
        """Return the separation of `source`, which is read twice: for its level, and for its stems.

        The stems sum to the mix within float32 precision; `report` is called after every segment.

        Raises
        ------
        InvalidValue
            If it has no frames, or more than eight channels.
        Cancelled
            Raised by `report` while the blocks are read.
        """
        if source.frames < 1:
            raise InvalidValue("audio", "an empty file", "one frame or more")
        if not 1 <= source.channels <= MAX_CHANNELS:
            raise InvalidValue("channels", source.channels, f"1–{MAX_CHANNELS}")
        run = _SeparationRun(source, sample_rate, self.load(name), report)
        return Separation(run.names, run.blocks())

    def separate(self, mix: Audio, sample_rate: int, report: ReportProgress, name: str = "") -> Separated:
        """Return the stems of `mix`, float32 [shape=(frames, channels)]; errors are those of `start`."""
        from engine.align.warp.source import ArraySource, without_broken_samples  # with all of scipy's filters

        clean, broken = without_broken_samples(mix)
        separation = self.start(ArraySource(clean), sample_rate, report, name)
        stems = {stem: np.empty_like(clean) for stem in separation.names}
        done = 0
        for block in separation.blocks:
            for number, audio in enumerate(stems.values()):
                audio[done : done + len(block)] = block[:, number]
            done += len(block)
        assert self._model is not None
        self._model.relax()
        notices = (f"{broken} samples of the mix were no numbers; they were made silent.",) if broken else ()
        return Separated(stems, notices)


def _folder_of(name: str, models_dir: Path | None) -> Path:
    require_separator()
    entry = find_entry(name, models_dir)
    if entry.kind != "separator":
        raise InvalidValue("model", name, "a separator like htdemucs or htdemucs_6s")
    if models_dir is None:
        raise not_installed(name)
    return ModelStore(models_dir).get(name).folder


def _device() -> str:
    from engine.hardware.probe import probe

    return torch_device(probe())


class _SeparationRun:
    """The separation of one mix by a model, in pairs of channels."""

    def __init__(self, source: Source, sample_rate: int, model: DemucsModel, report: ReportProgress) -> None:
        self._source, self._rate, self._model, self._report = source, sample_rate, model, report
        self._rest = model.sources.index(OTHER) if OTHER in model.sources else None
        self.names = model.sources if self._rest is not None else (*model.sources, RESIDUAL)
        self._offset, self._scale = self._level()
        self._done = 0

    def blocks(self) -> Iterator[Stems]:
        """Yield the stems at the mix's rate, with the remainder added to "other" or as a stem of its own."""
        channels, count = self._source.channels, len(self._model.sources)
        flat = (made.reshape(len(made), count * channels) for made in self._model_stems())
        start = 0
        for block in resample_blocks(flat, self._model.sample_rate, self._rate, self._source.frames):
            stems = block.reshape(len(block), count, channels)
            mix = self._source.read(start, start + len(block))
            start += len(block)
            remainder = mix - stems.sum(axis=1)
            if self._rest is None:
                yield np.concatenate([stems, remainder[:, None]], axis=1)
            else:
                stems[:, self._rest] += remainder
                yield stems

    def _model_stems(self) -> Iterator[Stems]:
        """Yield the model's stems at the model's rate."""
        length = resampled_length(self._source.frames, self._rate, self._model.sample_rate)
        mix = resample_blocks(self._mix_blocks(), self._rate, self._model.sample_rate, length)
        count = segment_count(length, self._model.segment)
        for number, made in enumerate(overlapped(mix, length, self._model.segment, self._apply), 1):
            self._report(number / count)
            yield made

    def _mix_blocks(self) -> Iterator[Audio]:
        size = max(1, round(_BLOCK_S * self._rate))
        for start in range(0, self._source.frames, size):
            yield self._source.read(start, min(start + size, self._source.frames))

    def _apply(self, window: Audio) -> Stems:
        """Run the model on each pair of channels; a single channel is sent to both of a pair."""
        made = np.zeros((len(window), len(self._model.sources), window.shape[1]), np.float32)
        for first in range(0, window.shape[1], 2):
            pair = window[:, first : first + 2]
            if not pair.any():
                continue  # a model might find something even in silence
            stems = self._model.apply((np.repeat(pair, 3 - pair.shape[1], axis=1) - self._offset) / self._scale)
            stems = stems * self._scale + self._offset / len(self._model.sources)
            made[:, :, first : first + 2] = stems if pair.shape[1] == 2 else stems.mean(axis=2, keepdims=True)
        return made

    def _level(self) -> tuple[np.float32, np.float32]:
        """Return mean and standard deviation of the mono mix; models are trained on mixes normalised to 0 and 1."""
        count, total, squares = 0, 0.0, 0.0
        for block in self._mix_blocks():
            mono = block.mean(axis=1, dtype=np.float64)
            count, total, squares = count + len(mono), total + float(mono.sum()), squares + float(mono @ mono)
        mean = total / count
        spread = np.sqrt(max(0.0, squares / count - mean * mean))
        return np.float32(mean), np.float32(max(spread, 1e-5))
