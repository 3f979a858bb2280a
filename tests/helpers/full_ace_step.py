"""The full-size architectures of ACE-Step 1.5: shapes without weights, for estimates, or random weights, to run.

Sizes as in the published configurations; the counted weights are the published files' (2B 6.3 GB, XL 11.5 GB in
bfloat16).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from engine.ace_step.checkpoint import Checkpoint, Component, TensorRef
from engine.ace_step.load import without_warnings

Size = Literal["2b", "xl"]

_ENCODER = {"hidden_size": 2048, "intermediate_size": 6144, "num_attention_heads": 16, "num_key_value_heads": 8}
TRANSFORMERS: dict[str, dict[str, Any]] = {
    "2b": {"hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 24, "num_attention_heads": 16},
    "xl": {
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "encoder_hidden_size": 2048,
    },
}
_TEXT = {
    "hidden_size": 1024,
    "intermediate_size": 3072,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151_669,
    "max_position_embeddings": 32_768,
}
_VAE = {
    "encoder_hidden_size": 128,
    "downsampling_ratios": [2, 4, 4, 6, 10],
    "channel_multiples": [1, 2, 4, 8, 16],
    "decoder_channels": 128,
    "decoder_input_channels": 64,
    "audio_channels": 2,
    "sampling_rate": 48_000,
}


def empty_models(size: Size, *, turbo: bool = True) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Return every component, without memory for its weights, and its configuration."""
    from accelerate import init_empty_weights
    from diffusers import AceStepTransformer1DModel, AutoencoderOobleck
    from diffusers.pipelines.ace_step import (
        AceStepAudioTokenDetokenizer,
        AceStepAudioTokenizer,
        AceStepConditionEncoder,
    )
    from transformers import Qwen3Config, Qwen3Model

    transformer = {"num_key_value_heads": 8, "head_dim": 128, **TRANSFORMERS[size], "is_turbo": turbo}
    encoder = {**_ENCODER, "text_hidden_dim": 1024, "timbre_hidden_dim": 64}
    with without_warnings(), init_empty_weights(include_buffers=False):
        return {
            "text_encoder": (Qwen3Model(Qwen3Config(**_TEXT)), dict(_TEXT)),
            "condition_encoder": (AceStepConditionEncoder(**encoder), encoder),
            "transformer": (AceStepTransformer1DModel(**transformer), transformer),
            "vae": (AutoencoderOobleck(**_VAE), dict(_VAE)),
            "audio_tokenizer": (AceStepAudioTokenizer(**_ENCODER), dict(_ENCODER)),
            "audio_token_detokenizer": (AceStepAudioTokenDetokenizer(**_ENCODER), dict(_ENCODER)),
        }


def full_size_checkpoint(size: Size) -> Checkpoint:
    """Return the checkpoint that `read_checkpoint` would return for a full-size model, without any files."""
    components = {
        name: Component(
            name,
            config,
            {key: TensorRef(Path(), key, tuple(value.shape)) for key, value in module.state_dict().items()},
        )
        for name, (module, config) in empty_models(size).items()
    }
    return Checkpoint(components, Path())


def random_pipeline(size: Size, device: str, dtype: str, *, turbo: bool = True) -> Any:  # noqa: ANN401
    """Return a pipeline of full size with random weights, made on `device`."""
    import torch
    from diffusers import AceStepPipeline, FlowMatchEulerDiscreteScheduler

    from tests.helpers.tiny_ace_step import tiny_tokenizer

    generator = torch.Generator(device).manual_seed(0)
    parts = {}
    for name, (module, _) in empty_models(size, turbo=turbo).items():
        state = {}
        for key, value in module.state_dict().items():
            made = torch.empty(value.shape, device=device, dtype=getattr(torch, dtype))
            state[key] = made.normal_(0.0, 0.02, generator=generator)
        module.load_state_dict(state, strict=True, assign=True)
        parts[name] = module.to(device).requires_grad_(False).eval()
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0)
    pipe = AceStepPipeline(tokenizer=tiny_tokenizer(), scheduler=scheduler, **parts)
    pipe.set_progress_bar_config(disable=True)
    return pipe
