"""Catalogue entries of the tiny models, as a user would add models."""

from pathlib import Path

from engine.models.catalogue import OWN_FILE

MUSIC = """
tasks = {tasks}
steps = {{ default = 8, max = 20 }}
cfg = {cfg}
shift = {{ default = 3.0, min = 1.0, max = 3.0 }}
weights = {{ transformer = 80_000, encoders = 30_000, text_encoder = 30_000, vae = 40_000 }}
"""
ENTRY = """
[{name}]
label = "Tiny {name}"
kind = "{kind}"
repository = "{repository}"
revision = "main"
layout = "{layout}"
files = {files}
size = 200_000
licence = "MIT"
parameters = {parameters}
"""
OWN_ENTRY = """
[mine]
label = "Mine"
kind = "music"
repository = "me/mine"
revision = "main"
layout = "diffusers"
files = ["*"]
size = 1000
licence = "MIT"
parameters = 500
tasks = ["text2music"]
steps = { default = 8, max = 20 }
cfg = 0
shift = { default = 3.0, min = 1.0, max = 3.0 }
weights = { transformer = 1, encoders = 1, text_encoder = 1, vae = 1 }
"""
"""A complete entry of a user's own catalogue."""
DIFFUSERS_FILES = ["model_index.json", "*/*.json", "*/*.safetensors", "*/*.txt", "LICENSE*"]
ORIGINAL_FILES = ["acestep-v15-turbo/*", "vae/*", "Qwen3-Embedding-0.6B/*"]


def write_catalogue(folder: Path, checkpoints: dict[str, Path]) -> None:
    """Write the user's own catalogue into the models' folder."""
    from tests.helpers.hub.checkpoints import TRANSFORMER, count_parameters

    counts = {name: count_parameters(path) for name, path in checkpoints.items()}
    turbo = ENTRY.format(
        name="tiny-turbo",
        kind="music",
        repository="tiny/turbo",
        layout="original",
        files=ORIGINAL_FILES,
        parameters=counts["tiny/turbo"],
    )
    base = ENTRY.format(
        name="tiny-base",
        kind="music",
        repository="tiny/base",
        layout="diffusers",
        files=DIFFUSERS_FILES,
        parameters=counts["tiny/base"],
    )
    demucs = ENTRY.format(
        name="tiny-demucs",
        kind="separator",
        repository="tiny/demucs",
        layout="demucs",
        files=["*.yaml", "*.safetensors"],
        parameters=counts["tiny/demucs"],
    )
    turbo += f'transformer = "{TRANSFORMER}"' + MUSIC.format(tasks=["text2music", "cover", "repaint"], cfg=0)
    base += MUSIC.format(tasks=["text2music", "extract"], cfg=7)
    (folder / OWN_FILE).write_text(turbo + base + demucs, encoding="utf-8")
