"""A job's complete request, as the queue stores it and the worker receives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from engine.contract import GenerationRequest
from engine.music import Key, Meter, MeterMap, TempoMap

PLAYHEAD, LOOP = "playhead", "loop"
"""Where a take starts whose request named no place."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything that a job needs, as JSON values only.

    Attributes:
        engine: name of the engine that will run; "auto" is already resolved.
        block: the parameter block, canonical and complete: tempo, meter, key, bars, seed and all defaults are in it.
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

    def to_json(self) -> str:
        """Return the spec as one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> JobSpec:
        """Return the spec in `text`, as written by `to_json`."""
        return cls(**json.loads(text))

    def with_block(self, changes: Mapping[str, object]) -> JobSpec:
        """Return the same request with some keys of the block changed."""
        return JobSpec(**{**asdict(self), "block": {**self.block, **changes}})

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
        return Key.parse(self.block["key"]) if self.block["key"] else None

    @property
    def tempo_map(self) -> TempoMap:
        """The tempo map from the request's start; constant where the block has none."""
        wire = self.block["tempo_map"]
        return TempoMap.parse(wire) if wire else TempoMap.constant(float(self.block["tempo"]))

    @property
    def length_beats(self) -> Fraction:
        """The take's length in quarter-note beats."""
        return self._meters.beats(Fraction(self.block["bars"]))

    @property
    def frames(self) -> int:
        """The take's length in frames."""
        return self.tempo_map.frames(self.length_beats, int(self.block["sample_rate"]))

    def generation_request(self) -> GenerationRequest:
        """Return the engine's view of the request."""
        stems = self.block["stems"]
        return GenerationRequest(
            genres=self.block["genres"],
            key=self.key,
            meter=self.meter,
            meter_map=None if self.meters.is_constant else self.meters,
            tempo_map=self.tempo_map,
            length_beats=self.length_beats,
            sample_rate=int(self.block["sample_rate"]),
            seed=int(self.block["seed"]),
            stems=() if stems == "auto" else tuple(stems),
            variations=int(self.block["variations"]),
            lyrics=self.block["lyrics"],
            pitch_shift_semitones=float(self.block["pitch_shift"]),
            block=self.block,
        )
