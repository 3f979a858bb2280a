"""Which engines there are, and the errors that users read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Cancelled, EngineUnavailable, InvalidValue, StemBridgeError
from engine.registry import ENGINES, SKETCH, choose, create

ROOT = Path(__file__).resolve().parents[3]


def test_auto_is_an_engine_that_runs_here() -> None:
    assert choose("auto").name in ENGINES
    engine = create("auto")
    engine.load(lambda _phase, _fraction: None)
    assert engine.info == choose("auto")


@pytest.mark.parametrize("name", ["", "magic", "AUTO", "sketch "])
def test_an_unknown_engine_is_named(name: str) -> None:
    with pytest.raises(InvalidValue, match="engine must be auto"):
        choose(name)


def test_what_an_engine_says_of_itself_fits_together() -> None:
    for name, info in ENGINES.items():
        assert info.name == name
        assert set(info.default_stems) <= set(info.stems)
        assert info.tasks
        assert info.models
        assert info.notice.endswith(".")
    assert "no neural model ran" in SKETCH.notice


def test_knowing_the_engines_costs_no_import() -> None:
    script = "import sys, engine.registry; print(sorted({'numpy', 'scipy', 'torch'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize(
    ("given_value", "sentence"),
    [
        (0, "tempo must be 20–400, not 0."),
        ("fast", "tempo must be 20–400, not 'fast'."),
        (None, "tempo must be 20–400, not None."),
        ([1, "a"], "tempo must be 20–400, not [1, 'a']."),
        (10**5000, "tempo must be 20–400, not something of type int."),
        ("x" * 500, "tempo must be 20–400, not '" + "x" * 117 + "…'."),
    ],
    ids=["number", "text", "nothing", "list", "endless", "long"],
)
def test_a_wrong_value_is_shown_with_what_is_allowed(given_value: object, sentence: str) -> None:
    error = InvalidValue("tempo", given_value, "20–400")
    assert str(error) == sentence
    assert (error.name, error.given, error.allowed) == ("tempo", given_value, "20–400")


def test_endless_nesting_is_shown_too() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert "something of type list" in str(InvalidValue("tempo_map", nested, "a list"))


@given(st.text() | st.binary() | st.floats() | st.lists(st.text()) | st.dictionaries(st.text(), st.integers()))
def test_whatever_was_given_the_sentence_is_short(value: object) -> None:
    sentence = str(InvalidValue("key", value, "a key"))
    assert sentence.startswith("key must be a key, not ")
    assert sentence.endswith(".")
    assert len(sentence) < 1000


def test_the_tree() -> None:
    assert issubclass(InvalidValue, ValueError)
    for kind in (InvalidValue, EngineUnavailable, Cancelled):
        assert issubclass(kind, StemBridgeError)
    assert str(Cancelled()).endswith(".")
