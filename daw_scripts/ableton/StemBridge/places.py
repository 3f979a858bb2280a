"""Where the stems of a take can go in a set: arrangement, take lanes, session row. Each makes one clip at a time."""

import Live

TRACK_NAME = "SB %s"


class NoRoom(Exception):
    """The set cannot take the take; the sentence says why."""


class Undone:
    """What was put into the set so far, so that a take that cannot be placed whole leaves nothing."""

    def __init__(self, song):
        self._song = song
        self._steps = []

    def add(self, step):
        """Remember how to take something out again."""
        self._steps.append(step)

    def track(self, track):
        """Remember a track of ours."""
        self.add(lambda: self._song.delete_track(list(self._song.tracks).index(track)))

    def run(self):
        """Take everything out, last first; what is gone already is passed over."""
        for step in reversed(self._steps):
            try:
                step()
            except (RuntimeError, ValueError, AttributeError):  # deleted meanwhile, by the user say
                continue


def new_track(song, stem, undone):
    """Return a new audio track at the set's end.

    Raises
    ------
    NoRoom
        If this edition of Live allows no more tracks.
    """
    try:
        track = song.create_audio_track(-1)
    except Live.Base.LimitationError:
        raise NoRoom("This edition of Live allows no more tracks") from None
    undone.track(track)
    track.name = TRACK_NAME % stem.name
    track.color = stem.color
    return track


def is_usable(track):
    """Tell if clips can be put on a track: audio, not frozen, not a group, in a Live that is new enough."""
    return bool(
        hasattr(track, "create_audio_clip")
        and track.has_audio_input
        and not track.is_foldable
        and not track.is_frozen
    )


def ours(song, name):
    """Return the track that an earlier take's stem of this name lies on, None if there is none."""
    wanted = TRACK_NAME % name
    return next((track for track in song.tracks if track.name == wanted and is_usable(track)), None)


class Arrangement:
    """At a beat of the arrangement, on new tracks or on given ones as far as they go."""

    loops = False

    def __init__(self, song, beat, tracks=()):
        self._song = song
        self._beat = float(beat)
        self._given = list(tracks)

    def clip(self, stem, number, undone):
        """Make the clip of one stem, on the given track of its number (from 0) or a new one."""
        track = self._given[number] if number < len(self._given) else new_track(self._song, stem, undone)
        clip = _created(track, stem, track.create_audio_clip, self._beat)
        undone.add(lambda: track.delete_clip(clip))
        return clip


class TakeLanes:
    """In take lanes at a beat: of the track that holds this stem already, else of a new one. Live 12.2 and later."""

    loops = False

    def __init__(self, song, beat, lane_name):
        self._song = song
        self._beat = float(beat)
        self._lane_name = lane_name

    def clip(self, stem, _, undone):
        """Make the clip of one stem, in a lane of its own; a new track's first clip lies on the track itself."""
        track = ours(self._song, stem.name)
        if track is None:
            track = new_track(self._song, stem, undone)
            clip = _created(track, stem, track.create_audio_clip, self._beat)
        else:
            take_lane = track.create_take_lane()
            take_lane.name = self._lane_name
            clip = _created(track, stem, take_lane.create_audio_clip, self._beat)
        undone.add(lambda: track.delete_clip(clip))
        return clip


class SessionRow:
    """In one row of the session, on our tracks where their slots are free."""

    loops = True

    def __init__(self, song, row):
        self._song = song
        self._row = row
        self.slots = []

    def clip(self, stem, _, undone):
        """Make the clip of one stem; rows that the set lacks are added."""
        while self._row >= len(self._song.scenes):
            self._song.create_scene(-1)
            undone.add(lambda: self._song.delete_scene(len(self._song.scenes) - 1))
        track = ours(self._song, stem.name)
        if track is None or track.clip_slots[self._row].has_clip:
            track = new_track(self._song, stem, undone)
        slot = track.clip_slots[self._row]
        clip = _created(track, stem, slot.create_audio_clip)
        undone.add(slot.delete_clip)
        self.slots.append(slot)
        return clip


def _created(track, stem, create, *place):
    try:
        return create(stem.path, *place)
    except (RuntimeError, ValueError) as error:
        raise NoRoom("Live could not take %s onto “%s” (%s)" % (stem.path, track.name, error)) from error
