"""Playing takes: stems mixed in sync (`mixer`), sent to a sound card or to silence (`output`), run by `player`.

`sync` and `preview` play a take in time with a song; `peaks` computes waveform peaks; `tone` is the test tone of the
settings. Must not live here: Qt.
"""

BUCKET_FRAMES = 64
"""The number of frames of one stored peak. Defined here because the window needs it before it loads numpy."""
