"""The engines: their descriptions, whether they can run here, and their construction. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.ace_step.plan import TRACKS
from engine.capabilities import ACE_STEP_KEYS, REMOTE_KEYS, SKETCH_KEYS
from engine.contract import AUTO, ENGINES, TASKS, Engine, EngineInfo
from engine.did_you_mean import one_of
from engine.errors import EngineUnavailable, InvalidValue, ModelFault
from engine.finish import UNSPLIT_STEM
from engine.models.catalogue import read_catalogue
from engine.models.installed_models import ModelStore, installed_entries, not_installed
from engine.optional_libraries import missing_extra, missing_packages
from engine.remote.remote_engine import NO_ADDRESS, FindRemote, RemoteEngine
from engine.sketch.instruments import STEMS

SKETCH = EngineInfo(
    name="sketch",
    label="Sketch engine (built in)",
    stems=STEMS,
    default_stems=(),
    tasks=("text2music",),
    models=("sketch-1",),
    notice="Made by the built-in sketch engine: composed and played by rules; no neural model ran and nobody sings.",
    capabilities=SKETCH_KEYS,
)

ACE_STEP = "ace-step"
REMOTE = "remote"

LIGHT = frozenset((SKETCH.name, REMOTE))
"""Engines that need only the base installation: they run in this Python, not in the neural engines' one."""

SEPARATED = ("other", "piano")
"""Stems of the separators that are no tracks of ACE-Step."""

STEM_NAMES = tuple(dict.fromkeys((*STEMS, *TRACKS, *SEPARATED, UNSPLIT_STEM)))
"""Every name that a stem of a take can have."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The result of a check that an engine can run here; `reason` says why not and what to do."""

    ok: bool
    reason: str = ""


def ace_step_ready(models_dir: Path | None) -> Readiness:
    """Return whether ACE-Step can run here: its libraries and a music model are installed. Imports none of them."""
    if missing := missing_packages():
        return Readiness(False, str(missing_extra(missing[0])))
    try:
        installed = installed_entries(models_dir) if models_dir else []
    except ModelFault as error:
        return Readiness(False, str(error))
    if not installed:
        return Readiness(False, "No music model is installed; `stembridge models list` shows what there is.")
    return Readiness(True)


def ace_step_info(models_dir: Path | None = None) -> EngineInfo:
    """Return the description of ACE-Step with the catalogue's models; "auto" lets the engine pick an installed one.

    Raises
    ------
    ModelFault
        If the user's own catalogue cannot be read.
    """
    music = [entry for entry in read_catalogue(models_dir).values() if entry.kind == "music"]
    return EngineInfo(
        name=ACE_STEP,
        label="ACE-Step 1.5",
        stems=(*TRACKS, *SEPARATED),
        default_stems=(),
        tasks=tuple(dict.fromkeys(task for entry in music for task in entry.tasks)),
        models=(AUTO, *(entry.name for entry in music)),
        notice="Made by the neural model ACE-Step 1.5 on this computer.",
        capabilities=ACE_STEP_KEYS,
    )


def remote_info(url: str, models_dir: Path | None = None) -> EngineInfo:
    """Return the description of the companion at `url`, without connecting to it: it refuses what it cannot do.

    Its `models` are the engines it may have, and ACE-Step's models in the local catalogue.

    Raises
    ------
    ModelFault
        If the user's own catalogue cannot be read.
    """
    neural = ace_step_info(models_dir)
    return EngineInfo(
        name=REMOTE,
        label="Another companion",
        stems=tuple(dict.fromkeys((*SKETCH.stems, *neural.stems))),
        default_stems=(),
        tasks=TASKS,
        models=(AUTO, SKETCH.name, ACE_STEP, *(name for name in neural.models if name != AUTO)),
        notice=f"Made by the companion at {url}.",
        capabilities=REMOTE_KEYS,
    )


def no_remote() -> None:
    """Return None: no other companion is configured."""


