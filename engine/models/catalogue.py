"""Reads the catalogue of models: the shipped one, and the user's own entries, which take precedence."""

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
from engine.did_you_mean import one_of
from engine.errors import InvalidValue, ModelFault

ModelKind = Literal["music", "separator"]
ModelLayout = Literal["diffusers", "original", "demucs"]

OWN_FILE = "catalogue.toml"
"""The file with the user's own entries, in the models' folder."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_COMPONENTS = ("transformer", "encoders", "text_encoder", "vae")


@dataclass(frozen=True, slots=True)
class SamplerSpec:
    """The sampler values of a music model.

    Attributes:
        steps: number of steps that the model is made for.
        max_steps: greatest useful number of steps.
        cfg: default guidance; None = the model has none, and the block's `cfg` has no effect.
        shift: default timestep shift.
        min_shift, max_shift: range of the timestep shift.
        shifts: the single shifts that the model was distilled on; empty = all of the range.
    """

    steps: int
    max_steps: int
    cfg: float | None
    shift: float
    min_shift: float
    max_shift: float
    shifts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        files: patterns (`fnmatch`, matched with the whole path) of the repository's files to fetch.
        size_bytes: size of these files, as published.
        licence: the repository's licence when the entry was written; the record has the one at download.
        parameters: number of parameters of all components together.
        transformer: folder of the diffusion transformer in the layout "original".
        weights_bytes: size of each component of a music model, in bfloat16.
    """

    name: str
    label: str
    kind: ModelKind
    repository: str
    revision: str
    layout: ModelLayout
    files: tuple[str, ...]
    size_bytes: int
    licence: str
    parameters: int
    tasks: tuple[str, ...] = ()
    transformer: str = ""
    sampling: SamplerSpec | None = None
    weights_bytes: tuple[tuple[str, int], ...] = ()

    @property
    def resident_bytes(self) -> int:
        """The size of all components together, in bfloat16."""
        return sum(size for _, size in self.weights_bytes)

    @property
    def largest_bytes(self) -> int:
        """The size of the largest component, in bfloat16: it has to fit when components are loaded in turn."""
        return max((size for _, size in self.weights_bytes), default=0)


def read_catalogue(models_dir: Path | None = None) -> dict[str, ModelEntry]:
    """Return all models by name, in order of preference; the user's own entries come first.

    Raises
    ------
    ModelFault
        If the user's file cannot be read; the sentence names the file and the fault.
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
        raise InvalidValue("model", name, one_of(known, name))
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
        If a value is missing or wrong; its name is given as `ace-step-2b-turbo.licence`.
    """
    return {name: _entry(name, table) for name, table in tomllib.loads(text).items()}


def _entry(name: str, table: object) -> ModelEntry:
    if not _NAME.fullmatch(name):
        raise InvalidValue("model", name, "a name of up to 64 small letters, digits, - _ and .")
    fields = _Fields(name, table)
    kind: ModelKind = fields.one_of("kind", get_args(ModelKind))
    layout: ModelLayout = fields.one_of("layout", get_args(ModelLayout))
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
    sampling = SamplerSpec(
        steps=int(steps.number("default")),
        max_steps=int(steps.number("max")),
        cfg=fields.number("cfg", least=0) or None,
        shift=shift.number("default"),
        min_shift=shift.number("min"),
        max_shift=shift.number("max"),
        shifts=shift.numbers("only"),
    )
    sizes = tuple((component, int(weights.number(component))) for component in _COMPONENTS)
    return replace(entry, tasks=tasks, sampling=sampling, weights_bytes=sizes)


class _Fields:
    """One table of the file; each value is checked when it is read."""

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

    def one_of(self, key: str, allowed: tuple[str, ...]) -> Any:  # noqa: ANN401  (the caller annotates the Literal)
        value = self.text(key)
        if value not in allowed:
            raise InvalidValue(f"{self._name}.{key}", value, " or ".join(allowed))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._table.get(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise InvalidValue(f"{self._name}.{key}", values, "a list of texts")
        return tuple(values)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Return a list of positive numbers, which may be missing."""
        values = self._table.get(key, [])
        if not isinstance(values, list) or not all(_is_positive(value) for value in values):
            raise InvalidValue(f"{self._name}.{key}", values, "a list of positive numbers")
        return tuple(float(value) for value in values)

    def number(self, key: str, least: float = 1e-9) -> float:
        value = self._table.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value < 1e15:
            raise InvalidValue(f"{self._name}.{key}", value, "a positive number" if least else "a number from 0")
        return value


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e15
