"""MIDI in the window: the page with ports, clock and learning, and what is told when something is lost."""
