"""Whether a new clip plays exactly: Live may have warped it by a guess of its own."""

BEATS_TOLERANCE = 0.002
"""Beats by which the length of a clip that Live has warped right may differ: a millisecond at 120 BPM."""
LENGTH_TOLERANCE_S = 0.0005


def is_exact(clip, take):
    """Tell if the clip plays the take's length to the beat: not warped, or warped as one straight line.

    The last of a clip's warp markers is hidden, so a straight line has two.
    """
    if not clip.warping:
        return True
    length_beats = clip.end_marker - clip.start_marker
    return take.is_steady and len(clip.warp_markers) <= 2 and abs(length_beats - take.beats) < BEATS_TOLERANCE


def cut_to_length(clip, take):
    """Make a clip that is no longer warped last as long as its file.

    Live may have cut it by its wrong guess. Markers of an unwarped clip count in seconds. An end goes first where the
    clip grows, a start must never pass an end.
    """
    if clip.looping:
        clip.looping = False
    if abs(clip.end_marker - take.length_s) > LENGTH_TOLERANCE_S:
        clip.end_marker = take.length_s
    if abs(clip.loop_end - take.length_s) > LENGTH_TOLERANCE_S:
        clip.loop_end = take.length_s
    if abs(clip.start_marker) > LENGTH_TOLERANCE_S:
        clip.start_marker = 0.0
    if abs(clip.loop_start) > LENGTH_TOLERANCE_S:
        clip.loop_start = 0.0
