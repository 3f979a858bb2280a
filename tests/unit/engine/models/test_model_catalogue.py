"""The shipped catalogue, and what users may add."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValue, ModelFault
from engine.models.catalogue import OWN_FILE, find_entry, parse_catalogue, read_catalogue
from engine.models.hub import is_safe_path
from engine.models.layout import PICKLE_ENDINGS, wanted

ONE = """
[mine]
label = "Mine"
kind = "music"
repository = "me/mine"
revision = "main"
layout = "diffusers"
files = ["*"]
size = 1000
licence = "MIT"
parameters = 500
tasks = ["text2music"]
steps = { default = 8, max = 20 }
cfg = 0
shift = { default = 3.0, min = 1.0, max = 3.0 }
weights = { transformer = 1, encoders = 1, text_encoder = 1, vae = 1 }
"""


def test_every_shipped_model_is_described() -> None:
    known = read_catalogue()
    assert list(known)[:4] == ["ace-step-xl-turbo", "ace-step-2b-turbo", "ace-step-xl-base", "ace-step-2b-base"]
    assert [name for name, entry in known.items() if entry.kind == "separator"] == ["htdemucs", "htdemucs_6s"]
    for entry in known.values():
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repository)
        if entry.kind == "music":
            assert entry.sampling is not None
            assert entry.sampling.min_shift <= entry.sampling.shift <= entry.sampling.max_shift
            assert entry.sampling.steps <= entry.sampling.max_steps
            assert entry.resident_bytes == pytest.approx(entry.size_bytes, rel=0.02)
            assert entry.resident_bytes == pytest.approx(2 * entry.parameters, rel=0.02)


def test_turbo_has_no_guidance_and_base_all_tasks() -> None:
    for entry in read_catalogue().values():
        if entry.sampling:
            is_turbo = "turbo" in entry.name
            assert (entry.sampling.cfg is None) == is_turbo
            assert ("extract" in entry.tasks) != is_turbo


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
    assert wanted(find_entry("ace-step-2b-turbo"), paths, "there") == sorted(
        path for path in paths if "-lm-" not in path and not path.endswith((".py", ".bin"))
    )


NAMES = st.sampled_from(["a", "b/c", "LICENSE", "vae/LICENSE", ".hidden", "x.safetensors"])
ENDINGS = st.sampled_from(["", ".bin", ".pt", ".pth", ".ckpt", ".py", ".safetensors", ".json", ".so", ".tar.gz"])


@settings(deadline=None)
@given(st.lists(st.builds(str.__add__, NAMES, ENDINGS)))
def test_whatever_a_pattern_allows_code_and_pickles_never_come(paths: list[str]) -> None:
    chosen = wanted(parse_catalogue(ONE)["mine"], [*paths, "m.safetensors"], "there")
    assert not [path for path in chosen if path.endswith((*PICKLE_ENDINGS, ".py", ".so", ".gz"))]


def test_own_entries_come_first_and_replace_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / OWN_FILE).write_text(ONE + ONE.replace("[mine]", "[ace-step-2b-turbo]"))
    known = read_catalogue(tmp_path)
    assert next(iter(known)) == "mine"
    assert known["ace-step-2b-turbo"].repository == "me/mine"
    assert len(known) == len(read_catalogue()) + 1


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('kind = "music"', 'kind = "video"', "mine.kind"),
        ('label = "Mine"', "", "mine.label"),
        ('layout = "diffusers"', 'layout = "original"', "mine.transformer"),
        ('files = ["*"]', 'files = "*"', "mine.files"),
        ('files = ["*"]', "files = []", "mine.files"),
        ("size = 1000", "size = -1", "mine.size"),
        ("size = 1000", 'size = "big"', "mine.size"),
        ("size = 1000", "size = nan", "mine.size"),
        ("size = 1000", "size = true", "mine.size"),
        ("cfg = 0", "cfg = -1", "mine.cfg"),
        ('["text2music"]', '["text2video"]', "text2video"),
        ("steps = { default = 8, max = 20 }", "steps = 8", "mine.steps"),
        ("max = 20", "least = 20", "mine.steps.max"),
        ("[mine]", "[Mine]", "Mine"),
        ("[mine]", '["../mine"]', "../mine"),
        ("[mine]", "mine = 3\n[other]", "mine"),
        ("[mine]", "[mine", "line 2"),
    ],
)
def test_a_broken_own_catalogue_is_named_with_the_value(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in ONE
    (tmp_path / OWN_FILE).write_text(ONE.replace(old, new))
    with pytest.raises(ModelFault) as caught:
        read_catalogue(tmp_path)
    assert named in str(caught.value)
    assert str(tmp_path / OWN_FILE) in str(caught.value)


def test_an_own_catalogue_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / OWN_FILE).write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ModelFault, match=OWN_FILE):
        read_catalogue(tmp_path)


def test_an_unknown_model_is_answered_with_all_names() -> None:
    with pytest.raises(InvalidValue, match=r"ace-step-3b.*|ace-step-2b-turbo"):
        find_entry("ace-step-3b")


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="ab./\\~: \0", max_size=8) | st.text(max_size=30))
def test_paths_that_pass_stay_inside_their_folder(path: str) -> None:
    if is_safe_path(path):
        there = (Path("/models/x") / path).resolve()
        assert Path("/models/x") in there.parents
