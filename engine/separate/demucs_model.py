"""Loads and runs Demucs' networks from a model's folder of safetensors files, on the GPU or the CPU.

Demucs' own loader imports any class that a weight file names, and rebuilds quantised weights in the same way; here
only Demucs' three classes are accepted, with plain weights.
"""

from __future__ import annotations

import math
import re
import warnings
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import EngineFailed, ModelFault

if TYPE_CHECKING:
    from engine.contract import Audio
    from engine.hardware import Device
    from engine.separate.overlap import Stems

CLASSES = ("demucs.htdemucs.HTDemucs", "demucs.hdemucs.HDemucs", "demucs.demucs.Demucs")
GPU_BYTES = 3_000_000_000
"""Demucs' documentation asks for 3 GB of GPU memory at its own segment length."""
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHANNELS = 2
_LONGEST_S, _USUAL_S = 60.0, 10.0  # segment length: at most, and for networks that accept any length


def torch_device(device: Device) -> str:
    """Return torch's name of the device to run on: the GPU if it has enough free memory, else the CPU."""
    if device.has_own_memory and device.free_bytes < GPU_BYTES:
        return "cpu"
    return device.torch_name


class DemucsModel:
    """One bag of Demucs networks, ready to run.

    Attributes:
        name: its name in the catalogue.
        sources: the stems' names, in the model's order.
        sample_rate: the rate it was trained at.
        segment: length of its input in frames.
        device: torch's name of the device it runs on.
    """

    def __init__(self, folder: Path, name: str, device: str = "cpu") -> None:
        """Load the model `name` in `folder`.

        Raises
        ------
        ModelFault
            If a file is missing, damaged or no Demucs model; the message names it.
        """
        self.name = name
        self._bag = _load_bag(folder)
        self.sources = tuple(str(name) for name in self._bag.sources)
        self.sample_rate = int(self._bag.samplerate)
        self.segment = round(_segment_s(self._bag) * self.sample_rate)
        # Demucs computes the frames from it, rounding down: a float could lose one.
        self._segment_s = Fraction(self.segment, self.sample_rate)
        self.device = device
        self._bag.to(device)

    def apply(self, audio: Audio) -> Stems:
        """Return the stems of `audio`, float32 [shape=(segment, 2)] → [shape=(segment, stems, 2)].

        When the GPU's memory runs out, the model moves to the CPU.

        Raises
        ------
        EngineFailed
            If the result has NaN or ±∞ samples, or the network fails.
        """
        import torch

        try:
            made = self._run(audio)
        except torch.OutOfMemoryError:
            self.device = "cpu"
            self._bag.to("cpu")
            torch.cuda.empty_cache()
            made = self._run(audio)
        except RuntimeError as error:
            raise EngineFailed(f"The separator broke ({error}); try the other separator model.") from error
        if not np.isfinite(made).all():
            raise EngineFailed("The separator made samples that are no numbers; fetch its model again.")
        return made

    def _run(self, audio: Audio) -> Stems:
        import torch
        from demucs.apply import apply_model

        mix = torch.from_numpy(np.ascontiguousarray(audio.T))[None]
        with torch.inference_mode():
            made = apply_model(
                self._bag,
                mix,
                shifts=0,
                split=False,
                segment=self._segment_s,  # type: ignore[arg-type]
                device=self.device,
            )
        stems: Stems = made[0].permute(2, 0, 1).float().cpu().numpy()
        return stems

    def free(self) -> None:
        """Free its memory; it cannot be used afterwards."""
        import torch

        del self._bag
        if self.device.startswith("cuda"):
            torch.cuda.empty_cache()

    def relax(self) -> None:
        """Free the GPU memory that the last segment used; the weights stay."""
        import torch

        if self.device.startswith("cuda"):
            torch.cuda.empty_cache()


def _segment_s(bag: Any) -> float:  # noqa: ANN401
    longest_s = float(bag.max_allowed_segment)
    return min(longest_s, _LONGEST_S) if math.isfinite(longest_s) else _USUAL_S


def _load_bag(folder: Path) -> Any:  # noqa: ANN401  (demucs' types are strings that mypy cannot resolve)
    import yaml  # type: ignore[import-untyped]
    from demucs.apply import BagOfModels

    path = next(iter(sorted(folder.glob("*.yaml"))), folder / "model.yaml")
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        names = [str(name) for name in listed["models"]]
        weights = listed.get("weights")
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ModelFault(f"{path} does not list a Demucs model's weight files ({error}).") from None
    if not names or not all(_SIGNATURE.fullmatch(name) for name in names):
        raise ModelFault(f"{path} does not list a Demucs model's weight files.")
    bag = BagOfModels([_load_one(folder / f"{name}.safetensors") for name in names], weights, listed.get("segment"))
    if bag.audio_channels != _CHANNELS:
        raise ModelFault(f"{folder} is a model for {bag.audio_channels} channels; separators work in stereo.")
    return bag.eval()


def _load_one(path: Path) -> Any:  # noqa: ANN401
    """Load one network, after checking that its file names one of Demucs' classes and nothing else."""
    from demucs.hf import load_safetensors_model
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
        if metadata.get("klass") not in CLASSES or "structure" in metadata:
            raise ModelFault(f"{path} is no Demucs model in plain weights (it names {metadata.get('klass')!r}).")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about arguments that newer versions of Demucs have dropped
            return load_safetensors_model(path)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelFault(f"{path} cannot be loaded ({error}); fetch the model again.") from None
