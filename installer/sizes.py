"""Sizes and times that `setup.py` says before it begins. Standard library only."""

from __future__ import annotations

import platform
import sys

BASE = "about 200 MB to fetch, 520 MB on disk"


def of_packages(extra: str) -> str:
    """Return the sentence on the packages of an installation with `extra`, which is "" for the program alone."""
    if "ace-step" in extra:
        return f"installing Stem Bridge, its test tools and the neural engines' libraries: {_neural()}"
    return f"installing Stem Bridge{' and what builds its pages' if extra else ''}: {BASE}"


def of_tests() -> str:
    """Return the sentence on what `test` does and how long it takes."""
    return "this checks the code and runs all tests: about 20 minutes on two cores, a little less on more."


def _neural() -> str:
    """Return the size of what `test` installs: PyPI's torch for Linux has CUDA in it, the others have not."""
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return "about 3.5 GB to fetch, 5.2 GiB on disk, most of it torch with CUDA"
    return "about 0.7 GB to fetch, 2 GB on disk"
