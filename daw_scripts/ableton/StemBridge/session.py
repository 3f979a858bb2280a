"""One set while the control surface is on: state and triggers out, takes in; in ticks on the main thread."""

import time

import Live

from . import home, placing
from .jobs import Jobs, Request
from .link import Link
from .placing import Wish, place
from .setstate import read_state
from .triggers import BadName, LaunchListener, is_empty, parse_name, ready_name

STATE_S = 0.1
LOOK_S = 1.0
"""How often the user's settings are read."""
NO_COMPANION = "Start Stem Bridge"
GONE = "the companion is gone; waiting for it"
NOTE_ON = 0x90
TOLD_S = 15.0
"""After so long everything is told anew, whatever changed: a lost packet must not last."""
SAY_S = 0.25
"""Live's status bar shows a message for a moment; more of them would only flicker."""


class Session:
    """Everything that happens between one set and the companion."""

    def __init__(self, song, say):
        """Begin; `say(text)` shows a sentence in Live's status bar."""
        self._song = song
        self._show = say
        self._sayings = []
        self._next_say_s = 0.0
        version = Live.Application.get_application()
        numbers = (version.get_major_version(), version.get_minor_version(), version.get_bugfix_version())
        greeting = ("Ableton Live", ".".join(str(number) for number in numbers))
        self._link = Link(home.read_companion, greeting, self._hear, self._welcomed)
        self._jobs = Jobs(self._link.send, self._say, self._done, self._failed)
        self._launches = LaunchListener(song)
        self._told = {}
        self._next_state_s = self._next_told_s = 0.0
        self._wishes = []
        self._placing = None
        self._settings = {}
        self._next_look_s = 0.0
        self._ready = []
        self._asked = []

    def tick(self):
        """Do what is due; takes well under a millisecond unless a clip is made."""
        now_s = time.monotonic()
        was_connected = self._link.is_connected
        self._link.poll(now_s)
        if was_connected and not self._link.is_connected and not self._jobs.is_idle:
            self._say(GONE)
        if now_s >= self._next_look_s:
            self._next_look_s = now_s + LOOK_S
            self._settings = home.read_settings()
        if now_s >= self._next_state_s:
            self._next_state_s = now_s + STATE_S
            self._tell_state(now_s)
        for track, row in self._launches.take():
            self._launched(track, row)
        self._jobs.poll(now_s, self._link.is_connected)
        self._place()
        if self._sayings and now_s >= self._next_say_s:
            self._next_say_s = now_s + SAY_S
            self._show(self._sayings.pop(0))

    def midi(self, message):
        """Hand on a note or controller of the control surface's port; the companion knows what it means."""
        if len(message) != 3:
            return
        is_hit = message[0] & 0xF0 == NOTE_ON and message[2] > 0
        if not self._link.send("/midi", *[int(byte) for byte in message]) and is_hit:
            self._say(NO_COMPANION)

    def close(self):
        """End, as Live does with every set that is closed."""
        self._link.close()
        if self._placing is not None:
            self._placing.close()
        self._launches.close()

    def _say(self, text):
        """Show a sentence soon; progress that is overtaken is left out, so that the last word comes at once."""
        self._sayings = [one for one in self._sayings if not one.endswith("%")] + ["Stem Bridge: " + text]

    def _welcomed(self):
        self._told = {}
        self._next_state_s = 0.0
        self._tell_state(time.monotonic())
        self._jobs.reconnected()

    def _tell_state(self, now_s):
        if not self._link.is_connected:
            return
        if now_s >= self._next_told_s:
            self._next_told_s = now_s + TOLD_S
            self._told = {}
        state = read_state(self._song, self._settings.get("live_scale_is_key") is True)
        for address, values in state.items():
            if self._told.get(address) != values and self._link.send(address, *values):
                self._told[address] = values

    def _hear(self, address, values):
        if address == "/take/place" and len(values) == 3:
            self._send_for(str(values[0]), str(values[1]), float(values[2]))
        else:
            self._jobs.hear(address, values)

    def _send_for(self, manifest, where, beat):
        """Put a take there that the user has sent from the companion's window."""
        if where == "scene":
            row = len(self._song.scenes)
            self._wishes.append(Wish(manifest, placing.SESSION, row=row, is_alone=True))
        else:
            at = self._song.current_song_time if where == "playhead" else beat
            self._wishes.append(Wish(manifest, self._mode(), at, is_alone=True))

    def _mode(self):
        return self._settings.get("live_placing", placing.NEW_TRACKS)

    def _done(self, manifest, beat, trigger):
        if trigger is None:
            self._wishes.append(Wish(manifest, self._mode(), beat))
            return
        self._forget(trigger)
        try:
            trigger.clip.name = ready_name(trigger.clip.name)
        except (RuntimeError, AttributeError):  # the clip was deleted meanwhile
            self._wishes.append(Wish(manifest, placing.SESSION))
            return
        self._ready.append((trigger, trigger.clip.name, manifest))
        self._say("Ready: launch “%s” once more to hear it" % trigger.clip.name)

    def _placed(self, manifest, stems, problem):
        self._link.send("/take/placed", manifest, stems, problem)

    def _failed(self, trigger):
        self._forget(trigger)

    def _forget(self, trigger):
        self._asked = [slot for slot in self._asked if slot != trigger]

    def _launched(self, track, row):
        slot = track.clip_slots[row]
        clip = slot.clip
        if clip is None or not clip.is_midi_clip:
            return
        try:
            wanted = parse_name(clip.name)
        except BadName as error:
            self._say(str(error))
            return
        if wanted is None or not is_empty(clip):
            return
        ready = next((entry for entry in self._ready if entry[:2] == (slot, clip.name)), None)
        if ready is not None:
            self._ready.remove(ready)
            self._wishes.append(Wish(ready[2], placing.SESSION, row=row, trigger=slot))
        elif slot not in self._asked:
            self._ask(slot, *wanted)

    def _ask(self, slot, genres, bars):
        block = {"start_beat": max(0.0, float(self._song.current_song_time))}
        if genres:
            block["genres"] = genres
        if bars:
            block["bars"] = bars
        self._asked.append(slot)
        self._jobs.ask(Request(block, slot))
        if not self._link.is_connected:
            self._say(NO_COMPANION + "; the request waits for it")

    def _place(self):
        """Move the placing that is under way on by one step, or begin the next one."""
        if self._placing is None and self._wishes:
            self._placing = place(self._song, self._wishes.pop(0), self._say, self._placed)
        if self._placing is not None:
            try:
                next(self._placing)
            except StopIteration:
                self._placing = None
