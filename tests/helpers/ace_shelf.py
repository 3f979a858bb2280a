"""ACE-Step models in a plain folder, without a catalogue: layout, tasks and limits are read from their own files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.memory import DeviceMemory
from engine.ace_step.plan import BASE, DISTILLED_TASKS, TURBO, CheckpointLayout, LoadPlan
from engine.contract import TASKS, EngineInfo
from engine.errors import EngineUnavailable

PlanFor = Callable[[str], LoadPlan]


class FolderPlans:
    """The models of `names` that lie in a folder, in that order."""

    def __init__(self, names: Sequence[str], plan_for: PlanFor) -> None:
        self._names = names
        self.plan_for = plan_for

    def names_for(self, task: str) -> Sequence[str]:
        able = [name for name in self._names if task in self._tasks(name)]
        return able or self._names

    def _tasks(self, name: str) -> Sequence[str]:
        try:
            return self.plan_for(name).tasks
        except EngineUnavailable:
            return ()


def make_engine(
    info: EngineInfo, models_dir: Path, *, plan_for: PlanFor | None = None, memory: DeviceMemory | None = None
) -> AceStepEngine:
    """Return an engine with the models of `info` in `models_dir`, run on the CPU unless `plan_for` says otherwise."""
    plans = FolderPlans(info.models, plan_for or (lambda name: plan_from_folder(name, models_dir)))
    return AceStepEngine(info, plans, models_dir, memory=memory)


def plan_from_folder(name: str, models_dir: Path, device: str = "cpu", dtype: str = "float32") -> LoadPlan:
    """Return a plan for `models_dir/name`, with layout, tasks and limits read from its own files.

    Raises
    ------
    EngineUnavailable
        If no model lies there.
    """
    folder = models_dir / name
    if (folder / "model_index.json").is_file():
        layout: CheckpointLayout = "diffusers"
        transformer, own = "", folder / "transformer" / "config.json"
    else:
        layout = "original"
        transformer = _original_transformer(folder)
        own = folder / transformer / "config.json"
    if not transformer and layout == "original":
        raise EngineUnavailable(
            f'The model "{name}" is not installed ({folder} holds none). '
            f'"stembridge models download {name}" fetches it.'
        )
    turbo = _is_turbo(own)
    return LoadPlan(
        name=name,
        folder=folder,
        layout=layout,
        limits=TURBO if turbo else BASE,
        transformer=transformer,
        device=device,
        dtype=dtype,
        tasks=DISTILLED_TASKS if turbo else TASKS,
        compile=device.startswith("cuda"),
    )


def _original_transformer(folder: Path) -> str:
    """Return the name of the folder with the transformer, the one that holds the latent of silence; "" = none."""
    found = sorted(path.parent.name for path in folder.glob("*/silence_latent.safetensors"))
    return found[0] if found else ""


def _is_turbo(config: Path) -> bool:
    try:
        values = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # loading the model will say what is wrong with it
    return isinstance(values, dict) and (bool(values.get("is_turbo")) or values.get("model_version") == "turbo")
