from __future__ import annotations

import pytest

from engine.ace_step.original import split_key

torch = pytest.importorskip("torch")


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
