"""Generation, alignment and stems: everything that makes sound.

What lives here: music values (`engine.music`), the seam every engine stands behind (`engine.contract`), the engines
themselves (`engine.sketch`), and measuring audio against the grid (`engine.align`).

What must not: anything about DAWs, users, sockets, folders of takes. This package never imports `bridge`.
"""
