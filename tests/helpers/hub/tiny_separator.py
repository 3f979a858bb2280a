"""A tiny separator for tests that need a real model on disk, but never run it: neither torch nor a hub is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.models.catalogue import OWN_FILE

NAME, LABEL = "tiny-demucs", "Tiny separator"
WEIGHTS = "955717e8.safetensors"
PARAMETERS = 1_000
ENTRY = f"""
[{NAME}]
label = "{LABEL}"
kind = "separator"
repository = "tiny/demucs"
revision = "main"
layout = "demucs"
files = ["*.yaml", "*.safetensors"]
size = 4_000
licence = "MIT"
parameters = {PARAMETERS}
"""


def write_entry(models_dir: Path) -> None:
    """Write the user's own catalogue with this one model."""
    models_dir.mkdir(parents=True, exist_ok=True)
    (models_dir / OWN_FILE).write_text(ENTRY, encoding="utf-8")


def save_files(folder: Path) -> Path:
    """Save the model's files as its repository has them; return the folder."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"klass": "demucs.htdemucs.HTDemucs", "args": "[]", "kwargs": "{}"}
    save_file({"weight": np.arange(PARAMETERS, dtype=np.float32)}, folder / WEIGHTS, metadata)
    (folder / f"{NAME}.yaml").write_text(f"models: ['{WEIGHTS.split('.')[0]}']\n")
    return folder