def choose(name: str, models_dir: Path | None = None, find_remote: FindRemote = no_remote) -> EngineInfo:
    """Return the description of the engine for the block's `engine` value; "auto" is the best one ready here.

    `models_dir` is the folder of the models; None means that there are none. `find_remote` returns the address of
    another companion; "auto" never selects that one.

    Raises
    ------
    EngineUnavailable
        If that engine cannot run here; the sentence says what to do.
    InvalidValue
        If there is no such engine, or the other companion's address is invalid.
    """
    if name not in (AUTO, *ENGINES):
        raise InvalidValue("engine", name, one_of((AUTO, *ENGINES), name))
    if name == SKETCH.name:
        return SKETCH
    if name == REMOTE:
        address = find_remote()
        if address is None:
            raise EngineUnavailable(NO_ADDRESS)
        return remote_info(address.url, models_dir)
    ready = ace_step_ready(models_dir)
    if ready.ok:
        return ace_step_info(models_dir)
    if name == AUTO:
        return SKETCH
    raise EngineUnavailable(f'The engine "{name}" is not ready here; "sketch", the built-in one, is. {ready.reason}')


def check_model(info: EngineInfo, model: str, task: str, models_dir: Path | None = None) -> None:
    """Raise if the engine does not know the model, the model is not installed, or it cannot do the task.

    Raises
    ------
    EngineUnavailable
        If the model is not installed, or "auto" finds none that can do the task; the sentence says what to do.
    InvalidValue
        If there is no such model, or it cannot do the task.
    """
    if model not in info.models:
        raise InvalidValue("model", model, f"{' or '.join(info.models)} with the engine “{info.name}”")
    if task not in info.tasks:
        raise InvalidValue("task", task, _tasks_of(info, task, models_dir))
    if info.name == REMOTE and model == SKETCH.name and task not in SKETCH.tasks:
        raise InvalidValue("task", task, _tasks_of(SKETCH, task, models_dir))
    if info.name != ACE_STEP or models_dir is None:
        return
    known = read_catalogue(models_dir)
    if model == AUTO:
        if not any(task in entry.tasks for entry in installed_entries(models_dir)):
            able = [entry.name for entry in known.values() if task in entry.tasks]
            raise EngineUnavailable(
                f"None of the installed models can do the task {task}; this fetches one that can: "
                f"stembridge models download {able[0]}"
            )
    elif ModelStore(models_dir).find(model) is None:
        raise not_installed(model)
    elif task not in known[model].tasks:
        own = f"{' or '.join(known[model].tasks)} with the model {model}"
        raise InvalidValue("task", task, f"{own} ({_able(task, models_dir)} can do {task})")


def _tasks_of(info: EngineInfo, task: str, models_dir: Path | None) -> str:
    """Return the tasks that an engine has, and the engine and models that can do `task`."""
    able = f"the engine “{ACE_STEP}” can do {task}, with {_able(task, models_dir)}"
    return f"{' or '.join(info.tasks)} with the engine “{info.name}” ({able})"


def _able(task: str, models_dir: Path | None) -> str:
    """Return the models of the catalogue that can do `task`."""
    return ", ".join(entry.name for entry in read_catalogue(models_dir).values() if task in entry.tasks)


def create(
    name: str,
    models_dir: Path | None = None,
    styles_dir: Path | None = None,
    find_remote: FindRemote = no_remote,
) -> Engine:
    """Return a new, unloaded engine; its heavy modules are imported here and not before.

    `models_dir` holds the neural models, `styles_dir` the user's own styles for the sketch engine; `find_remote` is
    as in `choose`.
    """
    info = choose(name, models_dir, find_remote)
    if info.name == REMOTE:
        return RemoteEngine(info, find_remote)
    if info.name == ACE_STEP:
        from engine.ace_step.ace_step_engine import AceStepEngine
        from engine.ace_step.installed import InstalledPlans

        assert models_dir is not None  # without one, the engine is not ready
        return AceStepEngine(info, InstalledPlans(models_dir), models_dir)
    from engine.sketch.sketch_engine import SketchEngine

    return SketchEngine(info, styles_dir)
