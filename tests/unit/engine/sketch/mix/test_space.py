"""Rooms and echoes."""

import numpy as np

from engine.sketch.composition import PartMix
from tests.helpers.render_scores import n, solo, sound


def test_the_room_rings_after_the_sound() -> None:
    def tail(send: float) -> float:
        stem = sound(solo("kit_electronic", [n(0, 0.1, 37)], mix=PartMix(0.0, 0.0, 0.3, send)))["solo"]
        return float(np.square(stem[9_600:24_000]).sum() / np.square(stem).sum())

    assert tail(0.0) < 1e-6 < tail(0.1) < tail(0.5)
