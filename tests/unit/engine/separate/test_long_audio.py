"""Long audio: both commands use less memory than its samples would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.helpers.hub.separators import install_demucs
from tests.helpers.plain_drums import drums_at

pytest.importorskip("resource", reason="a process's peak memory is only known on POSIX")
SHORT_S, LONG_S, RATE = 60, 480, 8_000
PROGRAM = """
import resource, sys
from bridge.cli.main import main
code = main(sys.argv[1:])
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def song(path: Path, seconds: float, channels: int) -> Path:
    """Write a repeated drum loop to all channels: 115 MB an hour and channel in float32."""
    bars = drums_at(100.0, 0.0, 64, RATE)[: round(64 * 0.6 * RATE)]
    with soundfile.SoundFile(path, "w", RATE, channels, subtype="PCM_16") as file:
        for _ in range(round(seconds * RATE / len(bars)) or 1):
            file.write(np.repeat(bars[:, :1], channels, axis=1))
    return path


def peak_bytes(models: Path, *arguments: object) -> int:
    """Return the peak memory of a command, which has to succeed."""
    environ = {"STEMBRIDGE_MODELS": str(models), "PATH": "", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, env=environ, check=True)
    code, size = run.stdout.split()[-2:]
    assert code == "0", run.stderr
    return int(size)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("command", "channels", "more_bytes"),
    [
        # The analysis of each second (bands and attacks), independent of the rate and the channels.
        ("align", 4, 100_000 * LONG_S),
        ("separate", 2, 25_000_000),
    ],
)
def test_eight_minutes_take_little_more_memory_than_one_minute(
    tmp_path: Path, command: str, channels: int, more_bytes: int
) -> None:
    models = tmp_path / "models"
    install_demucs(models, segment_s=10, sample_rate=RATE // 2)
    sizes = []
    for name, seconds in (("short", SHORT_S), ("long", LONG_S)):
        file, out = song(tmp_path / f"{name}.wav", seconds, channels), tmp_path / name
        bars = int(seconds / 60 * 99 / 4) - 1
        flags = ["--tempo", 99, "--bars", bars] if command == "align" else []
        sizes.append(peak_bytes(models, command, file, "--out", out, *flags))
        (mix,) = out.glob("*mix.wav")
        assert soundfile.info(mix).duration > 0.9 * seconds
    assert more_bytes < LONG_S * RATE * channels * 4
    assert sizes[1] - sizes[0] < more_bytes
