"""Questions on the terminal, and the message after an interrupt (Ctrl-C) of work that can be resumed."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bridge.cli.main import INTERRUPTED, WrongUse


def can_ask() -> bool:
    """Return whether somebody can answer a question: standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask(question: str) -> str:
    """Return the user's answer to a question, without spaces around it."""
    print(f"{question} ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def confirm(question: str, yes: bool) -> bool:
    """Return whether the user answers a question with y or yes; True without asking if `yes` (`--yes`) is set.

    Raises
    ------
    WrongUse
        If standard input is no terminal and `yes` is not set.
    """
    if yes:
        return True
    if not can_ask():
        raise WrongUse(f"Nobody can answer “{question}” here; add --yes to go on without asking.")
    return ask(f"{question} [y/N]").lower() in ("y", "yes")


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
