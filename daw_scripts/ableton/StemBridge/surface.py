"""The control surface as Live sees it: what it calls, and the timer that everything runs in."""

import time
import traceback

import Live

from .session import Session
from .triggers import forward_port

TICK_MS = 20
SILENT_S = 0.5
"""When the timer has not run for so long, Live's own slow beat (ten times a second) does its work."""


class StemBridge:
    """The control surface. Live makes one for every set, and disconnects it with the set."""

    def __init__(self, c_instance):
        self._c_instance = c_instance
        self._session = Session(c_instance.song(), self._say)
        self._ticked_s = 0.0
        self._timer = Live.Base.Timer(callback=self._tick, interval=TICK_MS, repeat=True)
        self._timer.start()

    def disconnect(self):
        """End; the set is being closed, or another control surface was chosen."""
        self._timer.stop()
        try:
            self._session.close()
        except RuntimeError:  # parts of the set are gone already
            self._log()

    def update_display(self):
        """Tick in the timer's place if it has stopped."""
        if time.monotonic() - self._ticked_s > SILENT_S:
            self._tick()

    def build_midi_map(self, midi_map_handle):
        """Ask for everything that the surface's MIDI port hears."""
        forward_port(self._c_instance.handle(), midi_map_handle)

    def receive_midi(self, midi_bytes):
        """Hand on a note or controller."""
        self._session.midi(midi_bytes)

    def connect_script_instances(self, instanciated_scripts):
        """Nothing to do: no other control surface is needed."""

    def can_lock_to_devices(self):
        """Tell that there is no device to lock to."""
        return False

    def suggest_input_port(self):
        """Suggest none: a pad is a matter of choice."""
        return ""

    def suggest_output_port(self):
        """Suggest none: nothing is sent."""
        return ""

    def refresh_state(self):
        """Nothing to do: no controller shows anything of ours."""

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
