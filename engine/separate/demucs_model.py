"""Demucs' networks, loaded from a model's folder in safetensors, on the processor that suits them.

Demucs' own loader takes a class from anywhere that a weight file names and rebuilds quantised weights the same way;
here only Demucs' three classes are taken, with plain weights.
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
_LONGEST_S, _USUAL_S = 60.0, 10.0  # of a stretch; the usual one for networks that hear any length


def torch_device(device: Device) -> str:
    """Return where Demucs runs, as torch calls it: the GPU if there is room for it, else the CPU."""
    if device.has_own_memory and device.free_bytes < GPU_BYTES:
        return "cpu"
    return device.torch_name


class DemucsModel:
    """One bag of Demucs networks, ready to run.

    Attributes:
        name: as in the catalogue.
        sources: the stems' names, in its own order.
        sample_rate: that it was trained at.
        segment: frames that it hears at once.
        device: where it runs, as torch calls it.
    """

    def __init__(self, folder: Path, name: str, device: str = "cpu") -> None:
        """Load the model `name` in `folder`.

        Raises
        ------
        ModelFault
            If a file is missing, damaged or no Demucs model; the sentence names it.
        """
        self.name = name
        self._bag = _load_bag(folder)
        self.sources = tuple(str(name) for name in self._bag.sources)
        self.sample_rate = int(self._bag.samplerate)
        self.segment = round(_segment_s(self._bag) * self.sample_rate)
        # Demucs counts the frames back from it, rounding down: a float could lose one.
        self._segment_s = Fraction(self.segment, self.sample_rate)
        self.device = device
        self._bag.to(device)

    def apply(self, audio: Audio) -> Stems:
        """Return the stems of `audio`, float32 [shape=(segment, 2)] → [shape=(segment, stems, 2)].

        A GPU whose memory runs full is left for the CPU.

        Raises
        ------
        EngineFailed
            If the result holds samples that are no numbers, or the network breaks.
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
        """Give its memory back; it cannot be used afterwards."""
        import torch

        del self._bag
        if self.device.startswith("cuda"):
            torch.cuda.empty_cache()

    def relax(self) -> None:
        """Give back the GPU memory that the last stretch worked in; the weights stay."""
        import torch

        if self.device.startswith("cuda"):
            torch.cuda.empty_cache()


def _segment_s(bag: Any) -> float:  # noqa: ANN401
    longest_s = float(bag.max_allowed_segment)
    return min(longest_s, _LONGEST_S) if math.isfinite(longest_s) else _USUAL_S


def _load_bag(folder: Path) -> Any:  # noqa: ANN401  (demucs has types, but names them by strings of its own)
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
    """Load one network, once its file has been found to name nothing but one of Demucs' classes."""
    from demucs.hf import load_safetensors_model
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            told = file.metadata() or {}
        if told.get("klass") not in CLASSES or "structure" in told:
            raise ModelFault(f"{path} is no Demucs model in plain weights (it names {told.get('klass')!r}).")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about arguments that newer versions of Demucs have dropped
            return load_safetensors_model(path)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelFault(f"{path} cannot be loaded ({error}); fetch the model again.") from None
