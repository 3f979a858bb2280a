"""Playing the companion: pads, switches and clocks over MIDI.

Pure parts (`clock`, `notes`, `messages`, `mapping`, `quantise`) know no ports; `ports` knows nothing but ports;
`face` puts them together and hands jobs to the queue.
"""
