"""Loads a pipeline from files: every component is built empty, compared with its file, and only then filled."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from engine.ace_step.checkpoint import Checkpoint, Component, TensorRef
from engine.ace_step.plan import LoadPlan
from engine.errors import EngineUnavailable, StemBridgeError

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

_log = logging.getLogger(__name__)
Report = Callable[[float], None]
_REPORT_EVERY = 0.01


def load_pipeline(plan: LoadPlan, checkpoint: Checkpoint, device: str, report: Report) -> Pipeline:
    """Return the pipeline, its weights copied to `device` in the plan's dtype; on any error nothing stays behind.

    Weights are copied out of their files, not mapped: a mapped tensor need not be aligned, which changes the last
    bits of a matrix product from run to run.

    Raises
    ------
    EngineUnavailable
        If a file cannot be read or does not fit the model; the sentence names it.
    Cancelled
        Raised by `report`, which is called at least once per hundredth of the weights.
    """
    with without_warnings():
        import diffusers
    tokenizer = _load_tokenizer(plan, checkpoint)
    empty = {name: _empty(plan, part) for name, part in checkpoint.components.items()}
    progress = _LoadProgress(checkpoint, report)
    for name, module in empty.items():
        _fill(plan, checkpoint.components[name], module, device, progress)
    # The pipeline makes its own, already shifted schedule; the scheduler has to take it as it is.
    library: Any = diffusers
    scheduler = library.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0)
    pipe = library.AceStepPipeline(tokenizer=tokenizer, scheduler=scheduler, **empty)
    pipe.set_progress_bar_config(disable=True)
    return cast("Pipeline", pipe)


@contextmanager
def without_warnings() -> Iterator[None]:
    """Suppress warnings that are meant for the developers of the models."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _LoadProgress:
    """Reports the share of all weights that has been read."""

    def __init__(self, checkpoint: Checkpoint, report: Report) -> None:
        self._total = max(1, sum(part.size for part in checkpoint.components.values()))
        self._report = report
        self._done = 0
        self._reported = -1.0

    def add(self, count: int) -> None:
        self._done += count
        share = self._done / self._total
        if share - self._reported >= _REPORT_EVERY or share >= 1:
            self._reported = share
            self._report(share)


def _classes() -> Mapping[str, tuple[Any, Any]]:
    """Return each component's class and, where it has one, the class of its configuration."""
    from diffusers import AceStepTransformer1DModel, AutoencoderOobleck
    from diffusers.pipelines.ace_step import (
        AceStepAudioTokenDetokenizer,
        AceStepAudioTokenizer,
        AceStepConditionEncoder,
    )
    from transformers import Qwen3Config, Qwen3Model

    return {
        "text_encoder": (Qwen3Model, Qwen3Config),
        "condition_encoder": (AceStepConditionEncoder, None),
        "transformer": (AceStepTransformer1DModel, None),
        "vae": (AutoencoderOobleck, None),
        "audio_tokenizer": (AceStepAudioTokenizer, None),
        "audio_token_detokenizer": (AceStepAudioTokenDetokenizer, None),
    }


def _empty(plan: LoadPlan, component: Component) -> Any:  # noqa: ANN401  (a torch module of one of six classes)
    """Return the component without memory for its weights, after checking that the file's weights fit it."""
    from accelerate import init_empty_weights

    config = dict(component.config)
    with without_warnings(), init_empty_weights(include_buffers=False):
        cls, config_cls = _classes()[component.name]
        try:
            module = cls(config_cls.from_dict(config)) if config_cls else cls.from_config(config)
        except Exception as error:
            raise _misfit(plan, component, f"its configuration is not one ({error})") from error
    # The length of the latent of silence depends on the file, not on the model.
    expected = {key: tuple(part.shape) for key, part in module.state_dict().items() if key != "silence_latent"}
    given = {key: ref.shape for key, ref in component.tensors.items() if key != "silence_latent"}
    for key, shape in expected.items():
        if given.get(key) != shape:
            raise _misfit(plan, component, f"{key} is {given.get(key, 'missing')}, not {shape}")
    if more := given.keys() - expected.keys():
        _log.warning("The %s of %s has weights that are not used: %s", component.name, plan.name, sorted(more)[:5])
    if component.name == "condition_encoder" and "silence_latent" not in component.tensors:
        raise _misfit(plan, component, "the latent of silence is missing")
    return module


