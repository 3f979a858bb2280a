"""Tiny models with random weights, made with the real classes and saved in the layouts that the catalogue knows.

Real: 48 kHz stereo, every component's class, file names and configuration keys. Tiny: widths and depths.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AceStepPipeline,
    AceStepTransformer1DModel,
    AutoencoderOobleck,
    FlowMatchEulerDiscreteScheduler,
)
from diffusers.pipelines.ace_step import (
    AceStepAudioTokenDetokenizer,
    AceStepAudioTokenizer,
    AceStepConditionEncoder,
)
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3Model

WIDTH, LATENT = 16, 4
TRANSFORMER = "acestep-v15-turbo"
_THEIR_PREFIXES = {
    "condition_encoder": "encoder",
    "audio_tokenizer": "tokenizer",
    "audio_token_detokenizer": "detokenizer",
    "transformer": "decoder",
}
_THEIR_NAMES = {
    ".to_q.": ".q_proj.",
    ".to_k.": ".k_proj.",
    ".to_v.": ".v_proj.",
    ".to_out.0.": ".o_proj.",
    ".norm_q.": ".q_norm.",
    ".norm_k.": ".k_norm.",
    "proj_in_conv.": "proj_in.1.",
    "proj_out_conv.": "proj_out.1.",
}
ATTENTION: dict[str, Any] = {
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "rope_theta": 10_000.0,
    "attention_bias": False,
    "attention_dropout": 0.0,
    "rms_norm_eps": 1e-6,
    "sliding_window": 16,
}


def save_all(folder: Path) -> dict[str, Path]:
    """Save one model of every layout; return their folders by repository."""
    return {
        "tiny/turbo": save_original(folder / "turbo"),
        "tiny/base": save_diffusers(folder / "base", is_turbo=False),
        "tiny/demucs": save_separator(folder / "demucs"),
    }


def build_pipeline(is_turbo: bool = True, layers: int = 2) -> AceStepPipeline:
    """Return a pipeline of tiny components with the same weights in every call."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # diffusers' VAE uses torch's older weight_norm
        vae = AutoencoderOobleck(2, [2, 4, 4, 6, 10], [1, 1, 1, 1, 1], 2, LATENT, 2, 48_000)
    codes: dict[str, Any] = {
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "audio_acoustic_hidden_dim": LATENT,
        "num_attention_pooler_hidden_layers": 1,
        **ATTENTION,
    }
    encoder = AceStepConditionEncoder(
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        text_hidden_dim=WIDTH,
        timbre_hidden_dim=LATENT,
        num_lyric_encoder_hidden_layers=1,
        num_timbre_encoder_hidden_layers=1,
        **ATTENTION,
    )
    encoder.silence_latent = torch.randn(1, 15_000, LATENT)
    return AceStepPipeline(
        vae=vae,
        text_encoder=Qwen3Model(
            Qwen3Config(
                hidden_size=WIDTH,
                intermediate_size=2 * WIDTH,
                num_hidden_layers=1,
                num_attention_heads=2,
                num_key_value_heads=1,
                head_dim=8,
                vocab_size=300,
            )
        ),
        tokenizer=build_tokenizer(),
        transformer=AceStepTransformer1DModel(
            hidden_size=WIDTH,
            intermediate_size=2 * WIDTH,
            num_hidden_layers=layers,
            in_channels=3 * LATENT,
            audio_acoustic_hidden_dim=LATENT,
            is_turbo=is_turbo,
            **ATTENTION,
        ),
        condition_encoder=encoder,
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        audio_tokenizer=AceStepAudioTokenizer(fsq_dim=WIDTH, **codes),
        audio_token_detokenizer=AceStepAudioTokenDetokenizer(**codes),
    )


def build_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer whose tokens are bytes."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: n for n, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<|endoftext|>", eos_token="<|im_end|>")


def save_diffusers(folder: Path, is_turbo: bool = True, layers: int = 2) -> Path:
    """Save a pipeline as diffusers does; return `folder`."""
    build_pipeline(is_turbo, layers).save_pretrained(folder)
    (folder / "LICENSE").write_text("MIT License\n")
    return folder


def save_original(folder: Path) -> Path:
    """Save the same weights in the layout of the authors' repository; return `folder`."""
    scratch = folder.with_name(folder.name + "-diffusers")
    save_diffusers(scratch)
    inner = folder / TRANSFORMER
    inner.mkdir(parents=True)
    weights, config = {}, {}
    for component, prefix in _THEIR_PREFIXES.items():
        tensors = load_file(scratch / component / "diffusion_pytorch_model.safetensors")
        if component == "condition_encoder":
            torch.save(tensors.pop("silence_latent").transpose(1, 2).contiguous(), inner / "silence_latent.pt")
            weights["null_condition_emb"] = tensors.pop("null_condition_emb")
        weights |= {f"{prefix}.{_original_name(name)}": tensor for name, tensor in tensors.items()}
        config |= json.loads((scratch / component / "config.json").read_text())
    save_file(weights, inner / "model.safetensors")
    (inner / "config.json").write_text(json.dumps({k: v for k, v in config.items() if not k.startswith("_")}))
    (scratch / "vae").rename(folder / "vae")
    (scratch / "text_encoder").rename(folder / "Qwen3-Embedding-0.6B")
    for path in (scratch / "tokenizer").iterdir():
        path.rename(folder / "Qwen3-Embedding-0.6B" / path.name)
    # Other files of that repository, which must not be fetched.
    (folder / "acestep-5Hz-lm-1.7B").mkdir()
    save_file({"a": torch.zeros(1000)}, folder / "acestep-5Hz-lm-1.7B" / "model.safetensors")
    (inner / "modeling_acestep_v15_turbo.py").write_text("raise SystemExit('this code must never run')\n")
    return folder


def _original_name(name: str) -> str:
    """Return the name in the authors' files of a tensor of diffusers' classes."""
    for ours, theirs in _THEIR_NAMES.items():
        name = name.replace(ours, theirs)
    return name


def save_separator(folder: Path, klass: str = "demucs.htdemucs.HTDemucs") -> Path:
    """Save files like those of Demucs on the hub: a weight file that names its class, and the list of such files."""
    folder.mkdir(parents=True)
    metadata = {"klass": klass, "args": "[]", "kwargs": "{}"}
    save_file({"weight": torch.randn(100, 10)}, folder / "955717e8.safetensors", metadata=metadata)
    (folder / "tiny-demucs.yaml").write_text("models: ['955717e8']\n")
    return folder


def count_parameters(folder: Path) -> int:
    """Return the number of parameters in the weight files of a model."""
    files = [path for path in folder.rglob("*.safetensors") if "-lm-" not in path.parent.name]
    total = sum(tensor.numel() for path in files for tensor in load_file(path).values())
    silence = folder / TRANSFORMER / "silence_latent.pt"
    return total + (torch.load(silence, weights_only=True).numel() if silence.exists() else 0)
