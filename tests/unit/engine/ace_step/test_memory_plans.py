from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.memory import Footprint, JobSize, NotEnoughMemory, footprint
from engine.ace_step.memory_plans import TILES, MemoryPlan, fitting_plans, memory_plans
from engine.ace_step.plan import BASE, TURBO, LoadPlan

torch = pytest.importorskip("torch")

from tests.helpers.full_ace_step import full_size_checkpoint  # noqa: E402

DESKTOP = 600_000_000
"""The memory of a card that a desktop and a DAW take."""


@pytest.fixture(scope="module")
def full() -> dict[str, Footprint]:
    return {
        "2b": footprint(full_size_checkpoint("2b"), "bfloat16"),
        "xl": footprint(full_size_checkpoint("xl"), "bfloat16"),
    }


def gpu(name: str = "model", **values: Any) -> LoadPlan:  # noqa: ANN401
    plan = LoadPlan(name, Path("models"), "diffusers", TURBO, device="cuda", dtype="bfloat16")
    return replace(plan, **values)


@pytest.mark.parametrize(
    ("size", "card_gb", "offload"),
    [
        ("2b", 4, "blocks"),
        ("2b", 6, "components"),
        ("2b", 8, "resident"),
        ("xl", 8, "blocks"),
        ("xl", 12, "components"),
        ("xl", 16, "resident"),
        ("xl", 24, "resident"),
    ],
)
def test_a_minute_of_music_runs_on_the_cards_people_have(
    full: dict[str, Footprint], size: str, card_gb: int, offload: str
) -> None:
    free = card_gb * 2**30 - DESKTOP
    chosen = fitting_plans(memory_plans(gpu(), full[size], JobSize(60, 1)), free, size)
    assert chosen[0].offload == offload
    needs = [way.need_bytes for way in chosen]
    assert needs[0] <= free
    assert needs == sorted(needs, reverse=True)


def test_four_minutes_in_eight_variations_are_split_before_anything_leaves_the_device(
    full: dict[str, Footprint],
) -> None:
    chosen = fitting_plans(memory_plans(gpu(limits=BASE), full["xl"], JobSize(240, 8, guided=True)), 14 * 10**9, "xl")
    assert (chosen[0].offload, chosen[0].batch) == ("resident", 1)


def test_too_little_is_refused_with_both_numbers(full: dict[str, Footprint]) -> None:
    with pytest.raises(NotEnoughMemory, match=r"2b needs at least 2\.\d GB .* 1\.5 GB are free"):
        fitting_plans(memory_plans(gpu(), full["2b"], JobSize(60, 1)), 15 * 10**8, "2b")


def test_a_plan_can_fix_the_way(full: dict[str, Footprint]) -> None:
    fixed = memory_plans(gpu(offload="components", tile_latents=64), full["2b"], JobSize(60, 1))
    assert [(way.offload, way.tile) for way in fixed] == [("components", 64)]
    assert {way.offload for way in memory_plans(gpu(device="cpu"), full["2b"], JobSize(60, 1))} == {"resident"}
    assert {way.tile for way in memory_plans(gpu(device="mps"), full["2b"], JobSize(60, 1))} == {32}


def small_footprint() -> Footprint:
    """Return a model whose sizes are round: ten blocks of 100 MB, other components of 100 MB each."""
    weights = {"transformer": 10**9, "text_encoder": 10**8, "condition_encoder": 10**8, "vae": 10**8}
    return Footprint(weights, 10**8, 2, 2, 2, 1, 1, 2, 2, 2, 1)


def test_plans_go_from_resident_to_blocks_from_one_batch_to_single_runs_and_from_long_tiles_to_short_ones() -> None:
    plans = memory_plans(gpu(), small_footprint(), JobSize(60, 4))
    assert [(plan.offload, plan.batch, plan.tile) for plan in plans] == [
        (offload, batch, tile)
        for offload in ("resident", "components", "blocks")
        for batch in (4, 1)
        for tile in TILES
    ]
    assert len(memory_plans(gpu(), small_footprint(), JobSize(60, 1))) == 3 * len(TILES)


def test_every_offload_needs_its_weights_and_the_reserve() -> None:
    needs = {
        plan.offload: plan.need_bytes for plan in memory_plans(gpu(tile_latents=48), small_footprint(), JobSize(1, 1))
    }
    activations = 10**6  # of this small model less than a megabyte, but for the text encoder's mask
    reserve = 700_000_000
    assert needs["resident"] - reserve == pytest.approx(1.3 * 10**9, abs=100 * activations)
    assert needs["components"] - reserve == pytest.approx(10**9, abs=100 * activations)
    assert needs["blocks"] - reserve == pytest.approx(2 * 10**8, abs=100 * activations)  # two blocks at once


@pytest.mark.parametrize(
    ("offload", "words"), [("resident", ""), ("components", "parts took turns"), ("blocks", "block by block")]
)
def test_what_is_done_to_save_memory_is_said(offload: Any, words: str) -> None:  # noqa: ANN401
    sentence = MemoryPlan(offload, 48, 1, 0).sentence()
    assert words in sentence
    assert bool(sentence) == (offload != "resident")


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20), st.integers(0, 100))
def test_plans_to_try_fit_never_need_more_than_the_one_before_and_begin_with_the_fastest(
    needs: list[int], free: int
) -> None:
    plans = [MemoryPlan("resident", number, 1, need) for number, need in enumerate(needs)]
    fitting = [plan for plan in plans if plan.need_bytes <= free]
    if not fitting:
        with pytest.raises(NotEnoughMemory, match=r"tiny needs at least 0\.0 GB"):
            fitting_plans(plans, free, "tiny")
        return
    chosen = fitting_plans(plans, free, "tiny")
    assert chosen[0] is fitting[0]
    chosen_needs = [plan.need_bytes for plan in chosen]
    assert chosen_needs == sorted(chosen_needs, reverse=True)
    assert min(chosen_needs) == min(plan.need_bytes for plan in fitting)


def test_memory_that_is_overdrawn_counts_as_none_free() -> None:
    with pytest.raises(NotEnoughMemory, match=r"2\.5 GB .* and 0\.0 GB are free"):
        fitting_plans([MemoryPlan("resident", 48, 1, 2_500_000_000)], -5 * 10**9, "2b")
