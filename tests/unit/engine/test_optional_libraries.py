"""Checks for the neural engines' libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import interpreter, optional_libraries
from engine.errors import EngineUnavailable
from engine.interpreter import Interpreter, set_neural_finder
from engine.optional_libraries import (
    INSTALL_COMMAND,
    PACKAGES,
    SEPARATE_PACKAGES,
    missing_extra,
    missing_packages,
    require,
    require_separator,
)


@pytest.fixture(autouse=True)
def no_finder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(interpreter, "_find", interpreter._no_other_interpreter)
    yield
    monkeypatch.undo()


def hide(patch: pytest.MonkeyPatch, *packages: str) -> None:
    """Let this Python have all packages but these."""
    patch.setattr(optional_libraries, "find_spec", lambda name: None if name in packages else object())


def test_the_sentence_says_the_package_and_the_command() -> None:
    sentence = "The Python package soxr is not installed; this installs it: stembridge engine install"
    assert str(missing_extra("soxr")) == sentence
    assert INSTALL_COMMAND == "stembridge engine install"


def test_missing_packages_are_listed_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch)
    assert missing_packages() == []
    hide(monkeypatch, "soxr", "torch", "numpy")
    assert missing_packages() == ["torch", "soxr"]


def test_packages_are_looked_for_where_the_neural_engines_run(tmp_path: Path) -> None:
    set_neural_finder(lambda: Interpreter(tmp_path / "python", tmp_path))
    assert missing_packages() == list(PACKAGES)
    for name in PACKAGES[:2]:
        (tmp_path / f"{name}.py").touch()
    assert missing_packages() == list(PACKAGES[2:])


def test_what_is_required_is_looked_for_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_neural_finder(lambda: Interpreter(tmp_path / "python", tmp_path))
    require("json", "numpy")
    require()
    hide(monkeypatch, "diffusers")
    require("torch")
    with pytest.raises(EngineUnavailable, match="package diffusers is not installed"):
        require("torch", "diffusers", "soxr")


@pytest.mark.parametrize("package", SEPARATE_PACKAGES)
def test_the_separator_needs_its_own_packages_only(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    hide(monkeypatch, package)
    with pytest.raises(EngineUnavailable, match=f"package {package} is not installed"):
        require_separator()
    hide(monkeypatch, "diffusers", "transformers")
    require_separator()


def test_a_real_package_that_is_missing_is_named() -> None:
    with pytest.raises(EngineUnavailable, match="no_such_package_at_all"):
        require("no_such_package_at_all")


def test_what_this_python_lacks_is_named() -> None:
    assert optional_libraries.missing_here(("json", "no_such_package")) == ["no_such_package"]
    assert optional_libraries.missing_packages(("json", "no_such_package")) == ["no_such_package"]
