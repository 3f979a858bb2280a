from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import ModelStore
from engine.models.silence_latent import rewrite, rewrite_apart
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


def test_the_axes_of_the_latent_are_swapped(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    latent = torch.arange(6.0).reshape(1, 2, 3)  # channels, frames
    torch.save(latent, tmp_path / "in.pt")
    rewrite(tmp_path / "in.pt", tmp_path / "out.safetensors")
    written = load_file(tmp_path / "out.safetensors")
    assert list(written) == ["silence_latent"]
    assert written["silence_latent"].tolist() == [[[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]]


@pytest.mark.parametrize("shape", [(2, 2, 3), (2, 3), None])
def test_another_tensor_or_another_object_is_refused(tmp_path: Path, shape: tuple[int, ...] | None) -> None:
    import torch

    torch.save({"weights": 1} if shape is None else torch.zeros(shape), tmp_path / "in.pt")
    with pytest.raises(ValueError, match="instead of one latent"):
        rewrite(tmp_path / "in.pt", tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize(
    ("done", "sentence"),
    [
        (
            subprocess.CompletedProcess([], 1, "", "warning\nValueError: no latent\n"),
            r"in\.pt does not hold .* \(ValueError: no latent\)",
        ),
        (subprocess.CompletedProcess([], 3, "", ""), r"does not hold the latent of silence \(exit code 3\)"),
        (OSError("no program"), r"in\.pt could not be rewritten as safetensors \(no program\)"),
        (subprocess.TimeoutExpired("python", 180), "could not be rewritten as safetensors"),
    ],
)
def test_a_process_that_fails_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: object, sentence: str
) -> None:
    def run(*_: object) -> object:
        if isinstance(done, Exception):
            raise done
        return done

    monkeypatch.setattr("engine.models.silence_latent.run_module", run)
    with pytest.raises(ModelFault, match=sentence):
        rewrite_apart(tmp_path / "in.pt", tmp_path / "out.safetensors")


def test_a_linked_target_is_replaced_and_not_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "out").hardlink_to(tmp_path / "mine")
    monkeypatch.setattr(
        "engine.models.silence_latent.run_module",
        lambda *_: (tmp_path / "out").write_bytes(b"new") and subprocess.CompletedProcess([], 0, "", ""),
    )
    rewrite_apart(tmp_path / "in.pt", tmp_path / "out")
    assert (tmp_path / "mine").read_bytes() == b"mine"
