"""Checks a request against the capability table of its engine and model: one notice for each key that is not kept."""

from __future__ import annotations

from pathlib import Path

from bridge.request.block import default_of
from bridge.request.layers import Layers
from bridge.request.unsaid import FROM_WORDS
from engine.ace_step.untold import SOURCE_UNUSED, WITH_REGION, region_unused
from engine.capabilities import with_model
from engine.capability import Capabilities
from engine.contract import AUTO, EngineInfo
from engine.errors import InvalidValue, StemBridgeError
from engine.models.catalogue import ModelEntry, read_catalogue
from engine.models.installed_models import installed_entries
from engine.registry import ACE_STEP

_NEEDS = {"lyrics_strength": "lyrics", "language": "lyrics", "lora_strength": "lora"}
"""Keys that act on what another key gives."""


class NotKept(StemBridgeError, ValueError):
    """A value that the engine cannot be given; the sentence names an engine that can."""


def capability_notices(info: EngineInfo, block: Layers, models_dir: Path | None) -> list[str]:
    """Return one sentence for each key that somebody asked for and that will not be used as it is.

    Raises
    ------
    NotKept
        If a value cannot even be left out.
    """
    keys = with_model(info.capabilities, model_of(info, block, models_dir))
    idle = _idle(block) if info.name == ACE_STEP else {}
    told = {name: idle.get(name) or _sentence(keys, name, value) for name, value in _asked(block).items()}
    return [sentence for sentence in told.values() if sentence]


def model_of(info: EngineInfo, block: Layers, models_dir: Path | None) -> ModelEntry | None:
    """Return the model that will run; None if that is not known yet: several are installed and none was named."""
    if info.name != ACE_STEP or models_dir is None:
        return None
    if block["model"] != AUTO:
        return read_catalogue(models_dir).get(str(block["model"]))
    task = str(block.get("task", FROM_WORDS))
    able = [entry for entry in installed_entries(models_dir) if task in entry.tasks]
    return able[0] if len(able) == 1 else None


def check_stems(info: EngineInfo, stems: object) -> None:
    """Raise if a list of stems has one that the engine does not make.

    Raises
    ------
    InvalidValue
        If there is one; the sentence lists those that it makes.
    """
    unknown = [name for name in stems if name not in info.stems] if isinstance(stems, list) else []
    if unknown:
        raise InvalidValue(
            "stems", ", ".join(unknown), f"among {', '.join(info.stems)} with the engine “{info.name}”"
        )


def _asked(block: Layers) -> dict[str, object]:
    """Return the values that somebody asked for, without those that change nothing."""
    return {name: value for name, value in block.items() if block.asked(name) and value != default_of(name)}


def _sentence(keys: Capabilities, name: str, value: object) -> str:
    capability = keys[name]
    sentence = capability.sentence(name, value)
    if sentence and capability.refuses:
        raise NotKept(sentence)
    return sentence


def _idle(block: Layers) -> dict[str, str]:
    """Return the sentences on keys of ACE-Step that have nothing to act on in this request."""
    has_codes, task = bool(block.get("audio_codes")), str(block.get("task", FROM_WORDS))
    idle = {
        name: f"{name} was not used: the request has no {needed}."
        for name, needed in _NEEDS.items()
        if not str(block.get(needed, "")).strip()
    }
    if has_codes or task == FROM_WORDS:
        idle["source_audio"] = SOURCE_UNUSED
    if has_codes or task not in WITH_REGION:
        idle["region"] = region_unused("cover" if has_codes else task)
    return idle
