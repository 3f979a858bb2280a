"""List of the engines of this machine and their models, as JSON: what each makes of every key of the block."""

from __future__ import annotations

from pathlib import Path

from engine.capabilities import of_model
from engine.capability import Capabilities
from engine.contract import EngineInfo
from engine.models.catalogue import read_catalogue
from engine.models.installed_models import ModelStore
from engine.registry import SKETCH, Readiness, ace_step_info, ace_step_ready


def described_engines(models_dir: Path) -> list[dict[str, object]]:
    """Return the engines as JSON values; a model has the capabilities in which it differs from its engine."""
    neural = _engine(ace_step_info(models_dir), ace_step_ready(models_dir))
    return [_engine(SKETCH, Readiness(True)), {**neural, "models": _models(models_dir)}]


def _engine(info: EngineInfo, ready: Readiness) -> dict[str, object]:
    return {
        "name": info.name,
        "label": info.label,
        "ready": ready.ok,
        "reason": ready.reason,
        "tasks": list(info.tasks),
        "stems": list(info.stems),
        "models": [{"name": name, "installed": True, "capabilities": {}} for name in info.models],
        "capabilities": _keys(info.capabilities),
    }


def _models(models_dir: Path) -> list[dict[str, object]]:
    store = ModelStore(models_dir)
    return [
        {"name": name, "installed": store.find(name) is not None, "capabilities": _keys(of_model(entry))}
        for name, entry in read_catalogue(models_dir).items()
        if entry.kind == "music"
    ]


def _keys(keys: Capabilities) -> dict[str, object]:
    return {name: one.to_json() for name, one in keys.items()}
