"""Patterns for tempo, key and meter in plain language, and for words that only look like them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.errors import InvalidValue
from engine.music import Key, Meter
from engine.music.tempo import MAX_BPM, MIN_BPM

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WordMatch(Generic[T]):
    """One tempo, key or meter in a text; all positions are in characters from its start.

    Attributes:
        start, end: the part that a new value replaces.
        whole_start, whole_end: the part to delete: also the "at" before it and the "time" after it.
        value: the parsed value; None for a tempo outside 20–400 beats per minute.
    """

    start: int
    end: int
    whole_start: int
    whole_end: int
    value: T


def _word_match(match: re.Match[str], value: T, end: int | None = None) -> WordMatch[T]:
    start = match.end("lead") if match["lead"] else match.start()
    return WordMatch(start, match.end() if end is None else end, match.start(), match.end(), value)


# All repetitions of spaces are bounded ({0,3}), so that no text makes the patterns backtrack without end.

_NUMBER = r"[0-9]{2,4}(?:[.,][0-9]{1,16})?"
_RANGE = rf"{_NUMBER}(?:\s{{0,2}}(?:-|–|—|to|/)\s{{0,2}}{_NUMBER}){{0,2}}"
_BPM = r"(?:bpm|beats\s{1,2}per\s{1,2}minute)(?!\w)"
_TEMPO = re.compile(
    rf"""
    (?P<lead>(?<![\w-])(?:at|with)\s{{1,3}})?
    (?:(?<![\w-])(?:around|about|roughly|circa|approximately|approx\.?|ca\.?)\s{{1,3}})?
    (?:
        (?<!\w)(?<![0-9][.,/–—-])(?:[~≈@]\s?)?(?P<before>{_RANGE})\s{{0,3}}-?{_BPM}
      | (?<![\w-])(?:tempo|bpm)\s{{0,3}}(?:[:=]|\b(?:of|is|at)\b)\s{{0,3}}
        (?P<marked>{_RANGE})(?:\s{{0,3}}{_BPM}|(?![\w/]|[.,][0-9]))
      | (?<![\w-])(?:tempo|bpm)\s{{1,3}}(?P<bare>{_RANGE})(?:\s{{0,3}}{_BPM}|(?![\w/]|[.,][0-9]))
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DRUM_MACHINE = "303"  # the one in the range of tempos: "high bpm 303 acid"


def tempos(text: str) -> list[WordMatch[float | None]]:
    """Return every tempo in `text` from left to right, in beats per minute; a range gives its middle."""
    every: list[WordMatch[float | None]] = []
    for match in _TEMPO.finditer(text):
        words = match["before"] or match["marked"] or match["bare"]
        numbers = [float(number.replace(",", ".")) for number in re.findall(_NUMBER, words)]
        bpm = sum(numbers) / len(numbers)
        plausible = MIN_BPM <= bpm <= MAX_BPM
        if match["bare"] and (not plausible or words == _DRUM_MACHINE):
            continue  # "slow tempo 808 bass"
        every.append(_word_match(match, bpm if plausible else None))
    return every


_MODES = "major|minor|maj|min|dorian|phrygian|lydian|mixolydian|locrian|ionian|aeolian"
_KEY = re.compile(
    rf"""
    (?P<lead>(?<![\w-])(?:
        (?:in\s{{1,3}})?(?:the\s{{1,3}})?(?P<named>key)\s{{0,3}}(?:[:=]|of\b|is\b)\s{{0,3}}
      | in\s{{1,3}}(?:the\s{{1,3}})?
    ))?
    (?<![\w#♯♭&'’+-])(?P<letter>[A-G])(?:(?P<sign>[#♯b♭])|[\s-]?(?P<word>sharp|flat)(?!\w))?
    (?:
        (?P<gap>[\s_-]{{0,3}})(?:(?:natural|harmonic|melodic)[\s-]{{1,2}})?(?P<mode>{_MODES})(?![\w#♯♭])
      | (?P<short>m)?(?![\w#♯♭&'’+-])
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SIGNS = {"♯": "#", "♭": "b", "sharp": "#", "flat": "b", "B": "b"}
_STOP = re.compile(r"[ \t]*(?:[,;|).!?\n]|$)")
_PREPOSITION = re.compile(r"\s+(?:with|at|on|by|over)\b", re.IGNORECASE)
_NO_KEY = re.compile(r"[\s-]+(?:labels?|leagues?)\b", re.IGNORECASE)
_NO_A_KEY = re.compile(
    r"[\s-]+(?:key|mood|mode|feel|feeling|vibe|tone|tonality|twist|touch|hint|hit|change|detail|part|role|event)\b",
    re.IGNORECASE,
)


def keys(text: str) -> list[WordMatch[Key]]:
    """Return every key in `text` from left to right."""
    return [_word_match(match, _key(match)) for match in _KEY.finditer(text) if _is_key(match)]


def _key(match: re.Match[str]) -> Key:
    sign = match["sign"] or (match["word"] or "").lower()
    mode = match["mode"] or ("minor" if match["short"] else "major")
    return Key.parse(f"{match['letter']}{_SIGNS.get(sign, sign)} {mode}")


def _is_key(match: re.Match[str]) -> bool:
    if match["mode"]:
        if _NO_KEY.match(match.string, match.end()):
            return False
        glued = match["gap"] == "" and not match["sign"] and match["letter"].islower()
        return bool(match["named"]) or not (glued or _is_article(match))
    # "Am" and a bare "C" are keys only after "in" or "key of".
    if not match["lead"] or not (match["named"] or match["letter"].isupper()):
        return False
    if match["short"]:
        return match["short"] == "m"  # "in AM radio sound"
    return _STOP.match(match.string, match.end()) is not None


def _is_article(match: re.Match[str]) -> bool:
    """Guess if the "a" of "a minor" is the article, as in "in a minor mood", and not the note."""
    text, end = match.string, match.end()
    if match["letter"] not in "aA" or match["sign"] or match["word"] or not match["gap"].isspace():
        return False
    if match["letter"] == "a" or match["mode"].isupper():
        after_in = match["lead"] and _PREPOSITION.match(text, end)
        return not (_STOP.match(text, end) or after_in)
    before = text[: match.start("letter")].rstrip()
    starts_sentence = before == "" or before[-1] in ".!?:"
    return (starts_sentence or match["mode"].istitle()) and _NO_A_KEY.match(text, end) is not None


_METER = re.compile(
    r"""
    (?P<lead>(?<![\w-])(?:in\s{1,3}(?:a\s{1,3})?)?(?P<named>(?:time\s{1,3}signature|meter|metre)\s{0,3}(?:of\b|is\b|[:=])?\s{0,3})?)?
    (?<![\w/$€£#])(?<![0-9][.,:-])(?P<fraction>[0-9]{1,2}/[0-9]{1,2})(?![\w/%°"]|[.,:-][0-9])
    (?P<tail>[\s-]{0,2}(?:time(?:\s{1,3}signature)?|meter|metre)(?!\w))?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_METER = re.compile(r"[\s-]+(?:of|length|inch(?:es)?|notes?|stars?|steps?)\b", re.IGNORECASE)
_NUMERATORS = {2: range(2, 5), 4: range(2, 16), 8: range(3, 22), 16: range(3, 22)}
"""Numerators by denominator that count as a meter without a word like "time" beside them: "1/4" is a note value."""


def meters(text: str) -> list[WordMatch[Meter]]:
    """Return every time signature in `text` from left to right."""
    every: list[WordMatch[Meter]] = []
    for match in _METER.finditer(text):
        meter = _meter(match)
        if meter is not None:
            every.append(_word_match(match, meter, match.end("fraction")))
    return every


def _meter(match: re.Match[str]) -> Meter | None:
    try:
        meter = Meter.parse(match["fraction"])
    except InvalidValue:
        return None
    if match["named"]:
        return meter
    if match["tail"]:
        return meter if meter.numerator > 1 else None  # "1/2 time feel"
    plain = meter.numerator in _NUMERATORS.get(meter.denominator, ())
    return meter if plain and not _NO_METER.match(match.string, match.end()) else None
