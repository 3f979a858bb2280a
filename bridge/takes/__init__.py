"""Takes on disk: one folder per take with stems, mix, MIDI and a manifest, either complete or absent.

Here are names and locations of takes (`naming`, `layout`), the data types (`take`), the manifest (`manifest`), the
file formats (`wav`, `midifile`, `rpp`), the writers (`writer`, `files`, `stream`, `staging`), and the takes of a
project (`library`). Not here: deciding what is generated, or talking to a DAW.

`naming`, `layout`, `take`, `staging`, `manifest` and `library` import no numpy: the companion process reads takes,
and only the worker process writes them.
"""
