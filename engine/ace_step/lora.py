"""LoRA adapters: small changes to a transformer's weights, which can be merged and removed again.

They are merged into the weights, not run beside them: that costs nothing per step and keeps compiled blocks and
recorded graphs valid. To remove one, the weights that it changed are read again from the model's own files, so that
later results are the same, bit for bit, as if it had never been merged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.ace_step.checkpoint import Component
from engine.ace_step.original import rename
from engine.errors import InvalidValue

if TYPE_CHECKING:
    import torch

FOLDER = "loras"
"""The folder, in the models' folder, of adapters that can be named without a path."""
_PREFIXES = ("base_model.model.", "transformer.", "diffusion_model.", "model.", "decoder.")
_DOWN = (".lora_A.weight", ".lora_A.default.weight", ".lora_down.weight")
_UP = (".lora_B.weight", ".lora_B.default.weight", ".lora_up.weight")


@dataclass(frozen=True, slots=True)
class LoraChange:
    """The change that an adapter makes to one weight: it adds `scale * up @ down`."""

    down: torch.Tensor
    up: torch.Tensor
    scale: float


def find_lora(name: str, models_dir: Path) -> Path:
    """Return the safetensors file that the block's `lora` names: by its path, or by its name in the `loras` folder.

    Raises
    ------
    InvalidValue
        If there is none, or the folder holds several.
    """
    places = (Path(name).expanduser(), models_dir / FOLDER / name, models_dir / FOLDER / f"{name}.safetensors")
    for place in places:
        if place.is_file() and place.suffix == ".safetensors":
            return place
        if place.is_dir():
            files = sorted(place.glob("*.safetensors"))
            if len(files) == 1:
                return files[0]
            raise InvalidValue("lora", name, f"a folder with one .safetensors file; this one has {len(files)}")
    raise InvalidValue("lora", name, f"the path of a .safetensors file, or the name of one in {models_dir / FOLDER}")


def read_lora(file: Path, name: str, component: Component) -> dict[str, LoraChange]:
    """Return the adapter's changes by the name of the transformer's weight.

    Raises
    ------
    InvalidValue
        If the file cannot be read, is no LoRA, or was made for another model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        state = load_file(file)
    except (SafetensorError, OSError) as error:
        raise InvalidValue("lora", name, f"a whole .safetensors file; this one cannot be read ({error})") from None
    default_scale = _scale_beside(file.parent)
    changes: dict[str, LoraChange] = {}
    for key, down in state.items():
        ending = next((end for end in _DOWN if key.endswith(end)), "")
        if ending:
            path = key.removesuffix(ending)
            up = state.get(path + _UP[_DOWN.index(ending)])
            changes[_weight_name(path)] = _change(name, path, down, up, state.get(f"{path}.alpha"), default_scale)
    if not changes or any("dora_scale" in key or "magnitude" in key for key in state):
        raise InvalidValue("lora", name, "a LoRA; this file holds another kind of adapter")
    _check_fit(name, changes, component)
    return changes


def merge(
    transformer: torch.nn.Module,
    stored: Mapping[str, torch.Tensor],
    changes: Mapping[str, LoraChange],
    strength: float,
) -> None:
    """Set each weight in `stored` to that value plus `strength` times its change, in float32, in place."""
    weights = dict(transformer.named_parameters())
    for key, value in stored.items():
        base = value.float()
        if key in changes and strength:
            change = changes[key]
            base = base + (strength * change.scale) * (change.up.float() @ change.down.float())
        weights[key].data.copy_(base.to(weights[key].dtype))


def _weight_name(path: str) -> str:
    for prefix in _PREFIXES:
        path = path.removeprefix(prefix)
    return rename(f"{path}.weight")


def _change(
    name: str,
    path: str,
    down: torch.Tensor,
    up: torch.Tensor | None,
    alpha: torch.Tensor | None,
    default_scale: float,
) -> LoraChange:
    if up is None or down.ndim != 2 or up.ndim != 2 or up.shape[1] != down.shape[0]:
        raise InvalidValue("lora", name, f"a whole LoRA; {path} in this file has no matching pair of matrices")
    return LoraChange(down, up, float(alpha) / down.shape[0] if alpha is not None else default_scale)


def _check_fit(name: str, changes: Mapping[str, LoraChange], component: Component) -> None:
    for key, change in changes.items():
        ref = component.tensors.get(key)
        shape = (change.up.shape[0], change.down.shape[1])
        if ref is None or ref.shape != shape:
            expected = "has no such weight" if ref is None else f"has {ref.shape} there"
            raise InvalidValue(
                "lora",
                name,
                f"made for the model that runs; it changes {key} of the shape {shape}, and this model {expected}",
            )


def _scale_beside(folder: Path) -> float:
    """Return alpha / rank from the file that PEFT writes beside the weights, 1 if there is none."""
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        rank, alpha = float(config["r"]), float(config["lora_alpha"])
    except (OSError, ValueError, KeyError, TypeError):
        return 1.0
    if rank <= 0:
        return 1.0
    return alpha / (rank**0.5 if config.get("use_rslora") else rank)
