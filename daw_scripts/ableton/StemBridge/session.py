"""The link between one set and the companion: sends state and triggers, places takes, in ticks on the main thread."""

import time

import Live

from . import home, placing
from .jobs import Jobs, Request
from .link import Link
from .placing import Placement, place
from .setstate import read_state
from .triggers import BadName, LaunchListener, is_empty, parse_name, ready_name

STATE_S = 0.1
SETTINGS_S = 1.0
"""Interval at which the user's settings are read."""
NO_COMPANION = "Start Stem Bridge"
GONE = "the companion is gone; waiting for it"
NOTE_ON = 0x90
RESEND_S = 15.0
"""Interval at which the whole state is sent again, changed or not, in case a packet was lost."""
SAY_S = 0.25
"""Shortest time between two messages in Live's status bar; faster ones would only flicker."""


class Session:
    """Everything that happens between one set and the companion."""

    def __init__(self, song, say):
        """Connect the parts; `say(text)` shows a sentence in Live's status bar."""
        self._song = song
        self._show = say
        self._messages = []
        self._next_say_s = 0.0
        live = Live.Application.get_application()
        numbers = (live.get_major_version(), live.get_minor_version(), live.get_bugfix_version())
        greeting = ("Ableton Live", ".".join(str(number) for number in numbers))
        self._link = Link(home.read_companion, greeting, self._handle, self._welcomed)
        self._jobs = Jobs(self._link.send, self._say, self._done, self._failed)
        self._launches = LaunchListener(song)
        self._sent = {}
        self._next_state_s = self._next_resend_s = 0.0
        self._placements = []
        self._placing = None
        self._settings = {}
        self._next_settings_s = 0.0
        self._ready = []
        self._pending = []

    def tick(self):
        """Do everything that is due; takes well under a millisecond unless a clip is made."""
        now_s = time.monotonic()
        was_connected = self._link.is_connected
        self._link.poll(now_s)
        if was_connected and not self._link.is_connected and not self._jobs.is_idle:
            self._say(GONE)
        if now_s >= self._next_settings_s:
            self._next_settings_s = now_s + SETTINGS_S
            self._settings = home.read_settings()
        if now_s >= self._next_state_s:
            self._next_state_s = now_s + STATE_S
            self._send_state(now_s)
        for track, row in self._launches.take():
            self._launched(track, row)
        self._jobs.poll(now_s, self._link.is_connected)
        self._place()
        if self._messages and now_s >= self._next_say_s:
            self._next_say_s = now_s + SAY_S
            self._show(self._messages.pop(0))

    def midi(self, message):
        """Forward a note or controller of the control surface's port to the companion, which knows the MIDI map."""
        if len(message) != 3:
            return
        is_hit = message[0] & 0xF0 == NOTE_ON and message[2] > 0
        if not self._link.send("/midi", *[int(byte) for byte in message]) and is_hit:
            self._say(NO_COMPANION)

    def close(self):
        """Disconnect; Live ends the control surface with every set that is closed."""
        self._link.close()
        if self._placing is not None:
            self._placing.close()
        self._launches.close()

    def _say(self, text):
        """Queue a sentence for the status bar; older progress is dropped, so that the newest shows at once."""
        self._messages = [one for one in self._messages if not one.endswith("%")] + ["Stem Bridge: " + text]

    def _welcomed(self):
        self._sent = {}
        self._next_state_s = 0.0
        self._send_state(time.monotonic())
        self._jobs.reconnected()

    def _send_state(self, now_s):
        if not self._link.is_connected:
            return
        state = read_state(self._song, self._settings.get("live_scale_is_key") is True)
        if "/key" in self._sent and "/key" not in state:
            self._link.send("/set", "key", "")  # scale mode was switched off: an empty /key would change nothing
            self._sent.pop("/key")
        if now_s >= self._next_resend_s:
            self._next_resend_s = now_s + RESEND_S
            self._sent = {}
        for address, values in state.items():
            if self._sent.get(address) != values and self._link.send(address, *values):
                self._sent[address] = values

    def _handle(self, address, values):
        if address == "/take/place" and len(values) == 3:
            self._place_sent(str(values[0]), str(values[1]), float(values[2]))
        else:
            self._jobs.handle(address, values)

    def _place_sent(self, manifest, where, beat):
        """Queue the placing of a take that the user has sent from the companion's window."""
        if where == "scene":
            row = len(self._song.scenes)
            self._placements.append(Placement(manifest, placing.SESSION, row=row, is_alone=True))
        else:
            at = self._song.current_song_time if where == "playhead" else beat
            self._placements.append(Placement(manifest, self._mode(), at, is_alone=True))

    def _mode(self):
        return self._settings.get("live_placing", placing.NEW_TRACKS)

    def _done(self, manifest, beat, trigger):
        if trigger is None:
            self._placements.append(Placement(manifest, self._mode(), beat))
            return
        self._forget(trigger)
        try:
            trigger.clip.name = ready_name(trigger.clip.name)
        except (RuntimeError, AttributeError):  # the clip was deleted meanwhile
            self._placements.append(Placement(manifest, placing.SESSION))
            return
        self._ready.append((trigger, trigger.clip.name, manifest))
        self._say("Ready: launch “%s” once more to hear it" % trigger.clip.name)

    def _placed(self, manifest, stems, problem):
        self._link.send("/take/placed", manifest, stems, problem)

    def _failed(self, trigger):
        self._forget(trigger)

    def _forget(self, trigger):
        self._pending = [slot for slot in self._pending if slot != trigger]

    def _launched(self, track, row):
        slot = track.clip_slots[row]
        clip = slot.clip
        if clip is None or not clip.is_midi_clip:
            return
        try:
            asked = parse_name(clip.name)
        except BadName as error:
            self._say(str(error))
            return
        if asked is None or not is_empty(clip):
            return
        ready = next((entry for entry in self._ready if entry[:2] == (slot, clip.name)), None)
        if ready is not None:
            self._ready.remove(ready)
            self._placements.append(Placement(ready[2], placing.SESSION, row=row, trigger=slot))
        elif slot not in self._pending:
            self._request(slot, *asked)

    def _request(self, slot, genres, bars):
        block = {"start_beat": max(0.0, float(self._song.current_song_time))}
        if genres:
            block["genres"] = genres
        if bars:
            block["bars"] = bars
        self._pending.append(slot)
        self._jobs.ask(Request(block, slot))
        if not self._link.is_connected:
            self._say(NO_COMPANION + "; the request waits for it")

    def _place(self):
        """Advance the current placing by one step, or begin the next one."""
        if self._placing is None and self._placements:
            self._placing = place(self._song, self._placements.pop(0), self._say, self._placed)
        if self._placing is not None:
            try:
                next(self._placing)
            except StopIteration:
                self._placing = None
