"""Tiny Demucs models with random weights, made with the real class and installed under names of the catalogue."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file

from engine.models.catalogue import find_entry
from engine.models.installed_models import RECORD, FileRecord, record_of

FOUR = ("drums", "bass", "other", "vocals")
SIX = (*FOUR, "guitar", "piano")
SIGNATURE = "955717e8"


def save_demucs(
    folder: Path, name: str, sources: tuple[str, ...] = FOUR, segment_s: int = 1, sample_rate: int = 44_100
) -> Path:
    """Save a network as the separators' repositories do: one weight file, and the list of such files."""
    from demucs.htdemucs import HTDemucs

    torch.manual_seed(0)
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch on tiny layers
        model = HTDemucs(
            sources=list(sources),
            channels=8,
            depth=4,
            t_layers=1,
            t_heads=2,
            t_hidden_scale=1,
            segment=segment_s,
            samplerate=sample_rate,
            norm_starts=4,
            dconv_depth=1,
            dconv_comp=2,
        )
    args, kwargs = model._init_args_kwargs
    metadata = {"klass": "demucs.htdemucs.HTDemucs", "args": json.dumps(args), "kwargs": json.dumps(kwargs)}
    folder.mkdir(parents=True)
    save_file(model.state_dict(), folder / f"{SIGNATURE}.safetensors", metadata=metadata)
    (folder / f"{name}.yaml").write_text(f"models: ['{SIGNATURE}']\n")
    return folder


def install_demucs(
    models_dir: Path,
    name: str = "htdemucs",
    sources: tuple[str, ...] = FOUR,
    segment_s: int = 1,
    sample_rate: int = 44_100,
) -> Path:
    """Put a tiny model where the catalogue's `name` would be; return its folder."""
    folder = save_demucs(models_dir / name, name, sources, segment_s, sample_rate)
    files = tuple(FileRecord(path.name, path.stat().st_size, "0" * 64) for path in sorted(folder.iterdir()))
    record = record_of(find_entry(name), files, "a test", licence="MIT")
    (folder / RECORD).write_text(record.to_json())
    return folder
