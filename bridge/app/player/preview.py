"""A program that plays one take in time with a song: `python -m bridge.app.player.preview MANIFEST BEAT [DEVICE]`.

Each line on standard input is a `SongTime` as JSON. The program ends with the take or with its input. It is a process
of its own because the companion loads neither numpy nor a sound library.
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
    """Return the take that starts at the song's beat `start_beat`, and its sample rate in Hz.

    Raises
    ------
    StemBridgeError
        If it cannot be read.
    """
    content = read_manifest(manifest)
    stems = {stem["name"]: manifest.parent / stem["file"] for stem in content["stems"]}
    mixer = Mixer(stems or {"mix": manifest.parent / content["mix"]["file"]}, content["frames"])
    steps = content["tempo_map"]
    tempo_map = TempoMap.parse(steps) if steps else TempoMap.constant(content["tempo"])
    return SyncedTake(mixer, tempo_map, start_beat), mixer.sample_rate


def play(take: SyncedTake, output: Output, clock: Callable[[], float] = time.monotonic) -> None:
    """Play until the take has ended.

    Raises
    ------
    NoSound
        If the sound device has gone.
    """
    while not take.has_ended:
        output.write(take.render(BLOCK_FRAMES, clock() + output.latency_s))


def _open(sample_rate: int, device: str) -> Output:
    """Return the sound device, or a silent output if it cannot be used."""
    try:
        return CardOutput(sample_rate, device)
    except NoSound as error:
        print(error, file=sys.stderr, flush=True)
        return SilentOutput(sample_rate)


def _follow(take: SyncedTake, lines: TextIO) -> None:
    """Set the take's song time from every line of input; end the process with the input."""
    for line in lines:
        take.song = SongTime(**json.loads(line))
    os._exit(0)  # the companion has ended, or plays another take


def main(arguments: list[str]) -> int:
    """Play the take of the arguments; return 0, or 1 if it cannot be played."""
    try:
        take, sample_rate = open_take(Path(arguments[0]), float(arguments[1]))
        threading.Thread(target=_follow, args=(take, sys.stdin), daemon=True).start()
        output = _open(sample_rate, arguments[2] if len(arguments) > 2 else "")
        play(take, output)
        output.close()
    except StemBridgeError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
