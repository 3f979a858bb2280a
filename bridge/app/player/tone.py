"""A short test tone, by which the user hears whether the chosen sound device is the right one."""

from __future__ import annotations

from bridge.app.player.output import CardOutput

TONE_HZ, TONE_S, TONE_DB = 440.0, 0.6, -18.0
FADE_S = 0.02
SAMPLE_RATE = 48_000


def play_tone(device: str = "") -> None:
    """Play the tone to its end; an empty `device` is the system's default.

    Raises
    ------
    NoSound
        If no sound can be played here.
    """
    import numpy as np

    seconds = np.arange(round(TONE_S * SAMPLE_RATE)) / SAMPLE_RATE
    edge = np.minimum(seconds, TONE_S - seconds)
    tone = 10 ** (TONE_DB / 20) * np.sin(2 * np.pi * TONE_HZ * seconds) * np.clip(edge / FADE_S, 0.0, 1.0)
    output = CardOutput(SAMPLE_RATE, device)
    try:
        output.write(np.repeat(tone[:, None], 2, axis=1).astype(np.float32))
        output.finish()
    finally:
        output.close()
