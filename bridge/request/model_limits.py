"""Limits of a music model, told before the work begins: values that were asked for and cannot run as they are."""

from __future__ import annotations

from pathlib import Path

from bridge.request.layers import Layers
from engine.ace_step.sampling import limits_of, read_sampling
from engine.contract import AUTO, EngineInfo
from engine.models.catalogue import ModelEntry, read_catalogue
from engine.models.installed_models import installed_entries
from engine.registry import ACE_STEP


def early_notices(info: EngineInfo, block: Layers, models_dir: Path | None) -> list[str]:
    """Return one sentence for each value that the request's model will run otherwise; the engine says the same."""
    entry = _entry(info, block, models_dir)
    if entry is None:
        return []
    asked = {name: value for name, value in block.items() if block.asked(name)}
    return list(read_sampling(asked, limits_of(entry), entry.name).notices)


def _entry(info: EngineInfo, block: Layers, models_dir: Path | None) -> ModelEntry | None:
    """Return the model that will run; None if that is not known yet: several are installed and none was named."""
    if info.name != ACE_STEP or models_dir is None:
        return None
    if block["model"] != AUTO:
        return read_catalogue(models_dir).get(str(block["model"]))
    task = str(block.get("task", "text2music"))
    able = [entry for entry in installed_entries(models_dir) if task in entry.tasks]
    return able[0] if len(able) == 1 else None
