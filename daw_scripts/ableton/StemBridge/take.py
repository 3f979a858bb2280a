"""A take as read from its manifest: the files to place, their length, and their place in the song."""

import json
import os

MIX_COLOR = "#b0bec5"


class BadTake(Exception):
    """A take that cannot be placed; the sentence says why."""


class Take:
    """One take, read from its manifest.

    Attributes:
        folder: the folder of its files.
        name: the folder's name, unique among takes.
        stems: the files to place; a take without stems is placed as its mix.
        start_beat: its start, in quarter-note beats from the set's start.
        beats: its length in quarter-note beats.
        length_s: its length in seconds.
        tempo: quarter notes per minute at its start.
        is_steady: True if its tempo is constant.
        variations: paths of the manifests of all takes of its job; only this one's path if it has no variations.
    """

    def __init__(self, manifest_path):
        """Read a manifest.

        Raises
        ------
        BadTake
            If the manifest cannot be read, or a WAV is missing.
        """
        manifest = _read(manifest_path)
        try:
            self.folder = os.path.dirname(manifest_path)
            self.name = os.path.basename(self.folder)
            self.stems = [Stem(self.folder, entry) for entry in manifest["stems"] or [manifest["mix"]]]
            self.start_beat = float(manifest["start_beat"])
            self.length_s = manifest["frames"] / float(manifest["sample_rate"])
            self.tempo = float(manifest["tempo"])
            self.is_steady = not manifest["tempo_map"]
            self.beats = self.length_s * self.tempo / 60.0
            others = [os.path.join(self.folder, path) for path in manifest.get("variations", [])]
        except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError):
            raise BadTake("%s is not a complete take" % manifest_path) from None
        self.variations = [os.path.normpath(path) for path in others] or [manifest_path]
        for stem in self.stems:
            if not os.path.isfile(stem.path):
                raise BadTake("the file of %s is missing: %s" % (stem.name, stem.path))


class Stem:
    """One file of a take: its name, the path of its WAV, its colour as 0xRRGGBB."""

    def __init__(self, folder, entry):
        self.name = str(entry.get("name", "mix"))
        self.path = os.path.join(folder, os.path.basename(entry["file"]))
        self.color = int(str(entry.get("color", MIX_COLOR)).lstrip("#"), 16) & 0xFFFFFF


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        raise BadTake("the take is not there any more: %s" % path) from None
