"""Questions on the terminal."""

from __future__ import annotations

import sys

from engine.errors import InvalidValue


def agreed(question: str, yes: bool) -> bool:
    """Ask a question that is answered with y or n; `yes` is the answer that `--yes` has given already.

    Raises
    ------
    InvalidValue
        If nobody is there to answer, and `--yes` was not given.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InvalidValue("--yes", "left out", "given where nobody can answer")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
