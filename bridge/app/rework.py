"""Making new music out of a take: a region anew, more bars at its end, another part to it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from bridge.takes.library import TakeView
from engine.errors import StemBridgeError

EXTEND_BARS = 8
KEEP_S = 7 * 86_400.0
"""Sources that were made for a job are deleted by the first one that is made so much later."""
KEPT = ("genres", "lyrics", "language", "lyrics_strength", "tempo", "time_signature", "key", "tempo_map")
"""Keys of the take's own block that hold for what is made of it."""


@dataclass(frozen=True, slots=True)
class Rework:
    """One wish.

    Attributes:
        region: first and last frame of the marked bars.
        what: "repaint", "extend" or "lego" (another part).
        part: the stem to add, with "lego".
    """

    take: TakeView
    region: tuple[int, int]
    what: str
    part: str = ""


def rework_block(wish: Rework, folder: Path) -> dict[str, object]:
    """Return the block that asks for it, at the take's own tempo, meter and key.

    To extend is to repaint silence behind the end: the music before it is what the engine goes on from. The longer
    source for that is written into `folder`.

    Raises
    ------
    StemBridgeError
        If the take's mix cannot be read, or the longer source not written.
    """
    take, rate = wish.take, wish.take.sample_rate
    params = {**take.data["params"], "tempo_map": take.data["tempo_map"]}
    block: dict[str, object] = {key: params[key] for key in KEPT if params.get(key)}
    block |= {"source_audio": str(take.mix), "bars": float(take.data["bars"]), "task": "repaint"}
    seconds = [frame / rate for frame in wish.region]
    if wish.what == "lego":
        return {**block, "task": "lego", "stems": [wish.part], "region": seconds}
    if wish.what == "repaint":
        return {**block, "region": seconds}
    bars = float(take.data["bars"]) + EXTEND_BARS
    frames = take.tempo_map.frames(int(bars) * take.meter.bar_beats, rate)
    source = _longer(take.mix, frames, folder)
    return {**block, "bars": bars, "source_audio": str(source), "region": [take.seconds, frames / rate]}


def _longer(mix: Path, frames: int, folder: Path) -> Path:
    """Write `mix` with silence behind it, `frames` long in all; return the file."""
    import numpy as np
    import soundfile

    target = folder / f"{mix.parent.name} {frames}.wav"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.wav"):
            if time.time() - old.stat().st_mtime > KEEP_S:
                old.unlink()
        audio, rate = soundfile.read(mix, dtype="float32", always_2d=True)
        silence = np.zeros((max(0, frames - len(audio)), audio.shape[1]), np.float32)
        soundfile.write(target, np.concatenate([audio, silence])[:frames], rate, "FLOAT")
    except (OSError, soundfile.LibsndfileError) as error:
        raise StemBridgeError(f"The take cannot be extended: {error}.") from None
    return target
