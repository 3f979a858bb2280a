"""`python -m bridge.doors.http.audio_tool`: inspects and converts audio files in a separate process.

The companion never loads numpy, and a broken or hostile file cannot harm it here. It prints one line of JSON.

probe FILE MAX_SECONDS     {"seconds", "sample_rate", "channels"}, or {"error"}
encode SOURCE TARGET       converts by TARGET's suffix, .flac or .mp3; {} or {"error"}
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

BLOCK_FRAMES = 1 << 16
MIN_RATE_HZ = 8_000
MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def probe(path: Path, max_s: float) -> dict[str, object]:
    """Return an audio file's length, rate and channels, or why it cannot be used."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            seconds, rate, channels = file.frames / file.samplerate, file.samplerate, file.channels
            complete = file.frames == 0 or _has_last_frame(file)
    except (soundfile.LibsndfileError, RuntimeError, OSError):
        return {"error": "is not audio that can be read (WAV, FLAC, OGG, MP3 and AIFF can)"}
    if seconds == 0.0:
        return {"error": "holds no sound"}
    if not complete:
        return {"error": "is cut off before its end"}
    if seconds > max_s:
        return {"error": f"lasts {seconds:.0f} s; at most {max_s:g} s are taken"}
    if rate < MIN_RATE_HZ or channels > 2:
        return {"error": f"has {channels} channels at {rate} Hz; one or two at {MIN_RATE_HZ} Hz or more are taken"}
    return {"seconds": seconds, "sample_rate": rate, "channels": channels}


def _has_last_frame(file: object) -> bool:
    import soundfile

    assert isinstance(file, soundfile.SoundFile)
    file.seek(file.frames - 1)
    return len(file.read(1)) == 1


def encode(source: Path, target: Path) -> dict[str, object]:
    """Convert a file block by block."""
    import soundfile

    with soundfile.SoundFile(source) as read:
        if target.suffix == ".mp3" and read.samplerate not in MP3_RATES_HZ:
            return {"error": f"MP3 cannot hold {read.samplerate} Hz; ask for audio/flac or audio/wav"}
        # Integer samples stay exact; libsndfile would scale them on the way through floats.
        dtype: Literal["int32", "float32"] = "int32" if read.subtype.startswith("PCM") else "float32"
        flac = "PCM_16" if read.subtype == "PCM_16" else "PCM_24"
        kind, subtype = ("MP3", "MPEG_LAYER_III") if target.suffix == ".mp3" else ("FLAC", flac)
        with soundfile.SoundFile(target, "w", read.samplerate, read.channels, subtype, format=kind) as write:
            while len(block := read.read(BLOCK_FRAMES, dtype=dtype)):
                write.write(block)
    return {}


def main(arguments: list[str]) -> int:
    """Run `probe` or `encode` and print the answer."""
    if arguments[0] == "probe":
        answer = probe(Path(arguments[1]), float(arguments[2]))
    else:
        answer = encode(Path(arguments[1]), Path(arguments[2]))
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
