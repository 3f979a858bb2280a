"""The shape of the house: rooms a level, names, imports that run one way, and a test file beside each module."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest

from tests.helpers.house import (
    PACKAGES,
    QUESTION_WORDS,
    Edges,
    Module,
    between_rooms,
    circle,
    imports,
    length,
    modules,
    rooms,
)
from tests.helpers.paths import ROOT

MOST_ROOMS = 14
MOST_USES_OF_A_NAME = 2
MIRRORED_FROM_LINES = 41


@pytest.fixture(scope="module")
def source() -> list[Module]:
    return modules(*PACKAGES)


@pytest.fixture(scope="module")
def edges(source: list[Module]) -> Edges:
    return imports(source)


def test_the_companion_has_few_rooms(source: list[Module]) -> None:
    assert len(rooms("bridge", source)) <= MOST_ROOMS, rooms("bridge", source)


def test_no_folder_has_too_many_folders(source: list[Module]) -> None:
    folders = {parent.as_posix() for module in source for parent in module.path.parents if parent.parts}
    for folder in sorted(folders):
        inside = {other for other in folders if Path(other).parent.as_posix() == folder}
        assert len(inside) <= MOST_ROOMS, (folder, inside)


def test_a_file_name_is_used_at_most_twice(source: list[Module]) -> None:
    places = defaultdict(list)
    for module in source:
        if not module.is_face and module.path.stem != "door":  # every door has a module of this name
            places[module.path.stem].append(str(module.path))
    assert {name: uses for name, uses in places.items() if len(uses) > MOST_USES_OF_A_NAME} == {}


def test_there_is_no_import_cycle(edges: Edges) -> None:
    assert circle(edges) == []


@pytest.mark.parametrize(
    "package", ["bridge", "bridge.doors", "bridge.jobs", "bridge.takes", "bridge.request", "engine"]
)
def test_no_import_runs_back_up_between_rooms(edges: Edges, package: str) -> None:
    """Rooms stand on floors: there is an order in which each imports only from those below it."""
    assert circle(between_rooms(edges, package)) == []


def test_a_cycle_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_the_engine_never_imports_the_companion_and_scripts_import_neither(source: list[Module]) -> None:
    for module in source:
        if module.path.parts[0] == "engine":
            assert not _foreign(module, ("bridge",)), module.path
    for module in modules("daw_scripts"):
        assert not _foreign(module, PACKAGES), module.path


def _foreign(module: Module, packages: tuple[str, ...]) -> list[str]:
    import ast

    names = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
    return [name for name in names if name.split(".")[0] in packages]


def test_every_module_has_a_mirrored_test_file(source: list[Module]) -> None:
    wanted = [module for module in source if module.lines >= MIRRORED_FROM_LINES and module.path.stem != "__init__"]
    missing = [str(module.mirror) for module in wanted if not (ROOT / module.mirror).is_file()]
    assert missing == []


def test_every_unit_test_file_belongs_to_an_existing_folder() -> None:
    for package in PACKAGES:
        for test in modules(f"tests/unit/{package}"):
            assert (ROOT / test.path.relative_to("tests/unit").parent).is_dir(), test.path


def test_test_helpers_are_in_one_folder() -> None:
    allowed = ("tests/helpers", "tests/benchmarks", "tests/gallery")
    loose = [
        module.path
        for module in modules("tests")
        if not module.path.stem.startswith("test_")
        and module.path.stem != "conftest"
        and not module.path.as_posix().startswith(allowed)
    ]
    assert loose == []


def test_there_are_as_many_lines_of_tests_as_of_source(source: list[Module]) -> None:
    tests, lines = (sum(module.lines for module in part) for part in (modules("tests"), source))
    assert tests >= lines, f"{tests} lines of tests, {lines} of source"


def test_modules_and_functions_are_small(source: list[Module]) -> None:
    lengths = sorted(length(function) for module in source for function in module.functions())
    assert median(module.lines for module in source) <= 250
    assert lengths[int(len(lengths) * 0.9)] <= 35
    assert sum(lines > 60 for lines in lengths) <= 0.02 * len(lengths)


def test_docstrings_begin_with_a_noun_or_verb(source: list[Module]) -> None:
    """With a noun or a verb, not with a question word."""
    riddles = [
        f"{where}: {text.splitlines()[0]}"
        for module in source
        for where, text in module.docstrings().items()
        if text.split()[0].strip(",.:;") in QUESTION_WORDS
    ]
    assert riddles == []
    undocumented = [str(module.path) for module in source if str(module.path) + ":module" not in module.docstrings()]
    assert undocumented == []
