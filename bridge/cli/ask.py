"""Questions on the terminal, and what is said to who breaks off."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bridge.cli.main import INTERRUPTED
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


def resumable(work: Callable[[], int]) -> int:
    """Do work that can be gone on with; return its exit code, or 130 with a sentence if it is interrupted."""
    try:
        return work()
    except KeyboardInterrupt:
        print(
            "\nstembridge: interrupted; what has arrived is kept, the same command goes on from there.",
            file=sys.stderr,
        )
        return INTERRUPTED
