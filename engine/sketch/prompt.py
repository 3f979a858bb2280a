"""Parses a prompt: its style, accent, instruments and traits, and the words that are not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.music.key import ALIASES, MODES
from engine.sketch.library import StyleLibrary
from engine.sketch.vocabulary import Vocabulary, WordMatch, plain_text

DEFAULT_STYLE = "lofi"
"""Fallback for prompts that name no known style: the calmest one, which clashes least with other music."""
MAX_CHARS = 20_000
MOST_NAMED = 5

_MODES = "|".join(sorted({*MODES, *ALIASES} - {""}, key=len, reverse=True))
_NOT_WORDS = re.compile(
    rf"\b[a-g](?:#|♯|♭|b| sharp| flat)? ?(?:{_MODES})\b|\b\d+(?:\.\d+)? ?(?:bpm|beats per minute)\b|\b\d+ ?/ ?\d+\b"
)
"""Keys, tempos and meters: ignored in the prompt, since they come from the DAW."""
_NEGATION = re.compile(r"\b(?:no|without|minus|not any)(?: \w+)? *$")


@dataclass(frozen=True, slots=True)
class PromptReading:
    """A parsed prompt.

    Attributes:
        style: name of the style that is played.
        accent: name of a second style, whose chords, colours and lead are blended in, or "".
        instruments: the named instruments, by part.
        added: parts that were named.
        without: parts that were refused ("no drums").
        traits: the value of each sort of word ("mood": "dark", "energy": "high", "space", "touch", "time", "feel").
        modes: modes that fit the mood; empty = any.
        matched_words, unknown_words: words of the prompt, in order.
        notices: sentences for the user on everything that was not followed literally.
        is_named: True if the prompt names a style.
    """

    style: str
    accent: str = ""
    instruments: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    traits: Mapping[str, str] = field(default_factory=dict)
    modes: tuple[str, ...] = ()
    matched_words: tuple[str, ...] = ()
    unknown_words: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    is_named: bool = False


def read_prompt(genres: str, library: StyleLibrary, vocabulary: Vocabulary) -> PromptReading:
    """Parse `genres`; any text is allowed, and `notices` reports what is not understood.

    The style that most phrases name is played, the first one on a tie; in a phrase like "jazz house" the last word
    names the style, and the other one is its accent.
    """
    plain = _NOT_WORDS.sub(lambda match: " " * len(match[0]), plain_text(genres[:MAX_CHARS]))
    found, unknown = vocabulary.read(plain)
    accepted = [word for word in found if not _is_negated(plain, word)]
    refused = [word for word in found if _is_negated(plain, word)]
    heads, tints = _named_styles(plain, accepted)
    ranked = _ranked(heads) or _ranked(tints)
    style = ranked[0] if ranked else DEFAULT_STYLE
    others = [name for name in dict.fromkeys((*tints, *ranked)) if name != style]
    traits, contradictions = _traits(accepted, vocabulary)
    instruments, left_over = _instruments(accepted)
    named = {word.meaning.stem for word in accepted if word.meaning.sort in ("instrument", "part")}
    notices = (
        *_unknown_notice(genres, unknown, style, bool(ranked), library),
        *_blend_notice(style, others),
        *contradictions,
        *left_over,
        *_voice_notice(accepted),
    )
    return PromptReading(
        style=style,
        accent=others[0] if others else "",
        instruments=instruments,
        added=tuple(stem for stem in named if stem),
        without=tuple(dict.fromkeys(word.meaning.stem for word in refused if word.meaning.stem)),
        traits=traits,
        modes=vocabulary.moods.get(traits.get("mood", ""), ()),
        matched_words=tuple(word.text for word in found if word.meaning.sort != "ignored"),
        unknown_words=tuple(unknown),
        notices=notices,
        is_named=bool(ranked),
    )


def _is_negated(plain: str, word: WordMatch) -> bool:
    return bool(_NEGATION.search(plain[max(0, word.at - 24) : word.at]))


def _named_styles(plain: str, words: Iterable[WordMatch]) -> tuple[list[str], list[str]]:
    """Return the last style named in each phrase between commas, and all others, which can only be accents."""
    heads: dict[int, str] = {}
    tints: list[str] = []
    for word in words:
        if word.meaning.sort == "tint":
            tints.append(word.meaning.value)
        elif word.meaning.sort == "style":
            phrase = len(re.findall(r"[,;|+\n/]| and | with ", plain[: word.at]))
            if phrase in heads:
                tints.append(heads[phrase])
            heads[phrase] = word.meaning.value
    return list(heads.values()), tints


def _ranked(names: Sequence[str]) -> list[str]:
    """Return the distinct names, the most frequent first; on a tie in order of appearance."""
    order = list(dict.fromkeys(names))
    return sorted(order, key=lambda name: (-names.count(name), order.index(name)))


def _traits(words: Iterable[WordMatch], vocabulary: Vocabulary) -> tuple[dict[str, str], list[str]]:
    """Return the first value of each sort of trait, and a sentence on each later value that contradicts it."""
    traits: dict[str, str] = {}
    said: dict[str, str] = {}
    contradictions: list[str] = []
    for word in words:
        sort, value, _ = word.meaning
        if sort not in ("mood", "energy", "space", "touch", "time", "feel"):
            continue
        taken = traits.setdefault(sort, value)
        said.setdefault(sort, word.text)
        if vocabulary.contradict(taken, value) and len(contradictions) < 3:
            contradictions.append(
                f'"{said[sort]}" and "{word.text}" contradict each other: "{said[sort]}" was taken.'
            )
    return traits, contradictions


def _instruments(words: Iterable[WordMatch]) -> tuple[dict[str, str], list[str]]:
    """Return the first instrument named for each part, and a sentence on those that find their part taken."""
    taken: dict[str, str] = {}
    left: list[str] = []
    for word in words:
        sort, value, stem = word.meaning
        if sort == "instrument" and taken.setdefault(stem, value) != value:
            left.append(word.text)
    return taken, [f"There was no player left for {_quoted(left)}."] if left else []


def _unknown_notice(
    genres: str, unknown: Sequence[str], style: str, is_named: bool, library: StyleLibrary
) -> list[str]:
    if is_named:
        if not unknown:
            return []
        return [f"The sketch engine does not know {_quoted(unknown)}; it plays {style} from the rest."]
    if not unknown:
        return [f"No style was named, so the sketch engine plays {style}; it knows {_listed(library)}."]
    asked = " ".join(genres.split())
    shown = asked if len(asked) <= 60 else asked[:59] + "…"
    return [f'The sketch engine knows no style in "{shown}", so it plays {style}; it knows {_listed(library)}.']


def _blend_notice(style: str, others: Sequence[str]) -> list[str]:
    if len(others) < 2:
        return []
    return [f"Of the styles named only {style} and {others[0]} were used, not {_listed(others[1:])}."]


def _voice_notice(words: Iterable[WordMatch]) -> list[str]:
    if any(word.meaning.sort == "voice" for word in words):
        return ["Nobody sings or raps: the sketch engine has no voice."]
    return []


def _quoted(words: Sequence[str]) -> str:
    unique = list(dict.fromkeys(word if len(word) <= 24 else word[:23] + "…" for word in words))
    shown = [f'"{word}"' for word in unique[:MOST_NAMED]]
    more = len(unique) - len(shown)
    return _listed([*shown, f"{more} more words"] if more else shown)


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
