"""The parameter block as one table: every key with its type, range, default, unit and effect on the music.

Checks, error texts, the command line's options and the table in `docs/protocol.md` are generated from it, so each key
is described once. The first keys are those of a hosted ACE-Step service; the others are Stem Bridge's own.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from types import MappingProxyType

from bridge.request.block.parameter import MAX_PATH, MAX_SEED, TYPES, Parameter
from engine.contract import AUTO, ENDINGS, TASKS
from engine.contract import ENGINES as OWN_ENGINES
from engine.music.tempo import MAX_BPM, MIN_BPM

ENGINES = (AUTO, *OWN_ENGINES)
BIT_DEPTHS = ("16", "24", "float")


def _text(name: str, doc: str, max_chars: int, *, multiline: bool = False) -> Parameter:
    return Parameter(name, "text", doc, default="", max_chars=max_chars, multiline=multiline)


_TABLE = (
    _text(
        "genres",
        "Styles, instruments and mood of the music; tempo, key and meter from the DAW replace such words in it. "
        "Empty takes it from the tempo/key map.",
        2_000,
        multiline=True,
    ),
    _text(
        "lyrics",
        "Words to sing, with structure tags like [Verse] and [Chorus]; empty makes an instrumental.",
        20_000,
        multiline=True,
    ),
    Parameter("lyrics_strength", "number", "How closely the singing keeps to the lyrics.", 1.0, 0.1, 10),
    Parameter(
        "output_seconds",
        "integer",
        "Length of the music where no `bars` are given; it becomes the nearest number of whole bars, over HTTP it is "
        "kept.",
        None,
        10,
        240,
        unit="seconds",
        absent="8 bars, or what the style or the DAW has",
    ),
    Parameter(
        "shift",
        "number",
        "Timestep shift of the flow-matching sampler: higher spends more of its steps on the overall form.",
        None,
        0,
        10,
        absent="the model's own",
    ),
    Parameter(
        "pitch_shift",
        "number",
        "Transposes the finished audio without changing its tempo.",
        0.0,
        -12,
        12,
        unit="semitones",
    ),
    Parameter(
        "seed",
        "integer",
        "The starting point of chance: the same seed and block give the same music; the seed used is reported.",
        None,
        0,
        MAX_SEED,
        absent="random",
    ),
    Parameter(
        "steps",
        "integer",
        "Sampling steps: more take longer and bring more detail; each model has its own most (a turbo model 20).",
        None,
        1,
        150,
        absent="the model's own",
    ),
    Parameter(
        "cfg",
        "number",
        "Guidance: how strictly the music follows the text; low is freer, very high sounds forced.",
        None,
        1,
        15,
        absent="the model's own",
    ),
    Parameter("base64", "boolean", "Over HTTP only: answer with JSON that holds the audio as base64.", False),
    Parameter(
        "bars",
        "number",
        "Length of the music in bars of the time signature; at most 600 seconds at the tempo.",
        None,
        0,
        10_000,
        above=True,
        unit="bars",
        absent="8, or what the style or the DAW has",
    ),
    Parameter(
        "ending",
        "choice",
        "How the music ends: `loop` repeats without a seam, `end` closes with a last chord that dies away. `auto` "
        "takes `end` for a length in seconds, `loop` for one in bars.",
        AUTO,
        choices=(AUTO, *ENDINGS),
    ),
    Parameter(
        "tempo",
        "number",
        "Tempo that the music is aligned to, in quarter notes per minute, never rounded.",
        None,
        MIN_BPM,
        MAX_BPM,
        unit="beats per minute",
        absent="the DAW's, or the style's",
    ),
    Parameter(
        "time_signature",
        "time_signature",
        "Meter of the music, as 4/4 or 7/8.",
        None,
        absent="the DAW's, or the style's",
    ),
    Parameter("key", "key", 'Key of the music, as "E minor", "F#m" or "Bb"; unknown leaves it to the engine.', ""),
    Parameter(
        "tempo_map",
        "tempo_map",
        "Tempo changes, counted in quarter notes from the start of the music; with `ramp` the tempo moves linearly "
        "in time to the next point's.",
        [],
    ),
    Parameter(
        "meter_map",
        "meter_map",
        "Meter changes, counted in bars from the start of the music; the first is its `time_signature`, and `bars` "
        "counts the bars of this map.",
        [],
    ),
    _text("language", 'Language of the lyrics, as "en", "pt-BR" or a name; empty lets the engine find out.', 64),
    Parameter("stems", "stems", "The stems wanted, in this order; auto gives the engine's own set.", "auto"),
    Parameter(
        "task",
        "choice",
        "What is done: new music, or a cover, a repainted region, an extracted, added or completed part of "
        "`source_audio`.",
        "text2music",
        choices=TASKS,
    ),
    _text("source_audio", "Path of the audio that every task but text2music works on.", MAX_PATH),
    _text("reference_audio", "Path of audio whose sound and mood the new music takes after.", MAX_PATH),
    Parameter(
        "region",
        "region",
        "The part of `source_audio` that repaint makes anew.",
        None,
        unit="seconds",
        absent="all of it",
    ),
    _text(
        "audio_codes",
        "A plan of the music in ACE-Step's own language, `<|audio_code_N|>` five times a second, from a planner.",
        60_000,
    ),
    _text(
        "lora", "A LoRA adapter of ACE-Step: the path of a safetensors file, or its name among the models.", MAX_PATH
    ),
    Parameter("lora_strength", "number", "How much of the `lora` is mixed in; 0 is none of it.", 1.0, 0, 2),
    Parameter(
        "chords",
        "chords",
        "Chord progression that the built-in band plays, repeated to the end. `Em C G D` is one a bar, in "
        "`Am7 | Dm7 G7` the `|` divides the bars; `i VI III VII` are degrees of the key.",
        "",
    ),
    Parameter(
        "stem_seeds",
        "stem_seeds",
        "Seeds of single stems, which the built-in band makes anew while all others stay as `seed` makes them; they "
        "go into the mix in this order.",
        {},
    ),
    Parameter(
        "midi_part",
        "midi_part",
        "A MIDI file that the built-in band takes as one of its parts and plays along with.",
        {},
    ),
    Parameter("variations", "integer", "How many takes are made, each with the next seed.", 1, 1, 8),
    _text("preset", "Name of a preset to start from.", 200),
    Parameter(
        "engine", "choice", "What makes the music; auto takes the best that can run here.", "auto", choices=ENGINES
    ),
    _text("model", "The engine's model to use; empty takes its first.", 200),
    Parameter(
        "sample_rate", "integer", "Sample rate of the files that are written.", 48_000, 8_000, 192_000, unit="Hz"
    ),
    Parameter(
        "bit_depth",
        "choice",
        "Sample format of the files that are written: bits of an integer, or 32-bit float.",
        "24",
        choices=BIT_DEPTHS,
    ),
)

SPEC: Mapping[str, Parameter] = MappingProxyType({parameter.name: parameter for parameter in _TABLE})
"""Every key of the block, in the order of the documentation."""


def default_of(name: str) -> object:
    """Return a copy of the default of the key `name`; None if absence has a meaning of its own.

    Raises
    ------
    KeyError
        If the block has no such key.
    """
    return copy.copy(SPEC[name].default)


def defaults() -> dict[str, object]:
    """Return the defaults of all keys that have one, by name."""
    return {name: default_of(name) for name, parameter in SPEC.items() if parameter.default is not None}


def markdown_table() -> str:
    """Return the table as Markdown, one row per key, ending in a newline."""
    rows = ["| key | type | allowed | default | what it does |", "|---|---|---|---|---|"]
    for p in SPEC.values():
        cells = (f"`{p.name}`", TYPES[p.kind], p.range, _shown_default(p), p.doc)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _shown_default(parameter: Parameter) -> str:
    if parameter.default is None:
        return parameter.absent
    return f"`{json.dumps(parameter.default)}`"
