"""Generation, alignment and stems: everything that makes sound.

It holds music values (`engine.music`), the interface of all engines (`engine.contract`), the engines themselves
(`engine.sketch`, `engine.ace_step`, `engine.remote`), and the alignment of audio to a grid (`engine.align`).

It holds nothing about DAWs, users, sockets or folders of takes, and never imports `bridge`.
"""
