"""Checks and corrects the warping of a new clip: Live may have guessed a wrong tempo for it."""

BEATS_TOLERANCE = 0.002
"""Tolerance for the length of a correctly warped clip, in beats: one millisecond at 120 BPM."""
LENGTH_TOLERANCE_S = 0.0005


def is_exact(clip, take):
    """Return True if the clip plays the take's exact length: not warped, or warped as one straight line.

    The last of a clip's warp markers is hidden, so a straight line has two.
    """
    if not clip.warping:
        return True
    length_beats = clip.end_marker - clip.start_marker
    return take.is_steady and len(clip.warp_markers) <= 2 and abs(length_beats - take.beats) < BEATS_TOLERANCE


def cut_to_length(clip, take):
    """Set an unwarped clip to the full length of its file.

    Live may have cut it by its wrong guess. Markers of an unwarped clip count in seconds. Ends are set before starts:
    a start must never pass an end.
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
