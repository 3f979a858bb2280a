"""Layers of a request: values by key, each with its origin; a later layer wins over an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bridge.request.block import overlay
from bridge.request.presets.presets import Preset, apply_preset
from engine.contract import AUTO, EngineInfo
from engine.origin import ASKED, Origin
from engine.registry import SKETCH

Origins = Mapping[str, Origin]
MUSIC_KEYS = ("tempo", "tempo_map", "time_signature", "meter_map", "key")
SAMPLER_KEYS = ("steps", "cfg", "shift")
"""Keys that only engines with a sampler use."""


@dataclass(frozen=True, slots=True)
class Layers(Mapping[str, object]):
    """The values said so far, as a mapping; `origin` has the source of each."""

    values_said: Mapping[str, object] = field(default_factory=dict)
    origin: Origins = field(default_factory=dict)

    def __getitem__(self, name: str) -> object:
        return self.values_said[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_said)

    def __len__(self) -> int:
        return len(self.values_said)

    def over(self, block: Mapping[str, object], origin: Origin | Origins, other: Origin = Origin.USER) -> Layers:
        """Return these layers under `block`; a newer length in seconds removes an older one in bars.

        `origin` is that of the whole block or of each key; keys that it does not have are from `other`.
        """
        newer = {name: origin if isinstance(origin, Origin) else origin.get(name, other) for name in block}
        return self._with(overlay(self.values_said, block), newer)

    def under_preset(self, preset: Preset) -> Layers:
        """Return these layers under a preset's block, without the keys that it clears."""
        return self._with(apply_preset(self.values_said, preset), dict.fromkeys(preset.block, Origin.PRESET))

    def without(self, names: Collection[str]) -> Layers:
        """Return these layers without some keys."""
        return self._with({name: value for name, value in self.values_said.items() if name not in names}, {})

    def said(self) -> Layers:
        """Return these layers without empty values: an empty text, list or object says nothing."""
        return self.without([name for name, value in self.values_said.items() if value in ("", [], {})])

    def asked(self, name: str) -> bool:
        """Return True if somebody asked for the value of `name`."""
        return self.origin.get(name) in ASKED

    def _with(self, values: Mapping[str, object], newer: Origins) -> Layers:
        origin = {**self.origin, **newer}
        return Layers(values, {name: origin[name] for name in values})


def complete_block(block: Layers, info: EngineInfo, decided: Mapping[str, object], origin: Origins) -> Layers:
    """Return what was said under what was `decided`; `origin` is that of decided values that have a source.

    A door's default that the engine or the length has no use for is left out.
    """
    dropped = {"base64", *MUSIC_KEYS}
    dropped |= {name for name in ("engine", "model") if block.get(name) == AUTO}
    unasked = {name for name in block if not block.asked(name)}
    if info.name == SKETCH.name:
        dropped |= unasked & set(SAMPLER_KEYS)
    if "bars" in block:
        dropped |= unasked & {"output_seconds"}
    said = block.without(dropped).said()
    return said.over(decided, {**said.origin, **origin}, Origin.DEFAULT)
