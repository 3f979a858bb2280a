from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.download import offer
from engine.models.hub import RemoteFile, is_safe_path, look_up
from engine.models.installed_models import ModelStore
from tests.helpers.hub.server import COMMIT, LocalHub


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((403, "GatedRepo"), "wants its terms accepted first"),
        ((401, "GatedRepo"), "hf auth login"),
        ((401, ""), "answered 401 .*hf auth login"),
        ((404, "RepoNotFound"), "There is no public repository"),
        ((404, "RevisionNotFound"), "has no main"),
        ((400, ""), "answered 400"),
        ((418, ""), "answered 418"),
    ],
)
def test_a_repository_that_refuses(
    hub: LocalHub, base: ModelEntry, store: ModelStore, answer: tuple[int, str], sentence: str
) -> None:
    hub.faults.repository_answer = answer
    with pytest.raises(ModelFault, match=sentence) as caught:
        offer(base, store, hub.endpoint)
    assert "\n" not in str(caught.value)


def test_no_hub_at_all(base: ModelEntry, store: ModelStore) -> None:
    with pytest.raises(ModelFault, match="cannot be reached"):
        offer(base, store, "http://127.0.0.1:9")


def test_a_web_page_that_is_no_hub(base: ModelEntry, store: ModelStore, hub: LocalHub) -> None:
    with pytest.raises(ModelFault):
        offer(base, store, f"{hub.endpoint}/no/such")


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "a/../../b.json", "c:\\evil.json", "a//b.json", "nul."]
)
def test_unsafe_file_names_are_refused(hub: LocalHub, base: ModelEntry, store: ModelStore, name: str) -> None:
    hub.faults.names = (name,)
    with pytest.raises(ModelFault, match="unsafe name"):
        offer(base, store, hub.endpoint)


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="ab./\\~: \0", max_size=8) | st.text(max_size=30))
def test_paths_that_pass_stay_inside_their_folder(path: str) -> None:
    if is_safe_path(path):
        there = (Path("/models/x") / path).resolve()
        assert Path("/models/x") in there.parents


def test_a_repository_is_listed_with_the_hashes_that_the_hub_knows(
    hub: LocalHub, checkpoints: dict[str, Path]
) -> None:
    found = look_up("tiny/base", "main", hub.endpoint)
    assert (found.repository, found.commit, found.licence, found.endpoint) == (
        "tiny/base",
        COMMIT,
        "mit",
        hub.endpoint,
    )
    by_path = {file.path: file for file in found.files}
    weights, config = by_path["vae/diffusion_pytorch_model.safetensors"], by_path["vae/config.json"]
    content = (checkpoints["tiny/base"] / weights.path).read_bytes()
    assert (weights.size_bytes, weights.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    small = (checkpoints["tiny/base"] / config.path).read_bytes()
    assert config.sha256 == ""
    assert config.git_sha1 == hashlib.sha1(b"blob %d\0" % len(small) + small).hexdigest()


def test_the_content_of_a_file_is_identified_by_the_better_hash() -> None:
    assert RemoteFile("a", 1, "256", "1").identity == "256"
    assert RemoteFile("a", 1, "", "1").identity == "1"


def test_an_empty_repository_is_refused(hub: LocalHub, tmp_path: Path) -> None:
    hub.repositories["tiny/empty"] = tmp_path
    with pytest.raises(ModelFault, match="The repository tiny/empty is empty at main"):
        look_up("tiny/empty", "main", hub.endpoint)


def test_offline_mode_says_which_variable_to_unset(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelFault, match="HF_HUB_OFFLINE is set"):
        look_up("tiny/base", "main", hub.endpoint)


def test_without_an_endpoint_the_variable_names_the_hub(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.endpoint)
    assert look_up("tiny/base", "main").endpoint == hub.endpoint


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("config.json", True),
        ("vae/config.json", True),
        ("Qwen3-Embedding-0.6B/tokenizer.json", True),
        (".gitattributes", True),
        ("", False),
        ("/etc/passwd", False),
        ("..", False),
        ("a/../b", False),
        ("./a", False),
        ("a//b", False),
        ("a/", False),
        ("c:evil", False),
        ("a\\b", False),
        ("name.", False),
        ("name ", False),
        ("a?b", False),
        ("a\nb", False),
        ("x" * 200, True),
        ("x" * 201, False),
    ],
)
def test_only_plain_relative_paths_are_safe(path: str, safe: bool) -> None:
    assert is_safe_path(path) is safe
