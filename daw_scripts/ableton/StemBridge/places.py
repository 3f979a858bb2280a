"""The places in a set that stems can go to: arrangement, take lanes, session row. Each makes one clip at a time."""

import Live

TRACK_NAME = "SB %s"


class NoRoom(Exception):
    """The take cannot be placed in the set; the sentence says why."""


class Rollback:
    """The undo steps of what was put into the set so far: a take that cannot be placed whole leaves nothing."""

    def __init__(self, song):
        self._song = song
        self._steps = []

    def add(self, step):
        """Remember the function that takes something out again."""
        self._steps.append(step)

    def track(self, track):
        """Remember a new track, to be deleted again."""
        self.add(lambda: self._song.delete_track(list(self._song.tracks).index(track)))

    def run(self):
        """Take everything out, last first; things that are gone already are skipped."""
        for step in reversed(self._steps):
            try:
                step()
            except (RuntimeError, ValueError, AttributeError):  # deleted meanwhile, for example by the user
                continue


def new_track(song, stem, rollback):
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
    rollback.track(track)
    track.name = TRACK_NAME % stem.name
    track.color = stem.color
    return track


def is_usable(track):
    """Return True if clips can be put on a track: audio, not frozen, not a group, in a Live that is new enough."""
    return bool(
        hasattr(track, "create_audio_clip")
        and track.has_audio_input
        and not track.is_foldable
        and not track.is_frozen
    )


def stem_track(song, name):
    """Return the track that earlier takes' stems of this name lie on, None if there is none."""
    wanted = TRACK_NAME % name
    return next((track for track in song.tracks if track.name == wanted and is_usable(track)), None)


class Arrangement:
    """A beat of the arrangement: on the given tracks first, then on new ones."""

    loops = False

    def __init__(self, song, beat, tracks=()):
        self._song = song
        self._beat = float(beat)
        self._given = list(tracks)

    def clip(self, stem, number, rollback):
        """Make the clip of one stem, on the given track with this number (from 0) or on a new track."""
        track = self._given[number] if number < len(self._given) else new_track(self._song, stem, rollback)
        clip = _created(track, stem, track.create_audio_clip, self._beat)
        rollback.add(lambda: track.delete_clip(clip))
        return clip


class TakeLanes:
    """Take lanes at a beat, on the track that holds this stem already or else a new one. Live 12.2 and later."""

    loops = False

    def __init__(self, song, beat, lane_name):
        self._song = song
        self._beat = float(beat)
        self._lane_name = lane_name

    def clip(self, stem, _, rollback):
        """Make the clip of one stem, in a new lane; a new track's first clip lies on the track itself."""
        track = stem_track(self._song, stem.name)
        if track is None:
            track = new_track(self._song, stem, rollback)
            clip = _created(track, stem, track.create_audio_clip, self._beat)
        else:
            take_lane = track.create_take_lane()
            take_lane.name = self._lane_name
            clip = _created(track, stem, take_lane.create_audio_clip, self._beat)
        rollback.add(lambda: track.delete_clip(clip))
        return clip


class SessionRow:
    """One row of the session: on the stems' tracks where their slots are free, else on new ones."""

    loops = True

    def __init__(self, song, row):
        self._song = song
        self._row = row
        self.slots = []

    def clip(self, stem, _, rollback):
        """Make the clip of one stem; missing rows are added to the set."""
        while self._row >= len(self._song.scenes):
            self._song.create_scene(-1)
            rollback.add(lambda: self._song.delete_scene(len(self._song.scenes) - 1))
        track = stem_track(self._song, stem.name)
        if track is None or track.clip_slots[self._row].has_clip:
            track = new_track(self._song, stem, rollback)
        slot = track.clip_slots[self._row]
        clip = _created(track, stem, slot.create_audio_clip)
        rollback.add(slot.delete_clip)
        self.slots.append(slot)
        return clip


def _created(track, stem, create, *place):
    try:
        return create(stem.path, *place)
    except (RuntimeError, ValueError) as error:
        raise NoRoom("Live could not take %s onto “%s” (%s)" % (stem.path, track.name, error)) from error
