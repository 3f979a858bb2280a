"""Questions on the terminal, and the message after an interrupt (Ctrl-C) of work that can be resumed."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bridge.cli.main import INTERRUPTED
from engine.errors import InvalidValue


def confirm(question: str, yes: bool) -> bool:
    """Return whether the user answers a question with y or yes; True without asking if `yes` (`--yes`) is set.

    Raises
    ------
    InvalidValue
        If standard input is no terminal and `yes` is not set.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InvalidValue("--yes", "left out", "given where nobody can answer")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def resumable(work: Callable[[], int]) -> int:
    """Run work that can be resumed; return its exit code, or 130 after a message if it is interrupted."""
    try:
        return work()
    except KeyboardInterrupt:
        print(
            "\nstembridge: interrupted; what has arrived is kept, the same command goes on from there.",
            file=sys.stderr,
        )
        return INTERRUPTED
