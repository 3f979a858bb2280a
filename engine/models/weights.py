"""Checks the headers of a model's weight files: that each file is complete, and that it is this model's.

safetensors checks on opening that the header is valid and that the file is exactly as long as the header says, so a
truncated file is found without reading it. No weights are loaded and torch is not imported.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.layout import SILENCE, TEXT_ENCODER, read_json, weight_files
from engine.optional_libraries import require

TensorShape = tuple[int, ...]
PARAMETER_TOLERANCE = 0.15
"""The relative difference allowed to the catalogue's number of parameters, which is rounded and omits small parts."""

_CLASSES = {"transformer": "AceStepTransformer1DModel", "vae": "AutoencoderOobleck"}
_SAMPLE_RATE_HZ = 48_000


def check_weights(entry: ModelEntry, folder: Path) -> None:
    """Check that the weight files in `folder`, of which none is missing, are complete and those of `entry`.

    Raises
    ------
    ModelFault
        If one is not; the sentence names the file.
    """
    shapes = {path: read_shapes(path) for path in sorted(folder.rglob("*.safetensors"))}
    if entry.layout == "diffusers":
        _check_pipeline(entry, folder)
    elif entry.layout == "original":
        _check_original(entry, folder)
    else:
        _check_separator(folder)
    parameters = sum(math.prod(shape) for inside in shapes.values() for shape in inside.values())
    if not abs(parameters / entry.parameters - 1) <= PARAMETER_TOLERANCE:
        raise ModelFault(
            f"{folder} is not {entry.name}: its weights have {parameters / 1e9:.3g} billion parameters, "
            f"not about {entry.parameters / 1e9:.3g}."
        )


def read_shapes(path: Path) -> dict[str, TensorShape]:
    """Return the shape of every tensor in a safetensors file, read from its header.

    Raises
    ------
    ModelFault
        If the file is truncated or not in the safetensors format.
    """
    require("safetensors")
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFault(f"{path} is damaged or cut short ({error}); fetch the model again.") from None


def _check_pipeline(entry: ModelEntry, folder: Path) -> None:
    index = read_json(folder / "model_index.json")
    if index.get("_class_name") != "AceStepPipeline":
        raise ModelFault(f"{folder / 'model_index.json'} is a {index.get('_class_name')}, not an AceStepPipeline.")
    for component, name in _CLASSES.items():
        _expect(folder / component / "config.json", "_class_name", name)
    _check_transformer(entry, folder / "transformer", prefix="", conv="proj_in_conv")
    encoder = _component_shapes(folder / "condition_encoder")
    if len(encoder.get("silence_latent", ())) != 3:
        raise ModelFault(f"{folder / 'condition_encoder'} lacks the latent of silence.")
    _check_vae_and_text(folder / "vae", folder / "text_encoder")


def _check_original(entry: ModelEntry, folder: Path) -> None:
    transformer = folder / entry.transformer
    _check_transformer(entry, transformer, prefix="decoder.", conv="proj_in.1")
    config = read_json(transformer / "config.json")
    latent = transformer / f"{Path(SILENCE).stem}.safetensors"
    shape = read_shapes(latent).get("silence_latent", ())
    if len(shape) != 3 or shape[2] != config.get("timbre_hidden_dim"):
        raise ModelFault(f"{latent} does not hold the latent of silence (shape {shape}).")
    _check_vae_and_text(folder / "vae", folder / TEXT_ENCODER)


def _check_transformer(entry: ModelEntry, folder: Path, prefix: str, conv: str) -> None:
    """Compare the diffusion transformer's tensors with its configuration, and that with the entry."""
    config, shapes = read_json(folder / "config.json"), _component_shapes(folder)
    is_turbo = bool(config.get("is_turbo")) or config.get("model_version") == "turbo"  # as the pipeline decides it
    if entry.sampling is not None and is_turbo != (entry.sampling.cfg is None):
        kind = "a turbo model" if is_turbo else "no turbo model"
        raise ModelFault(f"{folder / 'config.json'} says that this is {kind}, so it is not {entry.name}.")
    expected = tuple(config.get(key) for key in ("hidden_size", "in_channels", "patch_size"))
    _expect_shape(folder, shapes, f"{prefix}{conv}.weight", expected)
    layers = {name.removeprefix(f"{prefix}layers.").split(".")[0] for name in _under(shapes, f"{prefix}layers.")}
    if len(layers) != config.get("num_hidden_layers"):
        stated = config.get("num_hidden_layers")
        raise ModelFault(f"The weights in {folder} have {len(layers)} layers, its config.json says {stated}.")


def _check_vae_and_text(vae: Path, text_encoder: Path) -> None:
    _expect(vae / "config.json", "sampling_rate", _SAMPLE_RATE_HZ)
    _component_shapes(vae)
    config, shapes = read_json(text_encoder / "config.json"), _component_shapes(text_encoder)
    name = next((name for name in shapes if name.endswith("embed_tokens.weight")), "embed_tokens.weight")
    _expect_shape(text_encoder, shapes, name, (config.get("vocab_size"), config.get("hidden_size")))


def _check_separator(folder: Path) -> None:
    """Check the class that each weight file names, as demucs would build any class."""
    from safetensors import safe_open

    for path in weight_files(folder):
        read_shapes(path)
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
        if metadata.get("klass", "").rpartition(".")[0] not in ("demucs.htdemucs", "demucs.hdemucs", "demucs.demucs"):
            raise ModelFault(f"{path} is no Demucs model (it names {json.dumps(metadata.get('klass'))}).")


def _component_shapes(folder: Path) -> dict[str, TensorShape]:
    return {name: shape for path in weight_files(folder) for name, shape in read_shapes(path).items()}


def _under(names: Iterable[str], prefix: str) -> list[str]:
    return [name for name in names if name.startswith(prefix)]


def _expect(path: Path, key: str, value: object) -> None:
    found = read_json(path).get(key)
    if found != value:
        raise ModelFault(f"{path} says {key} = {found!r} instead of {value!r}: it is another model's.")


def _expect_shape(folder: Path, shapes: Mapping[str, TensorShape], name: str, shape: tuple[object, ...]) -> None:
    if shapes.get(name) != shape:
        raise ModelFault(
            f"{name} in {folder} has the shape {shapes.get(name)}, but its config.json says {shape}: "
            "weights and configuration are not of one model."
        )
