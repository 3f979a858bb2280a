"""Tables of the block's keys by engine and model: honoured, honoured within limits, or ignored, and why.

The one place that says it: checks in front of the queue, notices, the window's fields and the documentation read it.
A key of the block that a table lacks fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from engine.ace_step.conditions import METERS
from engine.ace_step.sampling import limits_of, read_sampling
from engine.ace_step.untold import WITH_REGION, untold_changes, untold_key, untold_meter
from engine.capability import HONOURED, Capabilities, Capability, Told, ignored, within
from engine.contract import TASKS
from engine.models.catalogue import ModelEntry
from engine.music import Key, Meter, MeterMap
from engine.sketch.unsung import unsung

COMPANION: Capabilities = MappingProxyType(
    dict.fromkeys(
        (
            "genres",
            "output_seconds",
            "bars",
            "ending",
            "tempo",
            "tempo_map",
            "pitch_shift",
            "seed",
            "variations",
            "preset",
            "engine",
            "sample_rate",
            "bit_depth",
        ),
        HONOURED,
    )
    | {
        "base64": within("over HTTP"),
        "stems": within("the engine's own stems"),
        "model": within("the engine's own models"),
    }
)
"""What holds with every engine, since the companion sees to it, or all engines do."""

_NO_SAMPLER = "the sketch engine composes by rules and has no sampler; ACE-Step has"
_NO_EARS = "the sketch engine cannot hear audio; ACE-Step can"
_NO_WEIGHTS = "the sketch engine has no neural model; ACE-Step has"
_NO_VOICE = "the sketch engine has no voice; ACE-Step sings"

SKETCH_KEYS: Capabilities = MappingProxyType(
    {
        **COMPANION,
        **dict.fromkeys(("time_signature", "key", "meter_map", "chords", "stem_seeds", "midi_part"), HONOURED),
        "lyrics": within("their structure tags, as [Verse]: it has no voice", lambda value: unsung(str(value))),
        "task": within("text2music"),
        **dict.fromkeys(("lyrics_strength", "language"), ignored(_NO_VOICE)),
        **dict.fromkeys(("steps", "cfg", "shift"), ignored(_NO_SAMPLER)),
        **dict.fromkeys(("source_audio", "reference_audio"), ignored(_NO_EARS)),
        "region": ignored("the sketch engine changes no audio; ACE-Step does"),
        **dict.fromkeys(("audio_codes", "lora", "lora_strength"), ignored(_NO_WEIGHTS)),
    }
)

ACE_STEP_KEYS: Capabilities = MappingProxyType(
    {
        **COMPANION,
        **dict.fromkeys(("lyrics", "reference_audio", "lora"), HONOURED),
        **dict.fromkeys(("lyrics_strength", "language"), within("requests with lyrics")),
        "lora_strength": within("requests with a lora"),
        "time_signature": within(
            f"{', '.join(map(str, METERS))} beats a bar", lambda value: untold_meter(Meter.parse(value))
        ),
        "meter_map": within("one meter", lambda value: untold_changes(MeterMap.parse(value))),
        "key": within("every mode but locrian", lambda value: untold_key(Key.parse(value))),
        "task": within("the model's tasks"),
        "source_audio": within("every task but text2music"),
        "region": within(f"the tasks {' and '.join(WITH_REGION)}"),
        "audio_codes": within("the tasks text2music and cover"),
        **dict.fromkeys(("steps", "cfg", "shift"), within("the model's own range")),
        "chords": ignored("ACE-Step chooses its own chords; the sketch engine plays yours"),
        "stem_seeds": ignored("ACE-Step makes all stems at once; the sketch engine makes single ones anew"),
        "midi_part": ignored("ACE-Step reads no MIDI; the sketch engine plays along with it"),
    }
)

_THERE = within("the engine that the other companion runs")


def _stays_here(value: object) -> str:
    file = value["file"] if isinstance(value, Mapping) and "file" in value else value
    return (
        f"midi_part {file} names a file of this machine, which another companion does not take; "
        "the engine “sketch” plays it here."
    )


def _own_name(value: object) -> str:
    if not set("/\\") & set(str(value)):
        return ""
    return (
        f"lora {value!r} is a path on this machine, and another companion takes its own names; "
        "the engine “ace-step” takes it here."
    )


REMOTE_KEYS: Capabilities = MappingProxyType(
    {
        **dict.fromkeys((*SKETCH_KEYS, *ACE_STEP_KEYS), _THERE),
        **COMPANION,
        "midi_part": within("no file of this machine", _stays_here, refuses=True),
        "lora": within("names of the other companion", _own_name, refuses=True),
    }
)
"""What the other companion cannot keep it says itself; its notices come back with the take."""


def with_model(keys: Capabilities, entry: ModelEntry | None) -> Capabilities:
    """Return the capabilities of a music model of the catalogue; None = it is not known which one will run."""
    return keys if entry is None else {**keys, **of_model(entry)}


def of_model(entry: ModelEntry) -> dict[str, Capability]:
    """Return the capabilities in which a music model differs from its engine."""
    limits = limits_of(entry)
    shifts = " or ".join(f"{one:g}" for one in limits.shifts) or f"{limits.min_shift:g}–{limits.max_shift:g}"
    built_in = ignored(f"{entry.label} has its guidance built in", _sampler_told("cfg", entry))
    return {
        "task": HONOURED if set(entry.tasks) == set(TASKS) else within(", ".join(entry.tasks)),
        "steps": within(f"1–{limits.max_steps}", _sampler_told("steps", entry)),
        "cfg": HONOURED if limits.guidance else built_in,
        "shift": within(shifts, _sampler_told("shift", entry)),
    }


def _sampler_told(name: str, entry: ModelEntry) -> Told:
    return partial(_of_sampler, name, entry)


def _of_sampler(name: str, entry: ModelEntry, value: object) -> str:
    return " ".join(read_sampling({name: value}, limits_of(entry), entry.name).notices)


def markdown_table() -> str:
    """Return the table of the keys that not every engine keeps, as Markdown, ending in a newline."""
    engines = (SKETCH_KEYS, ACE_STEP_KEYS, REMOTE_KEYS)
    rows = ["| key | `sketch` | `ace-step` | `remote` |", "|---|---|---|---|"]
    for name in ACE_STEP_KEYS:
        cells = [_cell(keys[name]) for keys in engines]
        if cells != ["yes"] * len(cells):
            rows.append("| " + " | ".join((f"`{name}`", *cells)) + " |")
    return "\n".join(rows) + "\n"


def _cell(one: Capability) -> str:
    if one.why:
        return f"no: {one.why}"
    return f"within: {one.within}" if one.within else "yes"
