"""Makes new music out of a take: repaints a region, adds bars at its end, or adds a part."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from bridge.takes.library import TakeView
from engine.errors import StemBridgeError

EXTEND_BARS = 8
KEEP_S = 7 * 86_400.0
"""Sources written for a job are deleted when another one is written this much later."""
KEPT = ("genres", "lyrics", "language", "lyrics_strength", "tempo", "time_signature", "key", "tempo_map", "meter_map")
"""Keys of the take's block that the new music keeps."""


@dataclass(frozen=True, slots=True)
class Rework:
    """One request to rework a take.

    Attributes:
        region: first and last frame of the marked bars.
        what: "repaint", "extend" or "lego" (another part).
        part: the stem to add, with "lego".
    """

    take: TakeView
    region: tuple[int, int]
    what: str
    part: str = ""


def rework_block(rework: Rework, folder: Path) -> dict[str, object]:
    """Return the parameter block of the request, at the take's own tempo, meter and key.

    Extending repaints silence appended to the take, so that the engine continues the music before it. That longer
    source is written into `folder`.

    Raises
    ------
    StemBridgeError
        If the take's mix cannot be read, or the longer source not written.
    """
    take, rate = rework.take, rework.take.sample_rate
    maps = {"tempo_map": take.data["tempo_map"], "meter_map": take.data.get("meter_map", [])}
    params = {**take.data["params"], **maps}
    block: dict[str, object] = {key: params[key] for key in KEPT if params.get(key)}
    block |= {"source_audio": str(take.mix), "bars": float(take.data["bars"]), "task": "repaint"}
    seconds = [frame / rate for frame in rework.region]
    if rework.what == "lego":
        return {**block, "task": "lego", "stems": [rework.part], "region": seconds}
    if rework.what == "repaint":
        return {**block, "region": seconds}
    bars = float(take.data["bars"]) + EXTEND_BARS
    frames = take.meters.frames(int(bars), take.tempo_map, rate)
    source = _write_longer_source(take.mix, frames, folder)
    return {**block, "bars": bars, "source_audio": str(source), "region": [take.seconds, frames / rate]}


def _write_longer_source(mix: Path, frames: int, folder: Path) -> Path:
    """Write `mix` with silence appended, `frames` long in all; return the file."""
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
