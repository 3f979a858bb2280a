from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.ace_step.memory import Footprint, JobSize, NotEnoughMemory, footprint
from engine.ace_step.memory_plans import fitting_plans, memory_plans
from engine.ace_step.plan import BASE, TURBO, LoadPlan

torch = pytest.importorskip("torch")

from tests.helpers.full_ace_step import full_size_checkpoint  # noqa: E402

DESKTOP = 600_000_000
"""What a desktop and a DAW leave taken of a card."""


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
