"""Puts one take into the set, in small steps: one clip per tick, so that Live's window never waits for long."""

from .places import Arrangement, NoRoom, Rollback, SessionRow, TakeLanes, is_usable
from .take import BadTake, Take
from .warp import cut_to_length, is_exact

NEW_TRACKS, SELECTED, LANES, SESSION = "new tracks", "selected tracks", "take lanes", "session"
MODES = (NEW_TRACKS, SELECTED, LANES, SESSION)
"""The values of the user's setting `live_placing`."""
TOO_OLD = "this Live cannot take clips from a script (11.3.25 and 12.0.5 can); drag the stems in from %s"
TEMPO_TOLERANCE_BPM = 0.005


class Placement:
    """A take to be placed, and its place.

    Attributes:
        manifest: path of its manifest.
        mode: one of `MODES`.
        beat: its place in the arrangement; None = the take's own beat.
        row: its row of the session, counted from 0; None = the selected scene's.
        trigger: the clip slot of the trigger clip, which the take replaces; None if there is none.
        is_alone: True if the other variations of its job are not placed with it.
    """

    def __init__(self, manifest, mode=NEW_TRACKS, beat=None, row=None, trigger=None, is_alone=False):
        self.manifest = manifest
        self.mode = mode if mode in MODES else NEW_TRACKS
        self.beat = beat
        self.row = row
        self.trigger = trigger
        self.is_alone = is_alone


def place(song, placement, say, placed):
    """Place the take: a generator to be advanced once per tick, one step of Live's undo.

    Nothing is left in the set if it fails halfway. At the end `say(text)` is called with a sentence for the user, and
    `placed(manifest, stems, problem)` with the number of stems placed and the reason for missing ones, "" if none.
    """
    rollback = Rollback(song)
    is_open = False
    try:
        take = Take(placement.manifest)
        _check_version(song, take)
        song.begin_undo_step()
        is_open = True
        slots, follows = [], True
        for variation, one in enumerate([take, *_further(song, take, placement)]):
            where = _where(song, placement, one, variation)
            for number, stem in enumerate(one.stems):
                is_warped = yield from _clip(where, one, stem, number, rollback)
                follows = follows and is_warped
            slots = slots or getattr(where, "slots", [])
        if placement.trigger is not None:
            _replace(placement.trigger, slots)
        say(_count(take) + _remark(song, take, placement, follows))
        placed(placement.manifest, len(take.stems), "")
    except Exception as error:  # on any error the set is left as it was, and the user learns where the files are
        rollback.run()
        say(_problem(placement, error))
        placed(placement.manifest, 0, _problem(placement, error))
    finally:
        if is_open:
            song.end_undo_step()


def _clip(where, take, stem, number, rollback):
    """Make one stem's clip and correct its warping; return True if it follows the set's tempo."""
    clip = where.clip(stem, number, rollback)
    yield
    if not is_exact(clip, take):
        clip.warping = False
        yield  # Live unwarps after the current tick: only then do the markers count in seconds
        cut_to_length(clip, take)
    elif clip.warping and where.loops and not clip.looping:
        clip.looping = True
    clip.name = stem.name
    clip.color = stem.color
    return clip.warping


def _where(song, placement, take, variation):
    """Return the place of one take; each further variation of a job goes into the next row of the session."""
    if placement.mode == SESSION:
        row = list(song.scenes).index(song.view.selected_scene) if placement.row is None else placement.row
        return SessionRow(song, row + variation)
    beat = take.start_beat if placement.beat is None else placement.beat
    if placement.mode == LANES and _has_lanes(song):
        return TakeLanes(song, beat, take.name)
    if placement.mode == SELECTED:
        chosen = [track for track in song.tracks if track.is_part_of_selection]
        return Arrangement(song, beat, [track for track in chosen if is_usable(track)])
    return Arrangement(song, beat)


def _further(song, take, placement):
    """Return the job's other variations to place; none in the arrangement: only lanes and rows have room for them."""
    if placement.is_alone or not (placement.mode == SESSION or (placement.mode == LANES and _has_lanes(song))):
        return []
    return [Take(path) for path in take.variations if path != placement.manifest]


def _has_lanes(song):
    return hasattr(song.tracks[0], "create_take_lane")


def _replace(slot, slots):
    """Replace the trigger clip by the take's clips, and launch them."""
    if slot.has_clip:
        slot.delete_clip()
    for one in slots:
        one.fire()


def _check_version(song, take):
    if not hasattr(song.tracks[0], "create_audio_clip"):
        raise NoRoom(TOO_OLD % take.folder)


def _problem(placement, error):
    """Return the sentence on a take that could not be placed; Live's own errors do not name its files."""
    if isinstance(error, (BadTake, NoRoom)):
        return str(error)
    return "Live refused to place the take (%s); its files are beside %s" % (error, placement.manifest)


def _count(take):
    return "%d %s placed" % (len(take.stems), "stem" if len(take.stems) == 1 else "stems")


def _remark(song, take, placement, follows):
    """Return remarks for the user on this take in this set, "" if there are none."""
    remark = ""
    if placement.mode == LANES and not _has_lanes(song):
        remark += ", on new tracks: take lanes need Live 12.2"
    if abs(song.tempo - take.tempo) > TEMPO_TOLERANCE_BPM and not follows:
        remark += "; they were made for %g BPM, the set is at %g now" % (take.tempo, song.tempo)
    if not getattr(song, "file_path", ""):
        remark += "; after saving this set, use File > Collect All and Save"
    return remark
