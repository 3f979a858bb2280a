"""From a mix to stems that sum to it, at any sample rate, with one to eight channels, of any length."""

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
from engine.resample import resampled, resampled_length
from engine.separate.demucs_model import DemucsModel, torch_device
from engine.separate.overlap import overlapped, stretches

if TYPE_CHECKING:
    from engine.align.warp.source import Source
    from engine.contract import Audio
    from engine.separate.overlap import Stems

DEFAULT_MODEL = "htdemucs"
OTHER, RESIDUAL = "other", "residual"
MAX_CHANNELS = 8
_BLOCK_S = 5.0

Report = Callable[[float], None]
"""Takes the fraction that is done, 0–1; may raise `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Separation:
    """A separation under way.

    Attributes:
        names: the stems' names.
        blocks: the stems a few seconds at a time, float32 [shape=(frames, stems, channels)], as long as the mix.
    """

    names: tuple[str, ...]
    blocks: Iterator[Stems]


@dataclass(frozen=True, slots=True, eq=False)
class Separated:
    """Stems by name, float32 [shape=(frames, channels)] each, that sum to the mix; and what the user should read."""

    stems: dict[str, Audio]
    notices: tuple[str, ...] = ()


def find_separator(models_dir: Path | None, *, six: bool = False) -> str:
    """Return the name of an installed separator, with `six` rather the one that knows guitar and piano too.

    Raises
    ------
    EngineUnavailable
        If its libraries or every model are missing; the sentence says the command that installs them.
    """
    require_separator()
    installed = [entry.name for entry in installed_entries(models_dir, "separator")] if models_dir else []
    if not installed:
        raise not_installed(DEFAULT_MODEL)
    wanted = [name for name in installed if name.endswith("_6s") == six]
    return (wanted or installed)[0]


class Separator:
    """Keeps one separator model warm."""

    def __init__(self, models_dir: Path | None) -> None:
        """Take models from `models_dir`; nothing is loaded yet."""
        self._models_dir = models_dir
        self._model: DemucsModel | None = None

    def load(self, name: str = "") -> DemucsModel:
        """Return the model called `name` (default: an installed one), loaded; harmless when it is.

        Raises
        ------
        EngineUnavailable
            If the libraries or the model are not installed.
        InvalidValue
            If it is no separator.
        ModelFault
            If its files are damaged.
        """
        wanted = name or find_separator(self._models_dir)
        if self._model is None or self._model.name != wanted:
            folder = _folder_of(wanted, self._models_dir)
            self.unload()
            self._model = DemucsModel(folder, wanted, _device())
        return self._model

    def best(self, sources: Collection[str]) -> str:
        """Return the name of the installed separator for these stems beside drums, bass, vocals and other.

        Raises
        ------
        EngineUnavailable
            As `find_separator`.
        """
        return find_separator(self._models_dir, six=bool(sources))

    def unload(self) -> None:
        """Give all memory back; `load` may follow."""
        if self._model is not None:
            self._model.free()
            self._model = None

    def start(self, source: Source, sample_rate: int, report: Report, name: str = "") -> Separation:
        """Return the separation of `source`, which is read twice: for its level, and for its stems.

        Sums are exact to float32; `report` is called with every stretch.

        Raises
        ------
        InvalidValue
            If it has no frames, or more than eight channels.
        Cancelled
            Out of `report`, here or while the blocks are taken.
        """
        if source.frames < 1:
            raise InvalidValue("audio", "an empty file", "one frame or more")
        if not 1 <= source.channels <= MAX_CHANNELS:
            raise InvalidValue("channels", source.channels, f"1–{MAX_CHANNELS}")
        work = _Work(source, sample_rate, self.load(name), report)
        return Separation(work.names, work.blocks())

    def separate(self, mix: Audio, sample_rate: int, report: Report, name: str = "") -> Separated:
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


class _Work:
    """One mix on its way through a model, channels in pairs."""

    def __init__(self, source: Source, sample_rate: int, model: DemucsModel, report: Report) -> None:
        self._source, self._rate, self._model, self._report = source, sample_rate, model, report
        self._rest = model.sources.index(OTHER) if OTHER in model.sources else None
        self.names = model.sources if self._rest is not None else (*model.sources, RESIDUAL)
        self._offset, self._scale = self._level()
        self._done = 0

    def blocks(self) -> Iterator[Stems]:
        """Yield the stems with what is left over, as long as the mix."""
        channels, count = self._source.channels, len(self._model.sources)
        flat = (made.reshape(len(made), count * channels) for made in self._stretched())
        start = 0
        for block in resampled(flat, self._model.sample_rate, self._rate, self._source.frames):
            stems = block.reshape(len(block), count, channels)
            mix = self._source.read(start, start + len(block))
            start += len(block)
            left = mix - stems.sum(axis=1)
            if self._rest is None:
                yield np.concatenate([stems, left[:, None]], axis=1)
            else:
                stems[:, self._rest] += left
                yield stems

    def _stretched(self) -> Iterator[Stems]:
        """Yield the model's stems at its own rate."""
        length = resampled_length(self._source.frames, self._rate, self._model.sample_rate)
        mix = resampled(self._mix_blocks(), self._rate, self._model.sample_rate, length)
        count = stretches(length, self._model.segment)
        for number, made in enumerate(overlapped(mix, length, self._model.segment, self._apply), 1):
            self._report(number / count)
            yield made

    def _mix_blocks(self) -> Iterator[Audio]:
        size = max(1, round(_BLOCK_S * self._rate))
        for start in range(0, self._source.frames, size):
            yield self._source.read(start, min(start + size, self._source.frames))

    def _apply(self, window: Audio) -> Stems:
        """Run the model on each pair of channels; a single one is heard from the middle."""
        made = np.zeros((len(window), len(self._model.sources), window.shape[1]), np.float32)
        for first in range(0, window.shape[1], 2):
            pair = window[:, first : first + 2]
            if not pair.any():
                continue  # nothing there, though a model might hear something
            stems = self._model.apply((np.repeat(pair, 3 - pair.shape[1], axis=1) - self._offset) / self._scale)
            stems = stems * self._scale + self._offset / len(self._model.sources)
            made[:, :, first : first + 2] = stems if pair.shape[1] == 2 else stems.mean(axis=2, keepdims=True)
        return made

    def _level(self) -> tuple[np.float32, np.float32]:
        """Return mean and spread of the whole mix's channels' mean: models are trained on mixes with 0 and 1."""
        count, total, squares = 0, 0.0, 0.0
        for block in self._mix_blocks():
            mono = block.mean(axis=1, dtype=np.float64)
            count, total, squares = count + len(mono), total + float(mono.sum()), squares + float(mono @ mono)
        mean = total / count
        spread = np.sqrt(max(0.0, squares / count - mean * mean))
        return np.float32(mean), np.float32(max(spread, 1e-5))
