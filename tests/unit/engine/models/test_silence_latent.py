from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import ModelStore
from tests.helpers.hub.checkpoints import TRANSFORMER
from tests.helpers.hub.fetching import Fetch
from tests.helpers.hub.server import LocalHub


def test_the_latent_of_silence_is_the_same_in_both_layouts(fetch: Fetch, turbo: ModelEntry, base: ModelEntry) -> None:
    from safetensors.torch import load_file

    original = load_file(fetch(turbo).folder / TRANSFORMER / "silence_latent.safetensors")["silence_latent"]
    encoder = load_file(fetch(base).folder / "condition_encoder" / "diffusion_pytorch_model.safetensors")
    assert original.equal(encoder["silence_latent"])


def test_a_pickle_that_carries_code_is_not_run(
    fetch: Fetch, turbo: ModelEntry, hub: LocalHub, tmp_path: Path, store: ModelStore
) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "owned",))

    hub.repositories["tiny/turbo"] = shutil.copytree(hub.repositories["tiny/turbo"], tmp_path / "evil")
    (tmp_path / "evil" / TRANSFORMER / "silence_latent.pt").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ModelFault, match=r"silence_latent\.pt does not hold the latent of silence"):
        fetch(turbo)
    assert not (tmp_path / "owned").exists()
    assert store.find("tiny-turbo") is None
