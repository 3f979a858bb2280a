"""Playing takes: stems mixed in sync (`mixer`), sent to a sound card or to nowhere (`output`), run by `player`.

`peaks` makes the pictures of waveforms. Nothing here knows of Qt.
"""

BUCKET_FRAMES = 64
"""How many frames one stored peak stands for. It is here because the window needs it before it may load numpy."""
