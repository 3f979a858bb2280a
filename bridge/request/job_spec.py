"""A job's complete request, as the queue stores it and the worker receives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from bridge.request.block import default_of
from bridge.request.former import former_origin
from engine.contract import GenerationRequest
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.origin import Origin

PLAYHEAD, LOOP = "playhead", "loop"
"""Where a take starts whose request named no place."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything that a job needs, as JSON values only.

    Attributes:
        engine: name of the engine that will run; "auto" is already resolved.
        block: the parameter block, canonical: what was said, and what was decided for it (tempo, meter, bars, seed,
            engine, model). What nobody said is absent, and left to the engine or `default_of`.
        prompt: text for a model or a reader: genres with tempo, key and meter.
        start_beat: position of the take's start, in quarter-note beats from the project's start.
        start_seconds: the same position in seconds, None if the DAW did not send it.
        project: folder of the project; None = the companion's own.
        into: folder that the take's files go straight into, instead of a project.
        daw: name of the requesting DAW; empty = none.
        notices: plain sentences for the user (where the genres came from, …).
        base64: answer with the audio itself as base64 (over HTTP).
        follows: `PLAYHEAD` or `LOOP` if the start was the session's at that moment; "" if the request named it.
        song: what the session said of tempo, meter, key and place when this was requested (`SessionState.song`).
        origin: who said or decided each value of `block`.
    """

    engine: str
    block: dict[str, Any]
    prompt: str
    start_beat: float = 0.0
    start_seconds: float | None = None
    project: str | None = None
    into: str | None = None
    daw: str = ""
    notices: list[str] = field(default_factory=list)
    base64: bool = False
    follows: str = ""
    song: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the spec as one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> JobSpec:
        """Return the spec in `text`, as written by `to_json`, also by an earlier version."""
        fields = json.loads(text)
        if isinstance(fields, dict) and "origin" not in fields and isinstance(fields.get("block"), dict):
            origin = former_origin(fields["block"], fields.get("song", {}), fields.get("daw", ""))
            fields["origin"] = origin
        return cls(**fields)

    def with_block(self, changes: Mapping[str, object], origin: Origin = Origin.DEFAULT) -> JobSpec:
        """Return the same request with some keys of the block changed, which are from `origin`."""
        changed = {"block": {**self.block, **changes}, "origin": {**self.origin, **dict.fromkeys(changes, origin)}}
        return JobSpec(**{**asdict(self), **changed})

    def value(self, name: str) -> Any:  # noqa: ANN401  (the block's own type)
        """Return the value of a key, or its default where nobody said it."""
        return self.block[name] if name in self.block else default_of(name)

    @property
    def meter(self) -> Meter:
        """The time signature of the first bar."""
        return Meter.parse(self.block["time_signature"])

    @property
    def meters(self) -> MeterMap:
        """The meter map from the request's start, without changes after its end; constant if the block has none."""
        meters = self._meters
        return meters.until(meters.beats(Fraction(self.block["bars"])))

    @property
    def _meters(self) -> MeterMap:
        wire = self.block.get("meter_map")  # a job of an older companion has none
        return MeterMap.parse(wire) if wire else MeterMap.constant(self.meter)

    @property
    def key(self) -> Key | None:
        """The key, None while unknown."""
        return Key.parse(self.block["key"]) if self.block.get("key") else None

    @property
    def tempo_map(self) -> TempoMap:
        """The tempo map from the request's start; constant where the block has none."""
        wire = self.block.get("tempo_map")
        return TempoMap.parse(wire) if wire else TempoMap.constant(float(self.block["tempo"]))

    @property
    def length_beats(self) -> Fraction:
        """The take's length in quarter-note beats."""
        return self._meters.beats(Fraction(self.block["bars"]))

    @property
    def frames(self) -> int:
        """The take's length in frames."""
        return self.tempo_map.frames(self.length_beats, int(self.value("sample_rate")))

    def generation_request(self) -> GenerationRequest:
        """Return the engine's view of the request."""
        stems = self.value("stems")
        return GenerationRequest(
            genres=self.block["genres"],
            key=self.key,
            meter=self.meter,
            meter_map=None if self.meters.is_constant else self.meters,
            tempo_map=self.tempo_map,
            length_beats=self.length_beats,
            sample_rate=int(self.value("sample_rate")),
            seed=int(self.block["seed"]),
            stems=() if stems == "auto" else tuple(stems),
            variations=int(self.value("variations")),
            lyrics=self.value("lyrics"),
            pitch_shift_semitones=float(self.value("pitch_shift")),
            block=self.block,
            origin=self.origin,
        )
