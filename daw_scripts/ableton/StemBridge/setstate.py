"""Reads the set's state for the companion, ten times a second; only changes are sent.

Polling is used instead of Live's listeners: Live sends no event when a set is saved under another name, and a
listener ends silently with its object.
"""

import os

ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""Live's `root_note` 0–11."""
MODES = {
    "Major": "major",
    "Minor": "minor",
    "Dorian": "dorian",
    "Phrygian": "phrygian",
    "Lydian": "lydian",
    "Mixolydian": "mixolydian",
    "Locrian": "locrian",
    "Harmonic Minor": "minor",
    "Melodic Minor": "minor",
    "Minor Pentatonic": "minor",
    "Minor Blues": "minor",
    "Harmonic Major": "major",
    "Major Pentatonic": "major",
}
"""Live's `scale_name` → the mode sent to the companion; other scales are not sent as a key."""
PROJECT_SIGN = "Ableton Project Info"


def read_state(song, scale_is_key):
    """Return the present state as message address → values; what the set does not say is left out.

    With `scale_is_key` the scale counts as the key even with scale mode off (Live 11 has no scale mode).
    """
    state = {
        "/tempo": (float(song.tempo),),
        "/timesig": (song.signature_numerator, song.signature_denominator),
        "/position": (max(0.0, float(song.current_song_time)),),
        "/playing": (int(song.is_playing),),
        "/loop": (int(song.loop), float(song.loop_start), float(song.loop_length)),
        "/selection": _selection(song),
    }
    key = key_of(song, scale_is_key)
    if key:
        state["/key"] = (key,)
    file = set_file(song)
    if file:
        state["/project"] = (project_folder(file), os.path.splitext(os.path.basename(file))[0])
    return state


def key_of(song, scale_is_key):
    """Return the key in the companion's notation, "" if the set has none."""
    if not (scale_is_key or getattr(song, "scale_mode", False)):
        return ""
    mode = MODES.get(song.scale_name)
    return "%s %s" % (ROOTS[song.root_note % 12], mode) if mode else ""


def set_file(song):
    """Return the path of the set's file; "" if it was never saved, or Live is older than 11.3.25."""
    return getattr(song, "file_path", "") or ""


def project_folder(file):
    """Return the project folder of a set: the nearest one with `Ableton Project Info` in it, else the set's own."""
    folder = first = os.path.dirname(file)
    while folder != os.path.dirname(folder):
        if os.path.isdir(os.path.join(folder, PROJECT_SIGN)):
            return folder
        folder = os.path.dirname(folder)
    return first


def _selection(song):
    """Return the selected track's name and the row of the selected scene, counted from 1."""
    scenes = list(song.scenes)
    scene = song.view.selected_scene
    return song.view.selected_track.name, scenes.index(scene) + 1 if scene in scenes else 0
