"""Demucs' networks from files: damaged and foreign ones are refused, and memory that runs out is handled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from engine.errors import EngineFailed, ModelFault
from engine.hardware import Device
from engine.separate import Separator, demucs_model
from engine.separate.demucs_model import DemucsModel, _segment_s, torch_device
from tests.helpers.hub.separators import FOUR, SIGNATURE, install_demucs

Audio = NDArray[np.float32]


def noise(frames: int, channels: int, level: float = 0.5) -> Audio:
    return np.random.default_rng(frames).uniform(-level, level, (frames, channels)).astype(np.float32)


def rewritten(folder: Path, **metadata: str) -> None:
    path = folder / f"{SIGNATURE}.safetensors"
    header = {"klass": "demucs.htdemucs.HTDemucs", "args": "[]", "kwargs": "{}"}
    save_file(load_file(path), path, metadata={**header, **metadata})


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no list": lambda folder: next(folder.glob("*.yaml")).unlink(),
    "a list of nothing": lambda folder: next(folder.glob("*.yaml")).write_text("models: []"),
    "a list that is none": lambda folder: next(folder.glob("*.yaml")).write_text("- 1\n- 2"),
    "a list that leads outside": lambda folder: next(folder.glob("*.yaml")).write_text("models: ['../../x']"),
    "a list with code": lambda folder: next(folder.glob("*.yaml")).write_text("models: !!python/object:os.system {}"),
    "no weights": lambda folder: (folder / f"{SIGNATURE}.safetensors").unlink(),
    "half the weights": lambda folder: (folder / f"{SIGNATURE}.safetensors").write_bytes(b"\x10" * 99),
    "another class": lambda folder: rewritten(folder, klass="subprocess.Popen"),
    "packed classes": lambda folder: rewritten(folder, structure=json.dumps({"_class": "os.system"})),
    "weights of another shape": lambda folder: rewritten(folder, kwargs=json.dumps({"sources": ["a"]})),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_or_foreign_model_is_named(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder = install_demucs(tmp_path)
    damage(folder)
    with pytest.raises(ModelFault) as caught:
        Separator(tmp_path).load()
    assert str(folder) in str(caught.value)


def test_a_network_that_makes_no_numbers_is_an_error(tmp_path: Path) -> None:
    folder = install_demucs(tmp_path)
    model = DemucsModel(folder, "htdemucs")
    with torch.no_grad():
        next(iter(model._bag.parameters())).fill_(float("nan"))
    with pytest.raises(EngineFailed, match="no numbers"):
        model.apply(noise(model.segment, 2))


def test_a_gpu_without_room_is_left_for_the_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = DemucsModel(install_demucs(tmp_path), "htdemucs")
    run, failed = model._run, []

    def once_full(audio: Audio) -> Audio:
        if not failed:
            failed.append(True)
            raise torch.OutOfMemoryError
        return run(audio)

    monkeypatch.setattr(model, "_run", once_full)
    assert model.apply(noise(model.segment, 2)).shape == (model.segment, 4, 2)
    assert model.device == "cpu"


@pytest.mark.parametrize(
    ("kind", "free_bytes", "expected"),
    [
        ("cuda", 8e9, "cuda:0"),
        ("cuda", 1e9, "cpu"),
        ("rocm", 8e9, "cuda:0"),
        ("mps", 1e9, "mps"),
        ("cpu", 1e9, "cpu"),
    ],
)
def test_it_runs_where_there_is_room(kind: str, free_bytes: float, expected: str) -> None:
    device = Device(kind, "x", 16_000_000_000, int(free_bytes), "float32")  # type: ignore[arg-type]
    assert torch_device(device) == expected


@pytest.mark.parametrize(("longest_s", "segment_s"), [(7.8, 7.8), (60.0, 60.0), (900.0, 60.0), (float("inf"), 10.0)])
def test_a_segment_is_as_long_as_the_network_allows_within_a_minute(longest_s: float, segment_s: float) -> None:
    assert _segment_s(SimpleNamespace(max_allowed_segment=longest_s)) == segment_s


def test_a_model_knows_its_stems_rate_and_segment(tmp_path: Path) -> None:
    model = DemucsModel(install_demucs(tmp_path, segment_s=2, sample_rate=8_000), "htdemucs")
    assert (model.name, model.device) == ("htdemucs", "cpu")
    assert model.sources == FOUR
    assert (model.sample_rate, model.segment) == (8_000, 16_000)


def test_the_same_input_gives_the_same_stems_float32(tmp_path: Path) -> None:
    model = DemucsModel(install_demucs(tmp_path, sample_rate=8_000), "htdemucs")
    audio = noise(model.segment, 2)
    first, second = model.apply(audio), model.apply(audio)
    assert first.dtype == np.float32
    assert np.array_equal(first, second)


def test_a_model_of_another_channel_count_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install_demucs(tmp_path)
    monkeypatch.setattr(demucs_model, "_CHANNELS", 1)
    with pytest.raises(ModelFault, match="is a model for 2 channels; separators work in stereo"):
        DemucsModel(folder, "htdemucs")


def test_a_network_that_fails_is_reported_with_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = DemucsModel(install_demucs(tmp_path), "htdemucs")

    def broken(_audio: Audio) -> Audio:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(model, "_run", broken)
    with pytest.raises(EngineFailed, match=r"The separator broke \(shapes differ\); try the other separator model"):
        model.apply(noise(model.segment, 2))


def test_a_freed_model_holds_no_network(tmp_path: Path) -> None:
    model = DemucsModel(install_demucs(tmp_path), "htdemucs")
    model.relax()
    assert hasattr(model, "_bag")
    model.free()
    assert not hasattr(model, "_bag")
