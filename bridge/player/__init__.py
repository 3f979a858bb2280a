"""Playing takes: stems mixed in sync (`mixer`), sent to a sound card or to nowhere (`output`), run by `player`.

`peaks` makes the pictures of waveforms. Nothing here knows of Qt.
"""
