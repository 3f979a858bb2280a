"""MIDI in the window: the page with ports, clock and learning, and the messages about lost ports and clocks."""
