"""Words for the files that a door takes, in sentences to its callers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileWords:
    """The form in which files are named: paths, unless the door takes uploads.

    Attributes:
        audio: for `source_audio` and `reference_audio`.
        lora: for an adapter; empty = the engine's own words, which name paths.
    """

    audio: str = "the path of an audio file that exists"
    lora: str = ""
