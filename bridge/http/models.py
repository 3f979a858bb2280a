"""The names of models in URLs. What really runs is the block's `engine` and `model`."""

from __future__ import annotations

MODELS = ("ace-step-music",)


def is_model_path(path: str) -> bool:
    """Return whether a URL's path has the form of a model's: `/v1/NAME` or `/v2/NAME`."""
    version, _, name = path.removeprefix("/").partition("/")
    return version in ("v1", "v2") and bool(name) and "/" not in name
