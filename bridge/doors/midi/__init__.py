"""Playing the companion: pads, switches, clocks and keys over MIDI.

`messages` makes events of bytes, `bindings` actions of events; `clock` and `clocks` follow tempo and place, `notes`
the key: none of them knows ports. `ports` and `pump` know nothing but ports. `mapfile`, `fields`, `actions`,
`feedback` and `userfile` read the user's map. `face` does what it says, `service` runs all of it in a companion.
"""
