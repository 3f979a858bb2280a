"""Tiny ACE-Step checkpoints with random weights, built by the real classes, in both layouts.

Rates are the real ones (48 kHz stereo, 25 latent frames a second, patches of 2, codes of 5 latent frames), so that
everything that depends on time is tested as it is; only widths and depths are small. One takes about a second.
"""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any, Literal

Layout = Literal["diffusers", "original"]

LATENTS = 2
"""The channels of a latent frame (64 in the real models)."""
HOP = 1920
TRANSFORMER = "acestep-tiny"
"""The folder of the transformer in the layout "original"."""
_TEXT = 32
_BLOCK = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "rope_theta": 10_000.0,
    "sliding_window": 16,
}
_RENAMED = {
    ".to_q.": ".q_proj.",
    ".to_k.": ".k_proj.",
    ".to_v.": ".v_proj.",
    ".to_out.0.": ".o_proj.",
    ".norm_q.": ".q_norm.",
    ".norm_k.": ".k_norm.",
}
_PREFIXES = {
    "transformer": "decoder.",
    "condition_encoder": "encoder.",
    "audio_tokenizer": "tokenizer.",
    "audio_token_detokenizer": "detokenizer.",
}


def build_tiny(folder: Path, layout: Layout = "diffusers", *, turbo: bool = True, seed: int = 0) -> Path:
    """Write a checkpoint into `folder` and return it; the same arguments give the same weights in both layouts."""
    pipe = tiny_pipeline(turbo=turbo, seed=seed)
    if layout == "diffusers":
        pipe.save_pretrained(folder)
    else:
        _save_original(pipe, folder, turbo)
    return folder


def tiny_pipeline(*, turbo: bool = True, seed: int = 0) -> Any:  # noqa: ANN401  (torch is imported late)
    """Return an `AceStepPipeline` of tiny models on the CPU, float32."""
    import torch
    from diffusers import AceStepPipeline, FlowMatchEulerDiscreteScheduler

    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the autoencoder's class uses what torch deprecates
        torch.manual_seed(seed)
        parts = {
            "transformer": _transformer(turbo),
            "condition_encoder": _condition_encoder(),
            "vae": _vae(),
            "text_encoder": _text_encoder(),
            "audio_tokenizer": _audio_tokenizer(),
            "audio_token_detokenizer": _detokenizer(),
        }
    for part in parts.values():
        part.eval()
    _liven(parts)
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0)
    pipe = AceStepPipeline(tokenizer=tiny_tokenizer(), scheduler=scheduler, **parts)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _liven(parts: dict[str, Any]) -> None:
    """Scale weights so that noise, text and source affect the output, which random biases dominate otherwise."""
    import torch

    with torch.no_grad():
        for name, weight in parts["vae"].named_parameters():
            if name.endswith(".bias"):
                weight.zero_()
        for block in parts["transformer"].layers:
            block.cross_attn.to_out[0].weight.mul_(30.0)
        parts["transformer"].proj_out_conv.weight.mul_(3.0)
        parts["text_encoder"].embed_tokens.weight.mul_(30.0)


def _transformer(turbo: bool) -> Any:  # noqa: ANN401
    from diffusers import AceStepTransformer1DModel

    return AceStepTransformer1DModel(
        **_BLOCK,
        num_hidden_layers=2,
        in_channels=3 * LATENTS,
        audio_acoustic_hidden_dim=LATENTS,
        is_turbo=turbo,
        model_version="turbo" if turbo else "base",
    )


def _condition_encoder() -> Any:  # noqa: ANN401
    import torch
    from diffusers.pipelines.ace_step import AceStepConditionEncoder

    encoder = AceStepConditionEncoder(
        **_BLOCK,
        text_hidden_dim=_TEXT,
        timbre_hidden_dim=LATENTS,
        num_lyric_encoder_hidden_layers=2,
        num_timbre_encoder_hidden_layers=2,
    )
    encoder.silence_latent = 0.1 * torch.randn_like(encoder.silence_latent)
    return encoder


