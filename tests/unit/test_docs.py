"""The documentation agrees with the code."""

import ast
from pathlib import Path

from tests.helpers.docs_tables import PAGES, PROTOCOL, with_tables

ROOT = PROTOCOL.parent.parent


def test_the_tables_of_the_documentation_are_those_of_the_code() -> None:
    for page in PAGES:
        assert page.read_text(encoding="utf-8") == with_tables(page), "run: python -m tests.helpers.docs_tables"


def test_every_link_in_the_documentation_has_a_target() -> None:
    import re

    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_engine_never_imports_the_companion() -> None:
    for path in (ROOT / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(Path(name.replace(".", "/")).parts[:1] == ("bridge",) for name in names), path
