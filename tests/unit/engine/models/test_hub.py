from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.download import offer
from engine.models.hub import is_safe_path
from engine.models.installed_models import ModelStore
from tests.helpers.hub.server import LocalHub


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
