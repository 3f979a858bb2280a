"""Length of an audio file, from its header alone: the companion's process loads neither numpy nor a decoder.

WAV (RF64 too) and FLAC are read here. Other formats are left to libsndfile in a process of its own, which this module
is, too: `python -m bridge.request.audio_length FILE` prints the length in seconds.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

MOST_CHUNKS = 1_000
TOOL_TIMEOUT_S = 10.0
_FMT = struct.Struct("<HHIIHH")
_IN_DS64 = 0xFFFFFFFF


def audio_length_s(path: Path) -> float | None:
    """Return the length of an audio file in seconds; None if it cannot be read, which the engine will say."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
                return _wav_length_s(file, path.stat().st_size)
            if head[:4] == b"fLaC":
                return _flac_length_s(head + file.read(30))
    except (OSError, struct.error):
        return None
    return _asked_length_s(path)


def _wav_length_s(file: BinaryIO, size_bytes: int) -> float | None:
    bytes_a_second, long_bytes = 0, 0
    for _ in range(MOST_CHUNKS):
        name, length = struct.unpack("<4sI", file.read(8))
        start = file.tell()
        if name == b"fmt ":
            bytes_a_second = _FMT.unpack(file.read(_FMT.size))[3]
        elif name == b"ds64":
            long_bytes = struct.unpack("<QQ", file.read(16))[1]
        elif name == b"data":
            held = min(long_bytes if length == _IN_DS64 else length, size_bytes - start)
            return held / bytes_a_second if bytes_a_second else None
        file.seek(start + length + length % 2)
    return None


def _flac_length_s(head: bytes) -> float | None:
    """Read STREAMINFO, which every FLAC file begins with: 20 bits of rate … 36 bits of samples, from byte 18 on."""
    bits = int.from_bytes(head[18:26], "big")
    rate, samples = bits >> 44, bits & (1 << 36) - 1
    return samples / rate if rate and samples else None


def _asked_length_s(path: Path) -> float | None:
    command = [sys.executable, "-m", "bridge.request.audio_length", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TOOL_TIMEOUT_S, check=True)
        return float(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def main(arguments: list[str]) -> int:
    """Print the length of a file."""
    import soundfile

    info = soundfile.info(arguments[0])
    print(info.frames / info.samplerate)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
