"""Styles: what the sketch engine knows about a kind of music, and which one a prompt asks for.

The knowledge is data, one TOML file a style in `styles/`; `style_file` reads and checks them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from engine.errors import InvalidValue
from engine.music import Key
from engine.sketch.composition import PartMix
from engine.sketch.pattern import Pattern

STYLE_FOLDER = Path(__file__).with_name("styles")
DEFAULT_STYLE = "lofi"
"""Taken for prompts nobody knows: the calmest style, which does least harm under any other music."""

INSTRUMENTS: Mapping[str, tuple[str, ...]] = {
    "drums": ("kit_acoustic", "kit_electronic", "kit_lofi"),
    "bass": ("bass_finger", "bass_synth", "bass_sub"),
    "chords": ("epiano", "clav", "stab", "guitar_drive", "pad_warm"),
    "lead": ("lead_saw", "lead_square", "brass", "vibes", "guitar_lead"),
}
"""What the renderer can sound, by part."""

DRUM_KEYS: Mapping[str, int] = {
    "kick": 36, "side": 37, "snare": 38, "clap": 39, "hat": 42, "pedal": 44, "open": 46, "crash": 49, "ride": 51,
    "tom_low": 41, "tom_floor": 43, "tom_mid_low": 45, "tom_mid": 47, "tom_high_mid": 48, "tom_high": 50,
    "tambourine": 54, "cowbell": 56, "shaker": 70,
}  # fmt: skip
"""General MIDI percussion key of each drum lane (General MIDI level 1, percussion key map)."""

Patterns = Mapping[str, tuple[Pattern, ...]]
"""Alternatives by time signature ("4/4")."""
Progression = tuple[tuple[int, ...], ...]
"""Degrees 1–7 by bar; a bar with two is split in its middle."""


@dataclass(frozen=True, slots=True)
class Swing:
    """The grid's swing: of every pair of steps, `pair_beats` long, the first takes `long_share` (1/2 = straight)."""

    pair_beats: Fraction
    long_share: Fraction


@dataclass(frozen=True, slots=True)
class PartStyle:
    """How one part sounds and plays.

    Attributes:
        instrument: the renderer's name of the sound.
        mix: how it sits in the mix.
        gate: how much of its written length a note is held, 0–1.
        low, high: range in MIDI note numbers (chords and lead).
    """

    instrument: str
    mix: PartMix
    gate: float = 1.0
    low: int = 0
    high: int = 127


@dataclass(frozen=True, slots=True)
class Style:
    """One style.

    Attributes:
        words: prompt words that ask for it, lower case.
        keys: from which one is drawn when nobody knows the key.
        syncopation: band (low, high) of the share of off-beat onsets that sounds right.
        crash_level: velocity level 1–9 of the crash on section starts.
        pentatonic: True if the lead's passing notes keep to the five-note scale.
        grouping: eighths or sixteenths per group where a meter is not to be grouped as usual, by meter.
        colours: chord tones that are voiced (1, 3, 5, 7, 9), alternatives.
        harmony: progressions by mode.
        drums: by lane ("kick"), then by meter.
        bass, chords, lead: rhythms by meter.
        small_fills, big_fills: by lane, in sixteenths, ending with the bar.
    """

    name: str
    words: tuple[str, ...]
    keys: tuple[Key, ...]
    swing: Swing
    syncopation: tuple[float, float]
    crash_level: int
    pentatonic: bool
    parts: Mapping[str, PartStyle]
    grouping: Mapping[str, tuple[int, ...]]
    colours: tuple[tuple[int, ...], ...]
    harmony: Mapping[str, tuple[Progression, ...]]
    drums: Mapping[str, Patterns]
    bass: Patterns
    chords: Patterns
    lead: Patterns
    small_fills: tuple[Mapping[str, Pattern], ...]
    big_fills: tuple[Mapping[str, Pattern], ...]


@dataclass(frozen=True, slots=True)
class StyleChoice:
    """The style that a prompt asks for.

    Attributes:
        matched_words: the words that some style knows, as the prompt has them in order.
        unknown_words: all the others.
        notice: one sentence for the user if none was known, else "".
    """

    style: Style
    matched_words: tuple[str, ...]
    unknown_words: tuple[str, ...]
    notice: str = ""


@cache
def load_styles(folder: Path = STYLE_FOLDER) -> Mapping[str, Style]:
    """Read every style of `folder`, by name in alphabetical order.

    Raises
    ------
    InvalidValue
        If a file is broken; the sentence says which one and where.
    """
    from engine.sketch.style_file import read_style  # it needs this module's types

    styles: dict[str, Style] = {}
    for path in sorted(folder.glob("*.toml")):
        style = read_style(path)
        if style.name in styles:
            raise InvalidValue(f"{path.name}: name", style.name, "different from every other style's")
        styles[style.name] = style
    return styles


def pick_style(genres: str, styles: Mapping[str, Style] | None = None) -> StyleChoice:
    """Choose the style that most words of `genres` ask for; on a tie the one asked for first.

    Words are matched whole, in any case, the longest first ("deep house" before "house"); hyphens and blanks are
    the same.
    """
    known = load_styles() if styles is None else styles
    text, matches = _match(_plain(genres), known)
    unknown = tuple(re.findall(r"[^\W_]+(?:['’&][^\W_]+)*", text))
    matched = tuple(word for _, word, _ in matches)
    if not matches:
        return StyleChoice(known[DEFAULT_STYLE], (), unknown, _notice(genres, known))
    votes = Counter(name for _, _, name in matches)
    order = [name for _, _, name in matches]
    winner = max(votes, key=lambda name: (votes[name], -order.index(name)))
    return StyleChoice(known[winner], matched, unknown)


def _plain(text: str) -> str:
    """Lower case, one form of each letter, single blanks for blanks and hyphens."""
    return re.sub(r"[\s_\-‐‑–]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _match(text: str, styles: Mapping[str, Style]) -> tuple[str, list[tuple[int, str, str]]]:
    """Return what is left of `text`, and (position, word, style) of every known word in it, in order."""
    words = [(_plain(word), name) for name, style in styles.items() for word in style.words]
    found: list[tuple[int, str, str]] = []
    for word, name in sorted(words, key=lambda entry: (-len(entry[0]), entry)):
        pattern = re.compile(rf"(?<![\w&]){re.escape(word)}(?![\w&])")
        found += [(match.start(), word, name) for match in pattern.finditer(text)]
        # A mark of the same length keeps the positions, and parts of a longer word from matching again.
        text = pattern.sub("," * len(word), text)
    return text, sorted(found)


def _notice(genres: str, styles: Mapping[str, Style]) -> str:
    names = _listed(sorted(styles))
    asked = " ".join(genres.split())
    shown = asked if len(asked) <= 60 else asked[:59] + "…"
    if not asked:
        return f"No style was named, so the sketch engine plays {DEFAULT_STYLE}; it knows {names}."
    return f'The sketch engine knows no style in "{shown}", so it plays {DEFAULT_STYLE}; it knows {names}.'


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
