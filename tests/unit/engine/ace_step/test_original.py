from __future__ import annotations

from typing import Any

import pytest

from engine.ace_step.original import COMPONENTS, component_config, rename, split_key

SIZES: dict[str, Any] = {"hidden_size": 2560, "intermediate_size": 9728, "num_attention_heads": 32, "head_dim": 128}
XL = {
    **SIZES,
    "encoder_hidden_size": 2048,
    "encoder_intermediate_size": 6144,
    "encoder_num_attention_heads": 16,
    "num_hidden_layers": 32,
    "fsq_dim": 2048,
    "text_hidden_dim": 1024,
    "architectures": ["AceStep"],
}


def test_names_of_the_original_layout_are_those_of_diffusers() -> None:
    assert split_key("decoder.layers.3.cross_attn.o_proj.weight") == (
        "transformer",
        "layers.3.cross_attn.to_out.0.weight",
    )
    assert split_key("decoder.proj_in.1.bias") == ("transformer", "proj_in_conv.bias")
    assert split_key("encoder.lyric_encoder.layers.0.self_attn.q_norm.weight") == (
        "condition_encoder",
        "lyric_encoder.layers.0.self_attn.norm_q.weight",
    )
    assert split_key("tokenizer.quantizer.project_in.weight") == ("audio_tokenizer", "quantizer.project_in.weight")
    assert split_key("null_condition_emb") == ("condition_encoder", "null_condition_emb")
    assert split_key("decoder.rotary_emb.inv_freq") == ("", "")
    assert split_key("lm.weight") == ("", "")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("layers.0.self_attn.q_proj.weight", "layers.0.self_attn.to_q.weight"),
        ("layers.0.self_attn.k_proj.weight", "layers.0.self_attn.to_k.weight"),
        ("layers.0.self_attn.v_proj.weight", "layers.0.self_attn.to_v.weight"),
        ("layers.0.self_attn.k_norm.weight", "layers.0.self_attn.norm_k.weight"),
        ("proj_out.1.weight", "proj_out_conv.weight"),
        ("layers.0.mlp.gate_proj.weight", "layers.0.mlp.gate_proj.weight"),
    ],
)
def test_only_the_attention_and_the_convolutions_are_renamed(theirs: str, ours: str) -> None:
    assert rename(theirs) == ours


def test_computed_tensors_of_the_quantizer_are_left_out() -> None:
    assert split_key("tokenizer.quantizer.layers.0.codebook") == ("", "")
    assert split_key("tokenizer.quantizer.scales") == ("", "")
    assert split_key("detokenizer.proj_out.bias") == ("audio_token_detokenizer", "proj_out.bias")


def test_each_component_gets_its_own_part_of_the_configuration() -> None:
    transformer = component_config("transformer", XL)
    assert transformer == {**SIZES, "num_hidden_layers": 32, "encoder_hidden_size": 2048}
    assert component_config("condition_encoder", XL)["text_hidden_dim"] == 1024
    assert component_config("audio_tokenizer", XL)["fsq_dim"] == 2048


def test_encoders_of_xl_models_have_their_own_sizes() -> None:
    for component in COMPONENTS[1:]:
        config = component_config(component, XL)
        assert (config["hidden_size"], config["intermediate_size"], config["num_attention_heads"]) == (2048, 6144, 16)
    assert component_config("condition_encoder", SIZES)["hidden_size"] == 2560


@pytest.mark.parametrize("size", ["hidden_size", "intermediate_size", "num_attention_heads"])
def test_a_missing_size_is_an_error(size: str) -> None:
    with pytest.raises(KeyError, match=size):
        component_config("transformer", {name: value for name, value in SIZES.items() if name != size})
