"""Which engines there are, what they can do, and how to get one, without importing anything heavy."""

from __future__ import annotations

from pathlib import Path

from engine.errors import EngineUnavailable, InvalidValue
from engine.seam import Engine, EngineInfo
from engine.sketch.instruments import STEMS

SKETCH = EngineInfo(
    name="sketch",
    label="Sketch engine (built in)",
    stems=STEMS,
    default_stems=(),
    tasks=("text2music",),
    models=("sketch-1",),
    notice="Made by the built-in sketch engine: composed and played by rules; no neural model ran and nobody sings.",
)

ENGINES = {info.name: info for info in (SKETCH,)}


def choose(name: str) -> EngineInfo:
    """Return what is known of the engine that the block's `engine` value means; "auto" is the best one ready here.

    Raises
    ------
    EngineUnavailable
        If that engine cannot run here; the sentence says what to do.
    InvalidValue
        If there is no such engine.
    """
    if name == "auto":
        return SKETCH
    if name == "ace-step":
        raise EngineUnavailable(
            'The engine "ace-step" is not in this version of Stem Bridge; use "auto" or "sketch", the built-in one.'
        )
    if name not in ENGINES:
        raise InvalidValue("engine", name, f"auto, {' or '.join(ENGINES)}")
    return ENGINES[name]


def create(name: str, styles_folder: Path | None = None) -> Engine:
    """Return a new, unloaded engine; its heavy modules are imported here and not before.

    `styles_folder` is where the user's own styles for the sketch engine are.
    """
    info = choose(name)
    from engine.sketch.engine import SketchEngine

    return SketchEngine(info, styles_folder)
