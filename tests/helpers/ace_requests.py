"""Requests for the tests of the ACE-Step engine."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from engine.contract import EngineInfo, GenerationRequest, Phase
from engine.errors import Cancelled
from engine.music import Key, Meter, TempoMap

INFO = EngineInfo(
    name="ace-step",
    label="ACE-Step 1.5",
    stems=(),
    default_stems=("drums", "bass", "vocals", "other"),
    tasks=("text2music", "cover", "repaint", "extract", "lego", "complete"),
    models=("tiny-turbo", "tiny-original", "tiny-base"),
)


def request(
    *,
    genres: str = "dusty boom bap, 97.6 BPM, E minor",
    lyrics: str = "",
    seed: int = 7,
    variations: int = 1,
    beats: int = 8,
    bpm: float = 97.6,
    key: Key | None = Key("E", "minor"),  # noqa: B008  (frozen)
    meter: Meter = Meter(4, 4),  # noqa: B008
    sample_rate: int = 48_000,
    stems: tuple[str, ...] = (),
    **block: object,
) -> GenerationRequest:
    """Return a request of a few bars, which runs few steps; `block` are keys of the parameter block."""
    return GenerationRequest(
        genres=genres,
        key=key,
        meter=meter,
        tempo_map=TempoMap.constant(bpm),
        length_beats=Fraction(beats),
        sample_rate=sample_rate,
        seed=seed,
        stems=stems,
        variations=variations,
        lyrics=lyrics,
        block={"steps": 2, "shift": 3.0, **block},
    )


def quiet_progress(_phase: Phase, _fraction: float) -> None:
    """Take a report and do nothing."""


def cancel_after(calls: int, seen: list[tuple[str, float]] | None = None) -> Callable[[Phase, float], None]:
    """Return a progress callback that cancels at its call number `calls`, counted from 0."""
    reports: list[tuple[str, float]] = [] if seen is None else seen

    def progress(phase: Phase, fraction: float) -> None:
        reports.append((phase, fraction))
        if len(reports) > calls:
            raise Cancelled

    return progress
