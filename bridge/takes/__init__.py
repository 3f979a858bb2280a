"""Takes on disk: one folder per take with stems, mix, MIDI and a manifest, complete or not there at all.

What lives here: names and places of takes (`naming`, `layout`), what a take is (`take`), the manifest (`manifest`),
the file formats (`wav`, `midifile`), and the writer that puts it all in place (`writer`, `staging`).

What must not: deciding what is generated, or talking to a DAW. `naming`, `layout`, `take`, `staging` and `manifest`
import no numpy: the companion process reads takes, only the worker process writes them.
"""
