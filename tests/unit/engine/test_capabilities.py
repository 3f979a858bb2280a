"""The tables by engine and model."""

from __future__ import annotations

import pytest

from engine.capabilities import ACE_STEP_KEYS, REMOTE_KEYS, SKETCH_KEYS, markdown_table, of_model, with_model
from engine.capability import Support
from engine.models.catalogue import read_catalogue


def test_the_tables_have_the_same_keys() -> None:
    assert set(SKETCH_KEYS) == set(ACE_STEP_KEYS) == set(REMOTE_KEYS)


def test_a_model_says_what_its_sampler_takes() -> None:
    turbo, base = (of_model(read_catalogue()[f"ace-step-2b-{kind}"]) for kind in ("turbo", "base"))
    assert (turbo["steps"].within, base["steps"].within) == ("1–20", "1–150")
    assert (turbo["shift"].within, base["shift"].within) == ("1 or 2 or 3", "1–5")
    assert (turbo["cfg"].support, base["cfg"].support) == (Support.IGNORED, Support.HONOURED)
    assert (turbo["task"].within, base["task"].support) == ("text2music, cover, repaint", Support.HONOURED)
    assert turbo["cfg"].sentence("cfg", 1.0) == ""


def test_without_a_model_the_engine_speaks() -> None:
    assert with_model(ACE_STEP_KEYS, None) is ACE_STEP_KEYS
    entry = read_catalogue()["ace-step-2b-turbo"]
    assert with_model(ACE_STEP_KEYS, entry)["steps"].within == "1–20"
    assert with_model(ACE_STEP_KEYS, entry)["chords"] is ACE_STEP_KEYS["chords"]


@pytest.mark.parametrize("key", ["chords", "steps", "lora"])
def test_the_documentation_has_the_keys_that_differ(key: str) -> None:
    assert f"| `{key}` |" in markdown_table()
    assert "| `genres` |" not in markdown_table()