def _misfit(plan: LoadPlan, component: Component, reason: str) -> EngineUnavailable:
    return EngineUnavailable(
        f"The {component.name} of {plan.name} in {plan.folder} does not fit ACE-Step 1.5: {reason}. "
        f'Repair it with "stembridge models download {plan.name}".'
    )


def _fill(plan: LoadPlan, component: Component, module: Any, device: str, progress: _LoadProgress) -> None:  # noqa: ANN401
    import torch

    dtype = getattr(torch, plan.dtype)
    state: dict[str, torch.Tensor] = {}
    known = module.state_dict().keys()
    for key, value in _read(plan, {name: ref for name, ref in component.tensors.items() if name in known}):
        # With copy=True no tensor keeps the file mapped.
        state[key] = value.to(device=device, dtype=dtype if value.is_floating_point() else None, copy=True)
        progress.add(value.numel())
    silence = state.pop("silence_latent", None)
    if silence is not None:
        module.silence_latent = _silence(plan, component, silence)
    module.load_state_dict(state, strict=False, assign=True)
    if component.name == "vae":
        fold_weight_norm(module)
    module.to(device)
    module.requires_grad_(False)
    module.eval()


def fold_weight_norm(module: Any) -> None:  # noqa: ANN401
    """Multiply the weight norms of the autoencoder in once instead of in every call; the result is bit-identical."""
    from torch.nn.utils import remove_weight_norm

    for part in module.modules():
        if hasattr(part, "weight_g"):
            remove_weight_norm(part)


def read_tensors(plan: LoadPlan, component: Component, names: Iterable[str]) -> dict[str, torch.Tensor]:
    """Return some of a component's tensors, unchanged, from its files."""
    return {key: value.clone() for key, value in _read(plan, {name: component.tensors[name] for name in names})}


def _silence(plan: LoadPlan, component: Component, latent: torch.Tensor) -> torch.Tensor:
    """Return the latent of silence [shape=(1, frames, channels)]; the authors' file has the last two axes swapped."""
    channels = component.config.get("timbre_hidden_dim", 64)
    if latent.ndim == 3 and latent.shape[0] == 1:
        if latent.shape[2] == channels:
            return latent
        if latent.shape[1] == channels:
            return latent.transpose(1, 2).contiguous()
    raise _misfit(plan, component, f"the latent of silence has the shape {tuple(latent.shape)}")


def _read(plan: LoadPlan, tensors: Mapping[str, TensorRef]) -> Iterator[tuple[str, torch.Tensor]]:
    from safetensors import safe_open

    by_file: dict[Any, list[tuple[str, TensorRef]]] = {}
    for name, ref in tensors.items():
        by_file.setdefault(ref.file, []).append((name, ref))
    for file, refs in by_file.items():
        try:
            with safe_open(file, framework="pt", device="cpu") as opened:
                for name, ref in refs:
                    yield name, opened.get_tensor(ref.key)
        except StemBridgeError:
            raise
        except (OSError, ValueError, RuntimeError) as error:
            raise EngineUnavailable(f"{file} of {plan.name} cannot be read ({error}).") from error


def _load_tokenizer(plan: LoadPlan, checkpoint: Checkpoint) -> Any:  # noqa: ANN401
    with without_warnings():
        from transformers import AutoTokenizer

        try:
            return AutoTokenizer.from_pretrained(checkpoint.tokenizer, local_files_only=True, trust_remote_code=False)
        except Exception as error:
            raise EngineUnavailable(
                f"The tokenizer of {plan.name} in {checkpoint.tokenizer} cannot be read ({error}). "
                f'Repair it with "stembridge models download {plan.name}".'
            ) from error
