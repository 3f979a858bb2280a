"""Makes the package's page: the README with links and pictures that work outside the repository too.

Standard library only: the package's build and the release read it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {".png", ".svg", ".gif", ".jpg", ".webp"}
_TARGET = re.compile(r"(?P<before>\]\(|\b(?:src|href)=\")(?P<path>[^)\s\"#:]+)(?P<rest>(?:#[^)\s\"]*)?[)\"])")
"""The target of a link or picture in Markdown or HTML, without those that name a scheme or an anchor alone."""


def project_address() -> str:
    """Return the address of the project's repository; pyproject.toml is the one place that says it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["urls"]["Homepage"])


def version() -> str:
    """Return the version of this checkout, without importing it."""
    found = re.search(r'^__version__ = "(.+)"', (ROOT / "bridge" / "__init__.py").read_text(encoding="utf-8"), re.M)
    if found is None:
        raise ValueError("bridge/__init__.py has no __version__")
    return found[1]


def long_description() -> str:
    """Return the README for the package's page, its links to the files of this version."""
    return absolute((ROOT / "README.md").read_text(encoding="utf-8"), project_address(), f"v{version()}")


def absolute(text: str, address: str, revision: str) -> str:
    """Return a Markdown text with addresses in place of the paths of files and folders in this repository."""

    def replace(match: re.Match[str]) -> str:
        path = match["path"]
        if not (ROOT / path).exists():
            return match[0]
        kind = "raw" if Path(path).suffix.lower() in PICTURES else "tree" if (ROOT / path).is_dir() else "blob"
        return f"{match['before']}{address}/{kind}/{revision}/{quote(path)}{match['rest']}"

    return _TARGET.sub(replace, text)
