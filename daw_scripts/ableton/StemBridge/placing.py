"""Puts one take into the set, in small steps: one clip in a tick, so that Live's window never waits for long."""

from .places import Arrangement, NoRoom, SessionRow, TakeLanes, Undone, is_usable
from .take import BadTake, Take
from .warp import cut_to_length, is_exact

NEW_TRACKS, SELECTED, LANES, SESSION = "new tracks", "selected tracks", "take lanes", "session"
MODES = (NEW_TRACKS, SELECTED, LANES, SESSION)
"""What the user's setting `live_placing` may be."""
TOO_OLD = "this Live cannot take clips from a script (11.3.25 and 12.0.5 can); drag the stems in from %s"
TEMPO_TOLERANCE_BPM = 0.005


class Wish:
    """Where a take shall go.

    Attributes:
        manifest: path of its manifest.
        mode: one of the four words above.
        beat: where in the arrangement; None = the take's own beat.
        row: which row of the session, counted from 0; None = the selected scene's.
        trigger: the clip slot of the MIDI clip that asked for it, which the take replaces; None otherwise.
        is_alone: True if the other variations of its job shall stay where they are.
    """

    def __init__(self, manifest, mode=NEW_TRACKS, beat=None, row=None, trigger=None, is_alone=False):
        self.manifest = manifest
        self.mode = mode if mode in MODES else NEW_TRACKS
        self.beat = beat
        self.row = row
        self.trigger = trigger
        self.is_alone = is_alone


def place(song, wish, say, placed):
    """Do it: a generator to be moved on once in every tick. It is one step of Live's undo.

    Nothing is left in the set if it fails in between. `say(text)` takes the sentence on how it ended, and
    `placed(manifest, stems, problem)` how many stems are on tracks now and why not all, "" if they are.
    """
    undone = Undone(song)
    is_open = False
    try:
        take = Take(wish.manifest)
        _check_version(song, take)
        song.begin_undo_step()
        is_open = True
        slots, follows = [], True
        for variation, one in enumerate([take, *_further(song, take, wish)]):
            where = _where(song, wish, one, variation)
            for number, stem in enumerate(one.stems):
                is_warped = yield from _clip(where, one, stem, number, undone)
                follows = follows and is_warped
            slots = slots or getattr(where, "slots", [])
        if wish.trigger is not None:
            _replace(wish.trigger, slots)
        say(_count(take) + _remark(song, take, wish, follows))
        placed(wish.manifest, len(take.stems), "")
    except Exception as error:  # whatever it is, the set is left as it was, and the user knows where the files are
        undone.run()
        say(_problem(wish, error))
        placed(wish.manifest, 0, _problem(wish, error))
    finally:
        if is_open:
            song.end_undo_step()


def _clip(where, take, stem, number, undone):
    """Make one stem's clip and see to it that it plays exactly; return whether it follows the set's tempo."""
    clip = where.clip(stem, number, undone)
    yield
    if not is_exact(clip, take):
        clip.warping = False
        yield  # Live unwarps later than it says: only after this do the markers count in seconds
        cut_to_length(clip, take)
    elif clip.warping and where.loops and not clip.looping:
        clip.looping = True
    clip.name = stem.name
    clip.color = stem.color
    return clip.warping


def _where(song, wish, take, variation):
    """Return where one take goes; a further variation of a job goes into the next row of the session."""
    if wish.mode == SESSION:
        row = list(song.scenes).index(song.view.selected_scene) if wish.row is None else wish.row
        return SessionRow(song, row + variation)
    beat = take.start_beat if wish.beat is None else wish.beat
    if wish.mode == LANES and _has_lanes(song):
        return TakeLanes(song, beat, take.name)
    if wish.mode == SELECTED:
        chosen = [track for track in song.tracks if track.is_part_of_selection]
        return Arrangement(song, beat, [track for track in chosen if is_usable(track)])
    return Arrangement(song, beat)


def _further(song, take, wish):
    """Return the job's other variations to place: lanes and rows have room for them, a beat of a track has not."""
    if wish.is_alone or not (wish.mode == SESSION or (wish.mode == LANES and _has_lanes(song))):
        return []
    return [Take(path) for path in take.variations if path != wish.manifest]


def _has_lanes(song):
    return hasattr(song.tracks[0], "create_take_lane")


def _replace(slot, slots):
    """Put the take's clips in the place of the MIDI clip that asked for them, and let them play."""
    if slot.has_clip:
        slot.delete_clip()
    for one in slots:
        one.fire()


def _check_version(song, take):
    if not hasattr(song.tracks[0], "create_audio_clip"):
        raise NoRoom(TOO_OLD % take.folder)


def _problem(wish, error):
    """Return the sentence on a take that is not in the set; Live's own errors do not say where the files are."""
    if isinstance(error, (BadTake, NoRoom)):
        return str(error)
    return "Live refused to place the take (%s); its files are beside %s" % (error, wish.manifest)


def _count(take):
    return "%d %s placed" % (len(take.stems), "stem" if len(take.stems) == 1 else "stems")


def _remark(song, take, wish, follows):
    """Return what the user should know about the take in this set."""
    remark = ""
    if wish.mode == LANES and not _has_lanes(song):
        remark += ", on new tracks: take lanes need Live 12.2"
    if abs(song.tempo - take.tempo) > TEMPO_TOLERANCE_BPM and not follows:
        remark += "; they were made for %g BPM, the set is at %g now" % (take.tempo, song.tempo)
    if not getattr(song, "file_path", ""):
        remark += "; after saving this set, use File > Collect All and Save"
    return remark
