"""Chooses the style that a prompt asks for, blends in a second one, and applies the words that modify it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from engine.music import Key
from engine.sketch.instruments import STEMS
from engine.sketch.library import StyleLibrary, load_styles
from engine.sketch.prompt import PromptReading, read_prompt
from engine.sketch.style.model import PartStyle, Style, Swing
from engine.sketch.vocabulary import Vocabulary, vocabulary_of

ACCENT_STEMS = ("chords", "lead")
"""Parts whose music and sound are taken from the accent style."""
SWUNG = Swing(Fraction(1, 2), Fraction(3, 5))
STRAIGHT = Swing(Fraction(1, 2), Fraction(1, 2))
FEELS = {"half": Fraction(1, 2), "double": Fraction(2)}
ENERGIES = {"low": -1, "high": 1}
_SPACES = {"wet": 1.7, "dry": 0.4}
_TOUCHES = {"short": 0.6, "long": 1.3}


@dataclass(frozen=True, slots=True)
class StyleChoice:
    """The style that a prompt asks for.

    Attributes:
        style: the style, with the changes that the prompt makes to it.
        name: display name: "house", or "house with jazz".
        reading: the parsed prompt.
        keys: candidates, one of which is drawn when the request names no key.
        layers: the parts that play by default.
        energy: −1, 0 or 1, added to the intensity of every section.
        feel: 1/2 or 2 where half or double time was asked for, else None.
    """

    style: Style
    name: str
    reading: PromptReading
    keys: tuple[Key, ...]
    layers: tuple[str, ...]
    energy: int = 0
    feel: Fraction | None = None


def pick_style(genres: str, library: StyleLibrary | None = None) -> StyleChoice:
    """Return the style that the prompt `genres` asks for, out of `library` (default: the factory styles)."""
    styles = load_styles() if library is None else library
    reading = read_prompt(genres, styles, _vocabulary(styles))
    style = styles[reading.style]
    name = style.name
    if reading.accent:
        style = blend(style, styles[reading.accent])
        name = f"{name} with {reading.accent}"
    style = _with_prompt_changes(style, reading)
    traits = reading.traits
    return StyleChoice(
        style=style,
        name=name,
        reading=reading,
        keys=_keys(style, reading.modes),
        layers=_layers(style, reading),
        energy=ENERGIES.get(traits.get("energy", ""), 0),
        feel=FEELS.get(traits.get("feel", "")),
    )


@cache
def _vocabulary(library: StyleLibrary) -> Vocabulary:
    return vocabulary_of(library)


def blend(style: Style, accent: Style) -> Style:
    """Return `style` with the harmony, the chords and the lead of `accent`; drums, bass and grid stay its own."""
    parts = dict(style.parts)
    for stem in ACCENT_STEMS:
        accent_part = accent.parts[stem]
        parts[stem] = replace(accent_part, mix=replace(accent_part.mix, duck=style.parts[stem].mix.duck))
    layers = {*style.layers, *(stem for stem in ACCENT_STEMS if stem in accent.layers)}
    return replace(
        style,
        parts=parts,
        colours=accent.colours,
        harmony=accent.harmony,
        chords=accent.chords,
        lead=accent.lead,
        pentatonic=accent.pentatonic,
        syncopation=(
            min(style.syncopation[0], accent.syncopation[0]),
            max(style.syncopation[1], accent.syncopation[1]),
        ),
        layers=tuple(stem for stem in STEMS if stem in layers),
    )


def _with_prompt_changes(style: Style, reading: PromptReading) -> Style:
    """Return `style` with the instruments and traits that the prompt names applied to it."""
    traits = reading.traits
    parts: Mapping[str, PartStyle] = {
        stem: _part(part, reading.instruments.get(stem, part.instrument), stem, traits)
        for stem, part in style.parts.items()
    }
    swing = {"swung": SWUNG, "straight": STRAIGHT}.get(traits.get("time", ""), style.swing)
    return replace(style, parts=parts, swing=swing)


def _part(part: PartStyle, instrument: str, stem: str, traits: Mapping[str, str]) -> PartStyle:
    reverb = min(1.0, part.mix.reverb * _SPACES.get(traits.get("space", ""), 1.0))
    gate = part.gate
    if stem not in ("drums", "percussion", "bass"):
        gate = min(1.0, max(0.1, gate * _TOUCHES.get(traits.get("touch", ""), 1.0)))
    return replace(part, instrument=instrument, gate=gate, mix=replace(part.mix, reverb=reverb))


def _keys(style: Style, modes: tuple[str, ...]) -> tuple[Key, ...]:
    """Return the style's keys that are in one of `modes`; if there are none, its tonics in the first two modes."""
    if not modes:
        return style.keys
    fitting = tuple(key for key in style.keys if key.mode in modes)
    return fitting or tuple(Key(key.tonic, mode) for key in style.keys for mode in modes[:2])


def _layers(style: Style, reading: PromptReading) -> tuple[str, ...]:
    selected = {*style.layers, *reading.added} - set(reading.without)
    return tuple(stem for stem in STEMS if stem in selected) or style.layers
