"""The control surface: the methods that Live calls, and the timer that everything runs in."""

import time
import traceback

import Live

from .session import Session
from .triggers import forward_port

TICK_MS = 20
STALLED_S = 0.5
"""If the timer has not run for so long, `update_display` (ten times a second) does its work."""


class StemBridge:
    """The control surface. Live creates one for every set, and disconnects it with the set."""

    def __init__(self, c_instance):
        self._c_instance = c_instance
        self._session = Session(c_instance.song(), self._say)
        self._ticked_s = 0.0
        self._timer = Live.Base.Timer(callback=self._tick, interval=TICK_MS, repeat=True)
        self._timer.start()

    def disconnect(self):
        """Stop: the set is being closed, or another control surface was chosen."""
        self._timer.stop()
        try:
            self._session.close()
        except RuntimeError:  # parts of the set are gone already
            self._log()

    def update_display(self):
        """Tick as a fallback if the timer has stalled."""
        if time.monotonic() - self._ticked_s > STALLED_S:
            self._tick()

    def build_midi_map(self, midi_map_handle):
        """Subscribe to all notes and controllers of the surface's MIDI port."""
        forward_port(self._c_instance.handle(), midi_map_handle)

    def receive_midi(self, midi_bytes):
        """Forward a note or controller to the companion."""
        self._session.midi(midi_bytes)

    def connect_script_instances(self, instanciated_scripts):
        """Nothing to do: no other control surface is needed."""

    def can_lock_to_devices(self):
        """Return False: there is no device to lock to."""
        return False

    def suggest_input_port(self):
        """Return no suggestion: the user chooses the controller."""
        return ""

    def suggest_output_port(self):
        """Return no suggestion: no MIDI is sent."""
        return ""

    def refresh_state(self):
        """Nothing to do: no state is shown on controllers."""

    def _tick(self):
        self._ticked_s = time.monotonic()
        try:
            self._session.tick()
        except Exception:  # anything that escapes would stop Live's timer for good
            self._log()

    def _say(self, text):
        self._c_instance.show_message(text)

    def _log(self):
        self._c_instance.log_message("Stem Bridge: " + traceback.format_exc())
