"""Translates the layout "original": tensor names to components of diffusers, and their configurations."""

from __future__ import annotations

from collections.abc import Mapping

_PREFIXES = {
    "decoder.": "transformer",
    "encoder.": "condition_encoder",
    "tokenizer.": "audio_tokenizer",
    "detokenizer.": "audio_token_detokenizer",
}
COMPONENTS = tuple(_PREFIXES.values())
_RENAMED = {
    ".q_proj.": ".to_q.",
    ".k_proj.": ".to_k.",
    ".v_proj.": ".to_v.",
    ".o_proj.": ".to_out.0.",
    ".q_norm.": ".norm_q.",
    ".k_norm.": ".norm_k.",
    "proj_in.1.": "proj_in_conv.",
    "proj_out.1.": "proj_out_conv.",
}
_COMPUTED = ("rotary_emb.", "quantizer.layers.", "quantizer.scales")
"""Parts of the names of tensors that the original stores and diffusers' models compute themselves."""

_ATTENTION = (
    "hidden_size",
    "intermediate_size",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "rope_theta",
    "attention_bias",
    "attention_dropout",
    "rms_norm_eps",
    "sliding_window",
)
_OWN = {
    "transformer": (
        "num_hidden_layers",
        "in_channels",
        "audio_acoustic_hidden_dim",
        "patch_size",
        "layer_types",
        "is_turbo",
        "model_version",
    ),
    "condition_encoder": (
        "text_hidden_dim",
        "timbre_hidden_dim",
        "num_lyric_encoder_hidden_layers",
        "num_timbre_encoder_hidden_layers",
    ),
    "audio_tokenizer": (
        "audio_acoustic_hidden_dim",
        "pool_window_size",
        "fsq_dim",
        "fsq_input_levels",
        "fsq_input_num_quantizers",
        "num_attention_pooler_hidden_layers",
    ),
    "audio_token_detokenizer": (
        "audio_acoustic_hidden_dim",
        "pool_window_size",
        "num_attention_pooler_hidden_layers",
    ),
}
_ENCODER_SIZES = ("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads")
"""The sizes that the encoders of XL models have separately, under `encoder_` names."""


def split_key(key: str) -> tuple[str, str]:
    """Return the component that a tensor belongs to and its name there; ("", "") for an unused one."""
    if key == "null_condition_emb":
        return "condition_encoder", key
    for prefix, component in _PREFIXES.items():
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            if any(part in name for part in _COMPUTED):
                return "", ""
            return component, rename(name)
    return "", ""


def rename(name: str) -> str:
    """Return the name that a tensor inside a component has in diffusers."""
    for old, new in _RENAMED.items():
        name = name.replace(old, new)
    return name


def component_config(component: str, config: Mapping[str, object]) -> dict[str, object]:
    """Return the configuration of one component out of the whole model's.

    Raises
    ------
    KeyError
        If a size is missing that has no default.
    """
    own = {name: config[name] for name in (*_ATTENTION, *_OWN[component]) if name in config}
    if component == "transformer":
        if "encoder_hidden_size" in config:
            own["encoder_hidden_size"] = config["encoder_hidden_size"]
    else:
        own |= {name: config[f"encoder_{name}"] for name in _ENCODER_SIZES if config.get(f"encoder_{name}")}
    for name in ("hidden_size", "intermediate_size", "num_attention_heads"):
        if name not in own:
            raise KeyError(name)
    return own
