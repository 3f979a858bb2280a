from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry, find_entry, parse_catalogue
from engine.models.download import offer
from engine.models.installed_models import ModelStore
from engine.models.layout import PICKLE_ENDINGS, select_files
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


def test_of_the_original_repository_only_the_needed_is_wanted() -> None:
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
def test_whatever_a_pattern_allows_code_and_pickles_never_come(paths: list[str]) -> None:
    chosen = select_files(parse_catalogue(OWN_ENTRY)["mine"], [*paths, "m.safetensors"], "there")
    assert not [path for path in chosen if path.endswith((*PICKLE_ENDINGS, ".py", ".so", ".gz"))]
