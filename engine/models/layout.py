"""The files of a model: which ones of a repository are fetched, and which ones a complete model needs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry

SAFE_ENDINGS = (".safetensors", ".json", ".yaml", ".txt", ".jinja", ".md")
PICKLE_ENDINGS = (".bin", ".pt", ".pth", ".ckpt", ".th", ".pkl")
"""Endings of files that may contain code: they are never kept, and of them only `SILENCE` is fetched."""
SILENCE = "silence_latent.pt"
"""The latent of silence in the layout "original"; `engine.models.silence_latent` rewrites it after the download."""
TEXT_ENCODER = "Qwen3-Embedding-0.6B"


def select_files(entry: ModelEntry, paths: Iterable[str], place: str) -> list[str]:
    """Return the files at `place` that belong to the model; code and pickles never do.

    Raises
    ------
    ModelFault
        If weights are missing; the sentence says if there are pickles, which are refused.
    """
    paths = list(paths)
    matching = [path for path in paths if any(fnmatchcase(path, pattern) for pattern in entry.files)]
    chosen = [path for path in matching if _is_safe(path) or _is_silence(entry, path)]
    if not any(path.endswith(".safetensors") for path in chosen):
        pickles = [path for path in paths if path.endswith(PICKLE_ENDINGS)]
        raise ModelFault(
            f"{place} holds no safetensors weights for {entry.name}"
            + (f", only pickles ({pickles[0]}), which may carry code and are refused." if pickles else ".")
        )
    return sorted(chosen)


def _is_safe(path: str) -> bool:
    name = PurePosixPath(path)
    return name.suffix in SAFE_ENDINGS or name.name == "LICENSE"


def _is_silence(entry: ModelEntry, path: str) -> bool:
    return entry.layout == "original" and path == f"{entry.transformer}/{SILENCE}"


def missing_files(entry: ModelEntry, folder: Path) -> list[str]:
    """Return the paths, relative to `folder`, of needed files that are missing.

    Raises
    ------
    ModelFault
        If a JSON file that lists needed files cannot be read.
    """
    if entry.layout == "diffusers":
        return _missing_of_pipeline(folder)
    if entry.layout == "original":
        return _missing_of_original(entry, folder)
    needed = [f"{entry.name}.yaml"] if not list(folder.glob("*.yaml")) else []
    return needed + ([] if list(folder.glob("*.safetensors")) else ["a .safetensors file"])


def _missing_of_pipeline(folder: Path) -> list[str]:
    if not (folder / "model_index.json").is_file():
        return ["model_index.json"]
    missing = []
    for component, classes in read_json(folder / "model_index.json").items():
        if component.startswith("_") or not isinstance(classes, list) or None in classes:
            continue
        class_name = str(classes[1])
        if "Tokenizer" in class_name and component == "tokenizer":
            missing += _missing_tokenizer(folder, component)
        elif "Scheduler" in class_name:
            missing += _absent(folder, f"{component}/scheduler_config.json")
        else:
            missing += _missing_weights(folder, component)
    return missing


def _missing_of_original(entry: ModelEntry, folder: Path) -> list[str]:
    missing = _missing_weights(folder, entry.transformer)
    missing += _absent(folder, f"{entry.transformer}/{Path(SILENCE).stem}.safetensors")
    missing += _missing_weights(folder, "vae")
    return missing + _missing_weights(folder, TEXT_ENCODER) + _missing_tokenizer(folder, TEXT_ENCODER)


def _missing_tokenizer(folder: Path, component: str) -> list[str]:
    if (folder / component / "vocab.json").is_file() and (folder / component / "merges.txt").is_file():
        return []
    return _absent(folder, f"{component}/tokenizer.json")


def _missing_weights(folder: Path, component: str) -> list[str]:
    """Return the missing files of a component: configuration, and weights, which may be split into shards."""
    missing = _absent(folder, f"{component}/config.json")
    indexes = list((folder / component).glob("*.safetensors.index.json"))
    for index in indexes:
        shards = read_json(index).get("weight_map")
        if not isinstance(shards, dict):
            raise ModelFault(f"{index} does not say which file holds which weights.")
        missing += [path for name in sorted(set(shards.values())) for path in _absent(folder, f"{component}/{name}")]
    if not indexes and not weight_files(folder / component):
        missing.append(f"{component}/*.safetensors")
    return missing


def weight_files(folder: Path) -> list[Path]:
    """Return a component's weight files, without the latent of silence."""
    return sorted(path for path in folder.glob("*.safetensors") if path.stem != Path(SILENCE).stem)


def _absent(folder: Path, path: str) -> list[str]:
    return [] if (folder / path).is_file() else [path]


def read_json(path: Path) -> dict[str, object]:
    """Return the JSON object in a file.

    Raises
    ------
    ModelFault
        If the file holds something else; the sentence names it.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelFault(f"{path} cannot be read as JSON ({error}).") from None
    if not isinstance(value, dict):
        raise ModelFault(f"{path} does not hold a JSON object.")
    return value
