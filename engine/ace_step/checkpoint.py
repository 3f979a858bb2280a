"""Reads the headers of a model's files, in either layout, as components: configuration, and where each tensor lies.

No weights are read here. In the layout "original" one file holds the transformer, the condition encoder and both
audio-code modules under prefixes, with other names for the attention's parts; the rules are those of diffusers'
`scripts/convert_ace_step_to_diffusers.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path

from engine.ace_step.original import COMPONENTS, component_config, split_key
from engine.ace_step.plan import LoadPlan
from engine.errors import EngineUnavailable

REQUIRED = ("text_encoder", "condition_encoder", "transformer", "vae")
CODES = ("audio_tokenizer", "audio_token_detokenizer")
"""Components that a pipeline folder may lack; cover and `audio_codes` need them."""
TEXT_ENCODER = "Qwen3-Embedding-0.6B"
_SILENCE = "silence_latent"


@dataclass(frozen=True, slots=True)
class TensorRef:
    """The location of one tensor: under `key` in the safetensors file `file`."""

    file: Path
    key: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of its elements."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Component:
    """One of the pipeline's models: its configuration, and its tensors by their names in diffusers."""

    name: str
    config: Mapping[str, object]
    tensors: Mapping[str, TensorRef]

    @property
    def size(self) -> int:
        """The number of elements of all its tensors."""
        return sum(ref.size for ref in self.tensors.values())


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All components of a model, and the folder of its tokenizer."""

    components: Mapping[str, Component]
    tokenizer: Path


def read_checkpoint(plan: LoadPlan) -> Checkpoint:
    """Read the headers of all files in the plan's folder.

    Raises
    ------
    EngineUnavailable
        If a file is missing, cut short or not what its name says; the sentence names it.
    """
    if plan.layout == "original":
        return _read_original(plan)
    folder = plan.folder
    present = [*REQUIRED, *(name for name in CODES if (folder / name).is_dir())]
    components = {name: _read_component(plan, name, folder / name) for name in present}
    return Checkpoint(components, folder / "tokenizer")


def _read_original(plan: LoadPlan) -> Checkpoint:
    own = plan.folder / plan.transformer
    config = _json(plan, own / "config.json")
    split: dict[str, dict[str, TensorRef]] = {name: {} for name in COMPONENTS}
    for key, ref in _tensors(plan, own).items():
        component, name = split_key(key)
        if component:
            split[component][name] = ref
    split["condition_encoder"][_SILENCE] = _silence(plan, own / f"{_SILENCE}.safetensors")
    with _readable_errors(plan, own / "config.json"):
        components = {name: Component(name, component_config(name, config), split[name]) for name in COMPONENTS}
    text = plan.folder / TEXT_ENCODER
    for name, folder in (("text_encoder", text), ("vae", plan.folder / "vae")):
        components[name] = _read_component(plan, name, folder)
    return Checkpoint(components, text)


def _read_component(plan: LoadPlan, name: str, folder: Path) -> Component:
    tensors = _tensors(plan, folder)
    if name == "text_encoder":  # some copies store it as part of a language model
        tensors = {key.removeprefix("model."): ref for key, ref in tensors.items() if not key.startswith("lm_head.")}
    return Component(name, _json(plan, folder / "config.json"), tensors)


def _tensors(plan: LoadPlan, folder: Path) -> dict[str, TensorRef]:
    """Return every tensor of a component's weight files, of which there may be several shards."""
    files = [path for path in sorted(folder.glob("*.safetensors")) if path.stem != _SILENCE]
    if not files:
        raise EngineUnavailable(f"{folder} holds no safetensors weights. {_repair_hint(plan)}")
    return {key: ref for file in files for key, ref in _header(plan, file).items()}


def _silence(plan: LoadPlan, file: Path) -> TensorRef:
    found = _header(plan, file)
    if len(found) != 1:
        raise EngineUnavailable(f"{file} does not hold the latent of silence. {_repair_hint(plan)}")
    return next(iter(found.values()))


def _header(plan: LoadPlan, file: Path) -> dict[str, TensorRef]:
    from safetensors import safe_open

    with _readable_errors(plan, file), safe_open(file, framework="pt") as opened:
        return {key: TensorRef(file, key, tuple(opened.get_slice(key).get_shape())) for key in opened.keys()}  # noqa: SIM118


def _json(plan: LoadPlan, file: Path) -> dict[str, object]:
    with _readable_errors(plan, file):
        value = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(value, dict):
            raise TypeError("it is no JSON object")
    return {key: part for key, part in value.items() if not key.startswith("_")}


@contextmanager
def _readable_errors(plan: LoadPlan, file: Path) -> Iterator[None]:
    """Turn any error in reading a file into a sentence that names the file."""
    try:
        yield
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EngineUnavailable(
            f"{file} cannot be read as part of an ACE-Step model ({reason}). {_repair_hint(plan)}"
        ) from error


def _repair_hint(plan: LoadPlan) -> str:
    return f'Repair it with "stembridge models download {plan.name}".'
