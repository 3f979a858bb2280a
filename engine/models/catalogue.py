"""Reads the catalogue of models: the shipped one, with the user's own entries over it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

from engine.contract import TASKS
from engine.errors import InvalidValue, ModelFault

Kind = Literal["music", "separator"]
Layout = Literal["diffusers", "original", "demucs"]

OWN_FILE = "catalogue.toml"
"""In the models' folder: the user's own entries."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_COMPONENTS = ("transformer", "encoders", "text_encoder", "vae")


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a music model's sampler takes.

    Attributes:
        steps: the number the model is made for.
        max_steps: more are of no use; the engine runs this many and says so.
        cfg: default guidance; None = the model has none, the block's `cfg` has no effect.
        shift: default timestep shift, and its least and greatest.
    """

    steps: int
    max_steps: int
    cfg: float | None
    shift: float
    min_shift: float
    max_shift: float


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        files: patterns (`fnmatch`, over the whole path) of the repository's files that are wanted.
        size_bytes: of these files, as published.
        licence: as the repository said when the entry was written; what it says at download is in the record.
        parameters: how many numbers all components have together.
        transformer: folder of the diffusion transformer in the layout "original".
        weights_bytes: of each component of a music model, in bfloat16.
    """

    name: str
    label: str
    kind: Kind
    repository: str
    revision: str
    layout: Layout
    files: tuple[str, ...]
    size_bytes: int
    licence: str
    parameters: int
    tasks: tuple[str, ...] = ()
    transformer: str = ""
    sampling: Sampling | None = None
    weights_bytes: tuple[tuple[str, int], ...] = ()

    @property
    def resident_bytes(self) -> int:
        """All components together, in bfloat16."""
        return sum(size for _, size in self.weights_bytes)

    @property
    def largest_bytes(self) -> int:
        """The largest component, in bfloat16: what has to fit where they take turns."""
        return max((size for _, size in self.weights_bytes), default=0)


def read_catalogue(models_dir: Path | None = None) -> dict[str, ModelEntry]:
    """Return every known model by name, in order of preference; the user's own entries come first.

    Raises
    ------
    ModelFault
        If the user's file cannot be read; the sentence names the file and what is wrong in it.
    """
    shipped = _shipped()
    own = models_dir / OWN_FILE if models_dir else None
    if own is None or not own.is_file():
        return dict(shipped)
    try:
        entries = parse_catalogue(own.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # TOMLDecodeError, UnicodeDecodeError and InvalidValue are ValueErrors
        raise ModelFault(f"The list of own models {own} cannot be used: {error}") from None
    return {**entries, **{name: entry for name, entry in shipped.items() if name not in entries}}


def find_entry(name: str, models_dir: Path | None = None) -> ModelEntry:
    """Return the entry called `name`.

    Raises
    ------
    InvalidValue
        If there is none; the sentence lists all.
    """
    known = read_catalogue(models_dir)
    if name not in known:
        raise InvalidValue("model", name, f"one of {', '.join(known)}")
    return known[name]


@cache
def _shipped() -> Mapping[str, ModelEntry]:
    return parse_catalogue(resources.files("engine.models").joinpath("catalogue.toml").read_text(encoding="utf-8"))


def parse_catalogue(text: str) -> dict[str, ModelEntry]:
    """Return the entries of a catalogue file.

    Raises
    ------
    tomllib.TOMLDecodeError
        If it is not TOML.
    InvalidValue
        If a value is missing or wrong; named like `ace-step-2b-turbo.licence`.
    """
    return {name: _entry(name, table) for name, table in tomllib.loads(text).items()}


def _entry(name: str, table: object) -> ModelEntry:
    if not _NAME.fullmatch(name):
        raise InvalidValue("model", name, "a name of up to 64 small letters, digits, - _ and .")
    fields = _Fields(name, table)
    kind: Kind = fields.one_of("kind", get_args(Kind))
    layout: Layout = fields.one_of("layout", get_args(Layout))
    entry = ModelEntry(
        name=name,
        label=fields.text("label"),
        kind=kind,
        repository=fields.text("repository"),
        revision=fields.text("revision"),
        layout=layout,
        files=fields.texts("files"),
        size_bytes=int(fields.number("size")),
        licence=fields.text("licence"),
        parameters=int(fields.number("parameters")),
        transformer=fields.text("transformer") if layout == "original" else "",
    )
    return _with_music(entry, fields) if kind == "music" else entry


def _with_music(entry: ModelEntry, fields: _Fields) -> ModelEntry:
    tasks = fields.texts("tasks")
    for task in tasks:
        if task not in TASKS:
            raise InvalidValue(f"{entry.name}.tasks", task, f"among {', '.join(TASKS)}")
    steps, shift, weights = fields.inner("steps"), fields.inner("shift"), fields.inner("weights")
    sampling = Sampling(
        steps=int(steps.number("default")),
        max_steps=int(steps.number("max")),
        cfg=fields.number("cfg", least=0) or None,
        shift=shift.number("default"),
        min_shift=shift.number("min"),
        max_shift=shift.number("max"),
    )
    sizes = tuple((component, int(weights.number(component))) for component in _COMPONENTS)
    return replace(entry, tasks=tasks, sampling=sampling, weights_bytes=sizes)


class _Fields:
    """One table of the file, whose values are checked as they are taken."""

    def __init__(self, name: str, table: object) -> None:
        if not isinstance(table, dict):
            raise InvalidValue(name, table, "a table")
        self._name = name
        self._table: dict[str, Any] = table

    def inner(self, key: str) -> _Fields:
        return _Fields(f"{self._name}.{key}", self._table.get(key))

    def text(self, key: str) -> str:
        value = self._table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise InvalidValue(f"{self._name}.{key}", value, "a text")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> Any:  # noqa: ANN401  (a Literal, told apart by the caller)
        value = self.text(key)
        if value not in allowed:
            raise InvalidValue(f"{self._name}.{key}", value, " or ".join(allowed))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._table.get(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise InvalidValue(f"{self._name}.{key}", values, "a list of texts")
        return tuple(values)

    def number(self, key: str, least: float = 1e-9) -> float:
        value = self._table.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value < 1e15:
            raise InvalidValue(f"{self._name}.{key}", value, "a positive number" if least else "a number from 0")
        return value
