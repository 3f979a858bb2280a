"""Control surface for Ableton Live 11 and 12: reports the set's state to the companion and places takes in it.

What lives here: a MIDI Remote Script in Python 3.7, on the standard library and `Live` alone. `surface` is what Live
calls, `session` ties the parts together. Everything happens on Live's main thread, in a timer; nothing waits.
What must not: threads, frameworks, and imports of the companion, which is another program.
"""

from .surface import StemBridge


def create_instance(c_instance):
    """Return the control surface; Live calls this when it is chosen in the settings, and for every set."""
    return StemBridge(c_instance)
