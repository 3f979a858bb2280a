"""Translates a request's description, key, meter, tempo and lyrics into the fields that ACE-Step 1.5 was trained on.

The model has separate fields for tempo, key and meter. Its guide says not to repeat them in the caption, where a
conflict ("slow ballad", 160) confuses it; so they are removed from the genres here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.music import Key, Meter
from engine.music.key import MODES
from engine.music.tempo import TempoMap

MIN_BPM, MAX_BPM = 30, 300
"""The range of tempos, in whole beats per minute, that the model knows."""
INSTRUMENTAL = "[Instrumental]"
"""The lyrics that the model was trained with for music without singing."""
LANGUAGES = frozenset(
    [
        "ar",
        "az",
        "bg",
        "bn",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "fa",
        "fi",
        "fr",
        "he",
        "hi",
        "hr",
        "ht",
        "hu",
        "id",
        "is",
        "it",
        "ja",
        "ko",
        "la",
        "lt",
        "ms",
        "ne",
        "nl",
        "no",
        "pa",
        "pl",
        "pt",
        "ro",
        "ru",
        "sa",
        "sk",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tl",
        "tr",
        "uk",
        "ur",
        "vi",
        "yue",
        "zh",
        "unknown",
    ]
)
"""Language codes of the lyrics header."""
UNKNOWN_LANGUAGE = "unknown"

_MODEL_MODES = {"major": "major", "lydian": "major", "mixolydian": "major"} | {
    "minor": "minor",
    "dorian": "minor",
    "phrygian": "minor",
}
"""Major or minor for each mode: the one that shares all notes but at most one. Locrian has none: its fifth is
diminished."""
METERS = {2: "2", 3: "3", 4: "4", 6: "6", 8: "4", 9: "3", 12: "6"}
"""The model's word for a meter by its number of beats; it has none for the others."""

_NUMBER = r"[0-9]{2,3}(?:[.,][0-9]{1,6})?"
_LEAD = r"(?:\b(?:in|at|with|around|about|circa|approx\.?|~)\s{1,2})*(?:\bthe\s)?"
_TEMPO = re.compile(
    rf"{_LEAD}(?<![\w.,])(?:(?:tempo|bpm)\s{{0,2}}(?:of|is|:|=)?\s{{0,2}}{_NUMBER}(?:\s{{0,2}}bpm)?"
    rf"|{_NUMBER}(?:\s?[-–]\s?{_NUMBER})?\s{{0,2}}-?(?:bpm|beats\sper\sminute))(?!\w)",
    re.IGNORECASE,
)
_TONIC = r"[A-G](?:[#b♯♭]|[\s-](?:sharp|flat))?"
_MODE = "|".join((*MODES, "maj", "min"))
_KEY = re.compile(
    rf"{_LEAD}(?:\b[Kk]ey(?:\sof|\s?:)?\s)?(?<![\w#♯♭])(?:{_TONIC}[\s-](?i:{_MODE})\b|[A-G][#b♯♭]m(?!\w))"
    rf"(?:\s(?i:key)\b)?"
)
_METER = re.compile(
    rf"{_LEAD}(?<![\w/.])(?:[0-9]{{1,2}}/(?:2|4|8|16)(?![\w/]))(?:\s(?:time|meter|metre)(?:\ssignature)?\b)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """The text and musical fields given to the model, without the length and the task.

    Attributes:
        bpm: whole beats per minute.
        keyscale: as "F# minor", "" = not given ("N/A").
        timesignature: "2", "3", "4" or "6" beats, "" = not given.
        language: a code of `LANGUAGES`.
    """

    caption: str
    lyrics: str
    language: str
    bpm: int
    keyscale: str
    timesignature: str

    @property
    def is_instrumental(self) -> bool:
        """True if there are no lyrics to sing."""
        return self.lyrics == INSTRUMENTAL


def read_conditions(
    genres: str, key: Key | None, meter: Meter, bpm: int, lyrics: str, language: str = ""
) -> Conditions:
    """Return the model's fields; `language` is a code ("en", "pt-BR") or an English name, "" if unknown."""
    sung = lyrics.replace("\r\n", "\n").strip()
    return Conditions(
        caption=caption(genres, has_key=key is not None),
        lyrics=sung or INSTRUMENTAL,
        language=_language(language) if sung else UNKNOWN_LANGUAGE,
        bpm=bpm,
        keyscale=keyscale(key),
        timesignature=METERS.get(meter.numerator, ""),
    )


def caption(genres: str, *, has_key: bool) -> str:
    """Return `genres` without tempo and meter and, if the key is given in its own field, without the key."""
    text = _TEMPO.sub("", genres)
    text = _METER.sub("", text)
    if has_key:
        text = _KEY.sub("", text)
    parts = (" ".join(part.split()) for part in re.split(r"[,;\n]", text))
    return ", ".join(part for part in parts if part.strip(" .:-–()"))


def keyscale(key: Key | None) -> str:
    """Return the nearest major or minor key, "" if none is near."""
    mode = _MODEL_MODES.get(key.mode) if key else None
    return f"{key.tonic} {mode}" if key and mode else ""


def model_tempo(tempo_map: TempoMap, length_beats: float) -> tuple[int, float]:
    """Return the whole tempo given to the model, and the quarter notes per minute that it stands for.

    A changing tempo is given as its mean. Outside the model's range, double or half the tempo is given: its beats
    still fall on the requested ones, as those of the nearest allowed tempo would not.
    """
    seconds = tempo_map.seconds(length_beats)
    mean_bpm = 60.0 * length_beats / seconds if seconds > 0 else tempo_map.bpm_at(0)
    factor = 2.0 if mean_bpm < MIN_BPM else 0.5 if mean_bpm > MAX_BPM else 1.0
    given_bpm = min(max(round(mean_bpm * factor), MIN_BPM), MAX_BPM)
    return given_bpm, given_bpm / factor


def _language(name: str) -> str:
    code = name.strip().lower().replace("_", "-")
    if code in LANGUAGES:
        return code
    base = code.partition("-")[0]
    return base if base in LANGUAGES else _NAMES.get(code, UNKNOWN_LANGUAGE)


_NAMES = {
    "arabic": "ar",
    "bengali": "bn",
    "cantonese": "yue",
    "chinese": "zh",
    "mandarin": "zh",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "latin": "la",
    "norwegian": "no",
    "persian": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "tamil": "ta",
    "thai": "th",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "vietnamese": "vi",
}
"""Language codes by English name, which the block's `language` may hold instead."""
