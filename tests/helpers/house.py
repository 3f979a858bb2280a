"""Measures the shape of the code base from its sources: rooms, names, imports, sizes, and the tests beside them."""

from __future__ import annotations

import ast
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.helpers.paths import ROOT

PACKAGES = ("bridge", "engine")
FACES = ("__init__", "__main__")
QUESTION_WORDS = {"What", "Which", "How", "Where", "Who", "Whose", "Whoever", "Whether", "When", "Why", "From"}
Edges = dict[str, set[str]]


@dataclass(frozen=True)
class Module:
    """One module: its path relative to the checkout, and its source."""

    path: Path
    source: str

    @property
    def name(self) -> str:
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    @property
    def lines(self) -> int:
        return self.source.count("\n")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def is_face(self) -> bool:
        return self.path.stem in FACES

    @property
    def mirror(self) -> Path:
        """The mirrored test file of the module."""
        return Path("tests/unit") / self.path.parent / f"test_{self.path.stem}.py"

    def docstrings(self) -> dict[str, str]:
        """Return every docstring by the name of what it describes."""
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, kinds) and (text := ast.get_docstring(node)):
                found[f"{self.path}:{getattr(node, 'name', 'module')}"] = text
        return found

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def modules(*packages: str) -> list[Module]:
    """Return all modules below the folders `packages` that git tracks or would track."""
    patterns = [f"{package}/*.py" for package in packages]
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    paths = sorted({Path(line) for line in listed if line})
    return [Module(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths if (ROOT / path).is_file()]


def rooms(package: str, among: list[Module]) -> set[str]:
    """Return the folders and loose modules right below `package`, without the package's faces."""
    depth = package.count("/") + 1
    inside = [module.path for module in among if module.path.as_posix().startswith(f"{package}/")]
    return {path.parts[depth].removesuffix(".py") for path in inside} - set(FACES)


def imports(among: list[Module]) -> Edges:
    """Return the imports between modules, at any place in the file."""
    known = {module.name for module in among}
    edges: Edges = {name: set() for name in known}
    for module in among:
        for node in ast.walk(module.tree):
            edges[module.name] |= _imported(node, known) - {module.name}
    return edges


def _imported(node: ast.AST, known: set[str]) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & known
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return set()
    whole = {f"{node.module}.{alias.name}" for alias in node.names} & known
    is_all = len(whole) == len(node.names)
    return whole if is_all else whole | ({node.module} & known)


def between_rooms(edges: Edges, package: str) -> Edges:
    """Return the same imports as edges between the rooms of `package` (a dotted name)."""
    depth = package.count(".") + 1
    found: Edges = defaultdict(set)
    for source, targets in edges.items():
        for target in targets:
            if all(name.startswith(f"{package}.") for name in (source, target)):
                one, other = source.split(".")[depth], target.split(".")[depth]
                if one != other:
                    found[one].add(other)
    return found


def circle(edges: Edges) -> list[str]:
    """Return one cycle in the graph, empty if there is none."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for target in sorted(edges.get(name, ())):
            if found := walk(target, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(edges) if (found := walk(name, []))), [])


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return a function's lines without its docstring."""
    doc = ast.get_docstring(function, clean=False)
    return (function.end_lineno or function.lineno) - function.lineno + 1 - (doc.count("\n") + 1 if doc else 0)
