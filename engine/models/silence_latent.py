"""Rewrites the latent of silence, which the original layout stores as a PyTorch file, as safetensors.

`python -m engine.models.silence_latent IN.pt OUT.safetensors` runs in a separate process, so that a download does not
load torch. Only tensors are read (`weights_only`): a pickle that contains anything else is refused.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.errors import ModelFault
from engine.interpreter import neural_program, run_module

KEY = "silence_latent"
"""The name of the tensor in the written file [shape=(1, frames, channels)], with the axes in diffusers' order."""
TIMEOUT_S = 180.0


def rewrite_apart(source: Path, target: Path) -> None:
    """Rewrite `source` as `target` in another process.

    Raises
    ------
    ModelFault
        If it is not the latent of silence.
    """
    target.unlink(missing_ok=True)  # it may be a hard link to a file of the user's
    words = ["engine.models.silence_latent", str(source.absolute()), str(target.absolute())]
    try:
        done = run_module(neural_program(), words, TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelFault(f"{source} could not be rewritten as safetensors ({error}).") from None
    if done.returncode:
        message = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise ModelFault(f"{source} does not hold the latent of silence ({message[-1]}).")


def rewrite(source: Path, target: Path) -> None:
    """Write the tensor in `source` [shape=(1, channels, frames)] to `target` with its last two axes swapped."""
    import torch
    from safetensors.torch import save_file

    latent = torch.load(source, map_location="cpu", weights_only=True)
    if not isinstance(latent, torch.Tensor) or latent.ndim != 3 or latent.shape[0] != 1:
        raise ValueError(f"holds {getattr(latent, 'shape', type(latent).__name__)} instead of one latent")
    save_file({KEY: latent.transpose(1, 2).contiguous().clone()}, target)


if __name__ == "__main__":
    try:
        rewrite(Path(sys.argv[1]), Path(sys.argv[2]))
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}")
