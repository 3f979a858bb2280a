from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry, find_entry, parse_catalogue
from engine.models.download import offer
from engine.models.installed_models import ModelStore
from engine.models.layout import PICKLE_ENDINGS, missing_files, read_json, select_files, weight_files
from tests.helpers.hub.catalogue import OWN_ENTRY
from tests.helpers.hub.server import LocalHub


def test_weights_that_are_only_pickles_are_refused(
    hub: LocalHub, base: ModelEntry, store: ModelStore, tmp_path: Path
) -> None:
    hub.repositories["tiny/base"] = shutil.copytree(hub.repositories["tiny/base"], tmp_path / "pickled")
    for path in (tmp_path / "pickled").rglob("*.safetensors"):
        path.rename(path.with_suffix(".bin"))
    with pytest.raises(ModelFault, match=r"only pickles .*\.bin"):
        offer(base, store, hub.endpoint)


def test_of_the_original_repository_only_the_needed_files_are_selected() -> None:
    paths = [
        "README.md",
        "acestep-5Hz-lm-1.7B/model.safetensors",
        "acestep-v15-turbo/config.json",
        "acestep-v15-turbo/modeling_acestep_v15_turbo.py",
        "acestep-v15-turbo/model.safetensors",
        "acestep-v15-turbo/silence_latent.pt",
        "acestep-v15-turbo/training_args.bin",
        "Qwen3-Embedding-0.6B/tokenizer.json",
        "vae/diffusion_pytorch_model.safetensors",
    ]
    assert select_files(find_entry("ace-step-2b-turbo"), paths, "there") == sorted(
        path for path in paths if "-lm-" not in path and not path.endswith((".py", ".bin"))
    )


NAMES = st.sampled_from(["a", "b/c", "LICENSE", "vae/LICENSE", ".hidden", "x.safetensors"])
ENDINGS = st.sampled_from(["", ".bin", ".pt", ".pth", ".ckpt", ".py", ".safetensors", ".json", ".so", ".tar.gz"])


@settings(deadline=None)
@given(st.lists(st.builds(str.__add__, NAMES, ENDINGS)))
def test_code_and_pickles_are_never_selected_whatever_the_pattern(paths: list[str]) -> None:
    chosen = select_files(parse_catalogue(OWN_ENTRY)["mine"], [*paths, "m.safetensors"], "there")
    assert not [path for path in chosen if path.endswith((*PICKLE_ENDINGS, ".py", ".so", ".gz"))]


BASE = find_entry("ace-step-2b-base")
TURBO = find_entry("ace-step-2b-turbo")
SEPARATOR = find_entry("htdemucs")


def touch(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}")


def pipeline(folder: Path) -> Path:
    """Write the files of a pipeline in the diffusers layout, without content."""
    index = {
        "_class_name": "AceStepPipeline",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "tokenizer": ["transformers", "Qwen2Tokenizer"],
        "vae": ["diffusers", "AutoencoderOobleck"],
        "safety_checker": [None, None],
    }
    touch(
        folder, "scheduler/scheduler_config.json", "tokenizer/tokenizer.json", "vae/config.json", "vae/a.safetensors"
    )
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def test_a_pipeline_needs_what_its_index_lists(tmp_path: Path) -> None:
    assert missing_files(BASE, tmp_path) == ["model_index.json"]
    assert missing_files(BASE, pipeline(tmp_path)) == []
    for path in ("scheduler/scheduler_config.json", "tokenizer/tokenizer.json", "vae/config.json"):
        (tmp_path / path).unlink()
        assert missing_files(BASE, tmp_path) == [path]
        touch(tmp_path, path)
    (tmp_path / "vae" / "a.safetensors").unlink()
    assert missing_files(BASE, tmp_path) == ["vae/*.safetensors"]


def test_a_tokenizer_may_come_as_vocabulary_and_merges(tmp_path: Path) -> None:
    (pipeline(tmp_path) / "tokenizer" / "tokenizer.json").unlink()
    touch(tmp_path, "tokenizer/vocab.json")
    assert missing_files(BASE, tmp_path) == ["tokenizer/tokenizer.json"]
    touch(tmp_path, "tokenizer/merges.txt")
    assert missing_files(BASE, tmp_path) == []


def test_every_shard_of_an_index_is_needed(tmp_path: Path) -> None:
    index = pipeline(tmp_path) / "vae" / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"x": "a.safetensors", "y": "b.safetensors", "z": "b.safetensors"}}))
    assert missing_files(BASE, tmp_path) == ["vae/b.safetensors"]
    index.write_text("{}")
    with pytest.raises(ModelFault, match="does not say which file holds which weights"):
        missing_files(BASE, tmp_path)


def test_the_original_layout_needs_transformer_silence_autoencoder_and_text_encoder(tmp_path: Path) -> None:
    own, text = TURBO.transformer, "Qwen3-Embedding-0.6B"
    assert missing_files(TURBO, tmp_path) == [
        f"{own}/config.json",
        f"{own}/*.safetensors",
        f"{own}/silence_latent.safetensors",
        "vae/config.json",
        "vae/*.safetensors",
        f"{text}/config.json",
        f"{text}/*.safetensors",
        f"{text}/tokenizer.json",
    ]
    for folder in (own, "vae", text):
        touch(tmp_path, f"{folder}/config.json", f"{folder}/model.safetensors")
    touch(tmp_path, f"{text}/tokenizer.json")
    assert missing_files(TURBO, tmp_path) == [f"{own}/silence_latent.safetensors"]


def test_a_separator_needs_weights_and_their_list(tmp_path: Path) -> None:
    assert missing_files(SEPARATOR, tmp_path) == ["htdemucs.yaml", "a .safetensors file"]
    touch(tmp_path, "any.yaml", "955717e8.safetensors")
    assert missing_files(SEPARATOR, tmp_path) == []


def test_the_latent_of_silence_is_no_weight_file(tmp_path: Path) -> None:
    touch(tmp_path, "b.safetensors", "a.safetensors", "silence_latent.safetensors", "c.bin")
    assert [path.name for path in weight_files(tmp_path)] == ["a.safetensors", "b.safetensors"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000])
def test_json_that_is_no_object_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(ModelFault, match=r"config\.json (cannot be read as JSON|does not hold a JSON object)"):
        read_json(tmp_path / "config.json")
