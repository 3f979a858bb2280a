"""Plays one take in time with a song: `python -m bridge.app.player.preview MANIFEST BEAT [DEVICE]`.

Each line on standard input is a `SongTime` as JSON. It ends with the take, or with its input. A process of its own:
the companion has neither numpy nor a sound card.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from bridge.app.player.mixer import Mixer
from bridge.app.player.output import CardOutput, NoSound, Output, SilentOutput
from bridge.app.player.sync import SongTime, SyncedTake
from bridge.takes.manifest import read_manifest
from engine.errors import StemBridgeError
from engine.music import TempoMap

BLOCK_FRAMES = 512


def open_take(manifest: Path, start_beat: float) -> tuple[SyncedTake, int]:
    """Return the take, and its sample rate.

    Raises
    ------
    StemBridgeError
        If it cannot be read.
    """
    told = read_manifest(manifest)
    stems = {stem["name"]: manifest.parent / stem["file"] for stem in told["stems"]}
    mixer = Mixer(stems or {"mix": manifest.parent / told["mix"]["file"]}, told["frames"])
    tempo_map = TempoMap.parse(told["tempo_map"]) if told["tempo_map"] else TempoMap.constant(told["tempo"])
    return SyncedTake(mixer, tempo_map, start_beat), mixer.sample_rate


def play(take: SyncedTake, output: Output, clock: Callable[[], float] = time.monotonic) -> None:
    """Play until the take has ended, or the output is gone.

    Raises
    ------
    NoSound
        If the output has gone.
    """
    while not take.has_ended:
        output.write(take.render(BLOCK_FRAMES, clock() + output.latency_s))


def _open(sample_rate: int, device: str) -> Output:
    try:
        return CardOutput(sample_rate, device)
    except NoSound as error:
        print(error, file=sys.stderr, flush=True)
        return SilentOutput(sample_rate)


def _listen(take: SyncedTake, lines: TextIO) -> None:
    for line in lines:
        take.song = SongTime(**json.loads(line))
    os._exit(0)  # the companion has ended, or plays another take


def main(arguments: list[str]) -> int:
    """Play; return 0, or 1 if the take cannot be played."""
    try:
        take, sample_rate = open_take(Path(arguments[0]), float(arguments[1]))
        threading.Thread(target=_listen, args=(take, sys.stdin), daemon=True).start()
        output = _open(sample_rate, arguments[2] if len(arguments) > 2 else "")
        play(take, output)
        output.close()
    except StemBridgeError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
