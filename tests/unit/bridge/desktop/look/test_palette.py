"""The colours in use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge.desktop.look
from bridge.desktop.look.palette import tokens, use_tokens
from bridge.desktop.look.tokens import LIGHT

FOLDER = Path(bridge.desktop.look.__file__).parent


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = tokens()
    yield
    use_tokens(before)


def test_the_tokens_that_were_set_last_are_in_use() -> None:
    use_tokens(LIGHT)
    assert tokens() is LIGHT


def imports_of(module: str) -> set[str]:
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.rpartition(".")[2] for name in names if name.startswith("bridge.desktop.look.")}


def test_no_module_of_the_look_imports_itself_over_others() -> None:
    left = {path.stem: imports_of(path.stem) for path in FOLDER.glob("*.py") if path.stem != "__init__"}
    while free := [module for module, needs in left.items() if not needs & set(left)]:
        for module in free:
            del left[module]
    assert left == {}, "an import circle"
