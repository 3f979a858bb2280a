"""Downloads from the local hub: their type, a quick retry policy, and the ranges that were requested."""

from __future__ import annotations

from collections.abc import Callable

from engine.models.installed_models import InstalledModel
from engine.models.transfer import RetryPolicy
from tests.helpers.hub.server import LocalHub

WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"
VAE = "vae/diffusion_pytorch_model.safetensors"
QUICK = RetryPolicy(retries=2, first_wait_s=0.001)

Fetch = Callable[..., InstalledModel]
"""Takes an entry, and optionally `on_progress` and `retry`; returns the installed model."""


def requested_ranges(hub: LocalHub, name: str) -> list[str]:
    """Return the ranges in which the content of a file was requested, "" for all of it."""
    return [wanted for path, wanted, _ in hub.requests if path.startswith("/cdn/") and path.endswith(name)]
