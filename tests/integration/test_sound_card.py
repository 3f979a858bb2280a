"""Played audio equals the files: takes played by the real player into a sound server, and recorded from it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from scipy.signal import correlate

from tests.helpers.command_here import run_generate
from tests.helpers.paths import HELPERS, ROOT
from tests.helpers.pulse_server import PulseServer, pulse_server, read_recording

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio is Linux's")]

Sound = NDArray[np.float32]
ATTEMPTS = 3
"""An overloaded machine interrupts any sound; three interruptions in a row are the product's fault."""
RESIDUAL_DB = -100.0
"""24-bit files are exact in float32; only the order of additions may differ."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PulseServer]:
    with pulse_server(tmp_path_factory.mktemp("pulse")) as one:
        yield one


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "take"
    words = ("--genres", "funk, slap bass", "--tempo", "120", "--bars", "2", "--seed", "7", "--out", str(folder))
    run_generate(folder.parent, *words)
    return folder


def stems(take: Path) -> dict[str, Sound]:
    """Return the take's stems by name, float32 [shape=(n, 2)]."""
    manifest: dict[str, Any] = json.loads((take / "manifest.json").read_text(encoding="utf-8"))
    return {one["name"]: soundfile.read(take / one["file"], dtype="float32")[0] for one in manifest["stems"]}


def played(server: PulseServer, take: Path, expected: Sound, plan: list[list[object]]) -> Sound:
    """Play a take; return the part of the recording that corresponds to `expected`."""
    for attempt in range(ATTEMPTS):
        with server.recording(f"{attempt}.raw") as path:
            words = [HELPERS / "play_program.py", take / "manifest.json", json.dumps(plan)]
            environment = {**server.environment, "PYTHONPATH": str(ROOT)}
            subprocess.run([sys.executable, *map(str, words)], env=environment, check=True, timeout=120)
        recorded = read_recording(path)
        lag = int(np.argmax(correlate(recorded[:, 0], expected[:, 0], mode="valid", method="fft")))
        found = recorded[lag : lag + len(expected)]
        if error_db(found, expected) < RESIDUAL_DB:
            break
    return found


def error_db(found: Sound, expected: Sound) -> float:
    """Return the level of the difference, in dB relative to the expected sound."""
    difference = float(np.sqrt(np.mean((found - expected).astype(np.float64) ** 2)))
    return 20 * float(np.log10(difference / float(np.sqrt(np.mean(expected.astype(np.float64) ** 2))) + 1e-12))


def test_a_take_is_played_to_the_sample_from_its_first_frame_to_its_last(server: PulseServer, take: Path) -> None:
    parts = stems(take)
    mix = soundfile.read(next(take.glob("* mix.wav")), dtype="float32")[0]
    found = played(server, take, mix, [])
    assert error_db(found, mix) < RESIDUAL_DB
    assert np.abs(found - mix).max() < 1e-5, "a gap, or a click"
    levels = np.linalg.lstsq(
        np.stack([part.reshape(-1) for part in parts.values()], axis=1), found.reshape(-1), rcond=None
    )[0]
    assert levels == pytest.approx(np.ones(len(parts)), abs=1e-4)
    for name in parts:  # the measure detects a stem that is a single sample late
        late = sum(np.roll(part, 1, axis=0) if one == name else part for one, part in parts.items())
        assert error_db(found, np.asarray(late)) > RESIDUAL_DB + 20, name


def test_solo_mute_and_level_act_on_stems_that_stay_in_step(server: PulseServer, take: Path) -> None:
    parts = stems(take)
    plan: list[list[object]] = [
        [0, "drums", {"level_db": -6.0}],
        [0, "bass", {"muted": True}],
        [96_000, "chords", {"soloed": True}],
    ]
    before = np.asarray(sum(part for name, part in parts.items() if name not in ("drums", "bass")))
    before = before + parts["drums"] * np.float32(10 ** (-6 / 20))
    found = played(server, take, before[:90_000], plan)
    assert error_db(found, before[:90_000]) < RESIDUAL_DB
    alone = parts["chords"]
    found = played(server, take, alone[140_000:], plan)
    assert error_db(found, alone[140_000:]) < RESIDUAL_DB
