"""Triggers inside Live: empty MIDI clips called `@stembridge <genres> | <bars>`, and the surface's MIDI port."""

import Live

SIGN = "@stembridge"
READY = "ready"
CHANNELS, NUMBERS = 16, 128


class BadName(Exception):
    """A trigger clip's name with an invalid number of bars; the sentence names it."""


def parse_name(name):
    """Return (genres, bars) from a trigger clip's name, bars None if not given; None if it is no trigger.

    Raises
    ------
    BadName
        If the bars are not a number above 0, at most 10000.
    """
    words = name.strip()
    if not words.lower().startswith(SIGN) or words[len(SIGN) : len(SIGN) + 1].strip(" |"):
        return None
    fields = [field.strip() for field in words[len(SIGN) :].split("|")]
    genres, bars = fields[0], fields[1] if len(fields) > 1 else ""
    if not bars:
        return genres, None
    try:
        count = float(bars.replace(",", "."))
    except ValueError:
        count = 0.0
    if not 0 < count <= 10000:
        raise BadName("bars in “%s” must be a number, 0–10000, as in %s funk | 4" % (name, SIGN))
    return genres, count


def ready_name(name):
    """Return the name that marks a trigger clip as done: its next launch replaces it by the take."""
    fields = [field.strip() for field in name.split("|")]
    fields += [""] * (2 - len(fields))
    return " | ".join([*fields[:2], READY])


def is_empty(clip):
    """Return True if a MIDI clip has no notes: a clip with notes is never a trigger."""
    return not len(clip.get_notes_extended(0, 128, 0.0, max(1.0, float(clip.length))))


def forward_port(script_handle, midi_map_handle):
    """Subscribe the script to every note and controller of the control surface's port."""
    for channel in range(CHANNELS):
        for number in range(NUMBERS):
            Live.MidiMap.forward_midi_note(script_handle, midi_map_handle, channel, number)
            Live.MidiMap.forward_midi_cc(script_handle, midi_map_handle, channel, number)


class LaunchListener:
    """Records launches of clips. Its listeners only note them: Live refuses changes to the set from a listener."""

    def __init__(self, song):
        self._song = song
        self._launches = []
        self._watched = []
        song.add_tracks_listener(self._tracks_changed)
        self._is_stale = True

    def take(self):
        """Return the clip slots launched since the last call, as (track, row)."""
        if self._is_stale:
            self._is_stale = False
            self._watch()
        launches, self._launches = self._launches, []
        return launches

    def close(self):
        """Remove all listeners."""
        self._unwatch()
        if self._song.tracks_has_listener(self._tracks_changed):
            self._song.remove_tracks_listener(self._tracks_changed)

    def _tracks_changed(self):
        self._is_stale = True

    def _watch(self):
        self._unwatch()
        for track in self._song.tracks:
            if track.has_midi_input:
                self._watched.append(_Watched(track, self._launches_append))

    def _launches_append(self, track, row):
        self._launches.append((track, row))

    def _unwatch(self):
        for watched in self._watched:
            watched.close()
        self._watched = []


class _Watched:
    """The listeners of one track. A clip is first fired, then plays; either state may be too short to be noticed."""

    def __init__(self, track, launched):
        self._track = track
        self._launched = launched
        self._fired = -1
        track.add_fired_slot_index_listener(self._fired_changed)
        track.add_playing_slot_index_listener(self._playing_changed)

    def _fired_changed(self):
        row = self._track.fired_slot_index
        if row >= 0:
            self._fired = row
            self._launched(self._track, row)

    def _playing_changed(self):
        row = self._track.playing_slot_index
        if row >= 0 and row != self._fired:
            self._launched(self._track, row)
        self._fired = -1

    def close(self):
        try:
            if self._track.fired_slot_index_has_listener(self._fired_changed):
                self._track.remove_fired_slot_index_listener(self._fired_changed)
            if self._track.playing_slot_index_has_listener(self._playing_changed):
                self._track.remove_playing_slot_index_listener(self._playing_changed)
        except (RuntimeError, AttributeError):  # the track is gone, and its listeners with it
            return
