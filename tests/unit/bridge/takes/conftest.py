from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest

from bridge.takes.take import Take
from engine.contract import Generation, GenerationRequest, Stem
from engine.music import Key, Meter, TempoMap
from engine.score import Note

CREATED = datetime(2026, 11, 21, 3, 42, 7, tzinfo=UTC)


@pytest.fixture
def make_take() -> Callable[..., Take]:
    """Makes a take of four beats at 120 bpm (2 s) with noise in two stems; keywords replace fields."""

    def make(
        take_id: str = "ab12",
        *,
        level: float = 0.2,
        sample_rate: int = 8000,
        tempo_map: TempoMap | None = None,
        length_beats: Fraction = Fraction(4),
        names: tuple[str, ...] = ("drums", "bass"),
        key: Key | None = None,
        **fields: object,
    ) -> Take:
        request = GenerationRequest(
            genres="funk",
            key=Key.parse("Em") if key is None else key,
            meter=Meter(4, 4),
            tempo_map=tempo_map or TempoMap.constant(120.0),
            length_beats=length_beats,
            sample_rate=sample_rate,
            seed=7,
        )
        rng = np.random.default_rng(1)
        note = Note(Fraction(1), Fraction(1, 2), 36, 100)
        stems = tuple(
            Stem(
                name,
                rng.uniform(-level, level, (request.frames, 2)).astype(np.float32),
                (note,) if name != "vocals" else None,
                is_drums=name == "drums",
            )
            for name in names
        )
        mix = np.sum([stem.audio for stem in stems], axis=0, dtype=np.float32)
        values: dict[str, object] = {
            "folder_name": f"2026-11-21 034207 funk {take_id}",
            "created": CREATED,
            "engine": "sketch",
            "generation": Generation(stems, mix, 7, None, "sketch-1", True),
            "request": request,
            "start_beat": 16.0,
            "start_seconds": None,
            "bars": 1.0,
            "params": {"genres": "funk", "steps": 50},
            "prompt": "funk",
        }
        return Take(take_id=take_id, **(values | fields))  # type: ignore[arg-type]

    return make