def _vae() -> Any:  # noqa: ANN401
    from diffusers import AutoencoderOobleck

    return AutoencoderOobleck(
        encoder_hidden_size=2 * LATENTS,
        downsampling_ratios=[2, 4, 4, 6, 10],
        channel_multiples=[1, 1, 1, 1, 1],
        decoder_channels=2,
        decoder_input_channels=LATENTS,
        audio_channels=2,
        sampling_rate=48_000,
    )


def _text_encoder() -> Any:  # noqa: ANN401
    from transformers import Qwen3Config, Qwen3Model

    return Qwen3Model(
        Qwen3Config(
            hidden_size=_TEXT,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=8,
            vocab_size=272,
            max_position_embeddings=4096,
        )
    )


def _audio_tokenizer() -> Any:  # noqa: ANN401
    from diffusers.pipelines.ace_step import AceStepAudioTokenizer

    return AceStepAudioTokenizer(
        **_BLOCK,
        audio_acoustic_hidden_dim=LATENTS,
        pool_window_size=5,
        fsq_dim=_BLOCK["hidden_size"],
        fsq_input_levels=[8, 8, 8, 5, 5, 5],
        num_attention_pooler_hidden_layers=1,
    )


def _detokenizer() -> Any:  # noqa: ANN401
    from diffusers.pipelines.ace_step import AceStepAudioTokenDetokenizer

    return AceStepAudioTokenDetokenizer(
        **_BLOCK, audio_acoustic_hidden_dim=LATENTS, pool_window_size=5, num_attention_pooler_hidden_layers=1
    )


def tiny_tokenizer() -> Any:  # noqa: ANN401
    """Return a byte-level tokenizer without merges: one token a byte."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {"<|endoftext|>": 0, **{letter: index + 1 for index, letter in enumerate(alphabet)}}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<|endoftext|>", eos_token="<|endoftext|>", model_max_length=32_768
    )


def _save_original(pipe: Any, folder: Path, turbo: bool) -> None:  # noqa: ANN401
    from safetensors.torch import save_file

    own = folder / TRANSFORMER
    own.mkdir(parents=True)
    state = {"null_condition_emb": pipe.condition_encoder.null_condition_emb.detach().clone()}
    for name, prefix in _PREFIXES.items():
        for key, value in getattr(pipe, name).state_dict().items():
            if key not in {"null_condition_emb", "silence_latent"}:
                state[prefix + _original_key(key)] = value.clone()
    save_file(state, own / "model.safetensors", metadata={"format": "pt"})
    silence = pipe.condition_encoder.silence_latent.clone()
    save_file({"silence_latent": silence}, own / "silence_latent.safetensors")
    (own / "config.json").write_text(json.dumps(_original_config(pipe, turbo)), encoding="utf-8")
    pipe.vae.save_pretrained(folder / "vae")
    pipe.text_encoder.save_pretrained(folder / "Qwen3-Embedding-0.6B")
    pipe.tokenizer.save_pretrained(folder / "Qwen3-Embedding-0.6B")


def _original_key(key: str) -> str:
    for new, old in _RENAMED.items():
        key = key.replace(new, old)
    return key.replace("proj_in_conv.", "proj_in.1.").replace("proj_out_conv.", "proj_out.1.")


def _original_config(pipe: Any, turbo: bool) -> dict[str, object]:  # noqa: ANN401
    config = {key: value for key, value in pipe.transformer.config.items() if not key.startswith("_")}
    return {
        **config,
        "model_type": "acestep",
        "layer_types": pipe.transformer.layer_types,
        "is_turbo": turbo,
        "text_hidden_dim": _TEXT,
        "timbre_hidden_dim": LATENTS,
        "num_lyric_encoder_hidden_layers": 2,
        "num_timbre_encoder_hidden_layers": 2,
        "num_attention_pooler_hidden_layers": 1,
        "pool_window_size": 5,
        "fsq_dim": _BLOCK["hidden_size"],
        "fsq_input_levels": [8, 8, 8, 5, 5, 5],
        "fsq_input_num_quantizers": 1,
    }


def truncate(path: Path, share: float = 0.5) -> None:
    """Cut a file to `share` of its length, as a broken download leaves it."""
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * share))


def copy_model(source: Path, target: Path) -> Path:
    """Copy a checkpoint, so that a test can damage it."""
    shutil.copytree(source, target)
    return target
