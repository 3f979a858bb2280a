"""`python -m bridge.doors.http.audio_tool`: inspects and converts audio files in a separate process.

The companion never loads numpy, and a broken or hostile file cannot harm it here. It prints one line of JSON.

probe FILE MAX_SECONDS     {"seconds", "sample_rate", "channels"}, or {"error"}
encode SOURCE TARGET [MANIFEST]
                           converts by TARGET's suffix, .flac or .mp3, tagged with what the take's manifest says of
                           SOURCE; {} or {"error"}
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.takes.export.tags import Tags

MIN_RATE_HZ = 8_000


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


def encode(source: Path, target: Path, manifest: Path | None = None) -> dict[str, object]:
    """Convert a file; with the manifest of its take, tag it."""
    import soundfile

    from bridge.takes.export.encode import MP3_RATES_HZ
    from bridge.takes.export.encode import encode as convert

    if target.suffix == ".mp3" and (rate := soundfile.info(source).samplerate) not in MP3_RATES_HZ:
        return {"error": f"MP3 cannot hold {rate} Hz; ask for audio/flac or audio/wav"}
    convert(source, target, None if manifest is None else _tags(manifest, source.name))
    return {}


def _tags(path: Path, file: str) -> Tags:
    from bridge.takes.export.tags import tags_of
    from bridge.takes.file_names import MIX_STEM
    from bridge.takes.manifest import read_manifest

    manifest = read_manifest(path)
    stem = next((str(stem["name"]) for stem in manifest["stems"] if stem["file"] == file), MIX_STEM)
    return tags_of(manifest, stem)


def main(arguments: list[str]) -> int:
    """Run `probe` or `encode` and print the answer."""
    if arguments[0] == "probe":
        answer = probe(Path(arguments[1]), float(arguments[2]))
    else:
        answer = encode(*map(Path, arguments[1:]))
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
