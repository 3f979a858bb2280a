"""The MIDI door: pads, switches, clocks and keys trigger the companion.

What lives here: bytes to events (`messages`) and events to actions (`bindings`); the clock's tempo and position
(`clock`, `tempo_fit`, `clocks`) and the key that is played (`notes`), none of which knows ports; the ports (`ports`,
`input_thread`); the user's map (`map_format`, `map_values`, `map_on_disk`, `actions`, `feedback`, `learn`); the door
that passes requests to the desk (`door`), and `service`, which runs it in a companion. What must not: a decision
about a job.
"""
