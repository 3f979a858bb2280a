"""The choice of model and offload, on devices that are only described."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineUnavailable, InvalidValue
from engine.hardware import Device, DeviceKind, Dtype, Offload, choose_model, needed_bytes, recommend_model
from engine.hardware.choose import BASE_BYTES, BLOCK_BYTES, LATENT_BYTES, TILES
from engine.models.catalogue import read_catalogue
from tests.helpers.paths import ROOT

KNOWN = read_catalogue()
MUSIC = [entry for entry in KNOWN.values() if entry.kind == "music"]
GB = 10**9


def device(free_gb: float, kind: DeviceKind = "cuda", dtype: Dtype = "bfloat16", total_gb: float = 0) -> Device:
    return Device(kind, "Fake 4090", int((total_gb or free_gb) * GB), int(free_gb * GB), dtype)


@pytest.mark.parametrize(
    ("described", "model", "offload"),
    [
        pytest.param(device(3.7, total_gb=4), "ace-step-2b-turbo", "blocks", id="CUDA 4 GB"),
        pytest.param(device(5.4, total_gb=6), "ace-step-2b-turbo", "components", id="CUDA 6 GB"),
        pytest.param(device(7.4, total_gb=8), "ace-step-2b-turbo", "components", id="CUDA 8 GB"),
        pytest.param(device(11.2, total_gb=12), "ace-step-2b-turbo", "resident", id="CUDA 12 GB"),
        pytest.param(device(15.1, total_gb=16), "ace-step-xl-turbo", "resident", id="CUDA 16 GB"),
        pytest.param(device(22.8, total_gb=24), "ace-step-xl-turbo", "resident", id="CUDA 24 GB"),
        pytest.param(device(140.0), "ace-step-xl-turbo", "resident", id="H200"),
        pytest.param(device(9.0, total_gb=24), "ace-step-2b-turbo", "resident", id="24 GB, most of it the DAW's"),
        pytest.param(device(5.0, total_gb=16), "ace-step-2b-turbo", "components", id="16 GB, nearly full"),
        pytest.param(device(15.1, "rocm", total_gb=16), "ace-step-xl-turbo", "resident", id="ROCm 16 GB"),
        pytest.param(device(7.4, dtype="float32", total_gb=8), "ace-step-2b-turbo", "blocks", id="Turing 8 GB"),
        pytest.param(
            device(10.4, dtype="float32", total_gb=11), "ace-step-2b-turbo", "components", id="Turing 11 GB"
        ),
        pytest.param(device(22.8, dtype="float32", total_gb=24), "ace-step-2b-turbo", "resident", id="Turing 24 GB"),
        pytest.param(device(18.0, "mps", "float32"), "ace-step-2b-turbo", "resident", id="Apple 24 GB"),
        pytest.param(device(48.0, "mps", "float32"), "ace-step-xl-turbo", "resident", id="Apple 64 GB"),
        pytest.param(device(20.0, "cpu", "float32"), "ace-step-2b-turbo", "resident", id="CPU"),
        pytest.param(device(200.0, "cpu", "float32"), "ace-step-2b-turbo", "resident", id="CPU with much memory"),
        pytest.param(device(10.0, "cpu", "bfloat16"), "ace-step-2b-turbo", "resident", id="CPU with bfloat16"),
    ],
)
def test_the_default_by_device_and_free_memory(described: Device, model: str, offload: str) -> None:
    choice = recommend_model(described, KNOWN.values())
    assert (choice.model, choice.offload, choice.dtype) == (model, offload, described.dtype)
    assert choice.needed_bytes <= described.free_bytes
    assert KNOWN[model].label in choice.reason
    assert choice.reason.endswith(".")
    assert "\n" not in choice.reason


@pytest.mark.parametrize(
    "described",
    [device(2.0), device(12.0, "mps", "float32"), device(12.0, "cpu", "float32"), device(0.0)],
    ids=["CUDA 2 GB", "Apple 16 GB", "CPU 16 GB", "full"],
)
def test_too_little_memory_is_refused_with_numbers_before_anything_runs(described: Device) -> None:
    with pytest.raises(EngineUnavailable, match=r"needs \d+\.\d GB and Fake 4090 has \d+\.\d GB free"):
        recommend_model(described, KNOWN.values())


def test_only_installed_models_are_chosen() -> None:
    assert choose_model(device(15.0), [KNOWN["ace-step-2b-turbo"]]).model == "ace-step-2b-turbo"
    choice = choose_model(device(11.0), [KNOWN["ace-step-xl-turbo"]])
    assert (choice.model, choice.offload) == ("ace-step-xl-turbo", "components")


def test_the_users_choice_overrules_the_default() -> None:
    assert choose_model(device(22.0), MUSIC, "ace-step-2b-turbo").model == "ace-step-2b-turbo"
    choice = choose_model(device(11.0), MUSIC, "ace-step-xl-turbo")
    assert (choice.model, choice.offload) == ("ace-step-xl-turbo", "components")
    assert "as asked for" in choice.reason


@pytest.mark.parametrize("task", ["extract", "lego", "complete"])
def test_tasks_that_turbo_cannot_do_take_a_base_model(task: str) -> None:
    assert choose_model(device(22.0), MUSIC, task=task).model == "ace-step-xl-base"
    assert choose_model(device(9.0), MUSIC, task=task).model == "ace-step-2b-base"
    with pytest.raises(EngineUnavailable, match=task):
        choose_model(device(22.0), [KNOWN["ace-step-xl-turbo"]], task=task)
    with pytest.raises(InvalidValue, match="ace-step-xl-turbo"):
        choose_model(device(22.0), MUSIC, "ace-step-xl-turbo", task)


def test_nothing_installed_or_not_the_one_that_is_wanted() -> None:
    with pytest.raises(EngineUnavailable, match="No music model is installed"):
        choose_model(device(22.0), [KNOWN["htdemucs"]])
    with pytest.raises(EngineUnavailable, match="stembridge models download ace-step-xl-turbo"):
        choose_model(device(22.0), [KNOWN["ace-step-2b-turbo"]], "ace-step-xl-turbo")


def test_apple_decodes_in_the_tiles_its_convolutions_allow() -> None:
    assert choose_model(device(40.0, "mps", "float32"), MUSIC).tile_latents == 32


@settings(deadline=None)
@given(st.floats(0, 200), st.floats(0, 50), st.sampled_from(["bfloat16", "float32"]))
def test_more_free_memory_never_means_a_worse_way(free_gb: float, more_gb: float, dtype: Dtype) -> None:
    ways = {"blocks": 0, "components": 1, "resident": 2}
    try:
        less = choose_model(device(free_gb, dtype=dtype), MUSIC)
    except EngineUnavailable:
        return
    more = choose_model(device(free_gb + more_gb, dtype=dtype), MUSIC)
    assert ways[more.offload] >= ways[less.offload]
    assert KNOWN[more.model].resident_bytes >= KNOWN[less.model].resident_bytes
    if (more.model, more.offload) == (less.model, less.offload):
        assert more.tile_latents >= less.tile_latents


def test_the_estimate_follows_precision_and_way() -> None:
    entry = KNOWN["ace-step-xl-turbo"]
    whole = needed_bytes(entry, "bfloat16", "resident", 512)
    assert 13 * GB <= whole <= 14.5 * GB
    assert needed_bytes(entry, "bfloat16", "components", 512) == whole - entry.resident_bytes + entry.largest_bytes
    assert needed_bytes(entry, "float32", "resident", 512) > 1.7 * whole


def test_the_users_page_says_what_the_code_does() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    for entry in MUSIC:
        whole, turns = (needed_bytes(entry, "bfloat16", way, TILES[-1]) / GB for way in ("resident", "components"))
        row = next(line for line in page.splitlines() if line.startswith(f"| `{entry.name}`"))
        assert f"| {entry.size_bytes / GB:.1f} GB | from {whole:.1f} GB free | from {turns:.1f} GB free |" in row
    smallest = min(MUSIC, key=lambda entry: entry.resident_bytes)
    assert f"from {needed_bytes(smallest, 'float32', 'resident', TILES[-1]) / GB:.1f} GB free (8.1 GB" in page


@pytest.mark.parametrize(
    ("way", "dtype", "weights"),
    [
        ("resident", "bfloat16", KNOWN["ace-step-2b-turbo"].resident_bytes),
        ("components", "bfloat16", KNOWN["ace-step-2b-turbo"].largest_bytes),
        ("blocks", "bfloat16", BLOCK_BYTES),
        ("blocks", "float32", 2 * BLOCK_BYTES),
    ],
)
def test_the_estimate_is_base_and_weights_and_tile(way: Offload, dtype: Dtype, weights: int) -> None:
    scale = 2 if dtype == "float32" else 1
    wanted = BASE_BYTES + weights + scale * 256 * LATENT_BYTES
    assert needed_bytes(KNOWN["ace-step-2b-turbo"], dtype, way, 256) == wanted


def test_the_longest_tile_that_fits_is_taken() -> None:
    entry = KNOWN["ace-step-2b-turbo"]
    for tile in TILES:
        free = needed_bytes(entry, "bfloat16", "resident", tile)
        exact = Device("cuda", "Fake 4090", 2 * free, free, "bfloat16")
        assert choose_model(exact, [entry]).tile_latents == tile
    one_less = Device("cuda", "Fake 4090", 2 * free, free - 1, "bfloat16")
    assert choose_model(one_less, [entry]).offload == "components"


def test_reasons_say_why_in_one_sentence() -> None:
    reasons = {
        "whole": recommend_model(device(22.0), KNOWN.values()).reason,
        "turns": recommend_model(device(7.4), KNOWN.values()).reason,
        "blocks": recommend_model(device(3.7), KNOWN.values()).reason,
        "cpu": recommend_model(device(20.0, "cpu", "float32"), KNOWN.values()).reason,
    }
    assert reasons["whole"].endswith("the best one that fits whole into the 22.0 GB free on Fake 4090.")
    assert "too large for the 7.4 GB free on Fake 4090 as a whole, so its parts take turns there." in reasons["turns"]
    assert "one by one, which is slow" in reasons["blocks"]
    assert "there is no GPU" in reasons["cpu"]
