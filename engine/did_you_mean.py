"""The hint at what was meant, for names that do not exist."""

from __future__ import annotations

from collections.abc import Collection


def one_of(known: Collection[str], given: object) -> str:
    """Return “one of …” for the sentence on a wrong name, with the known name that is closest to `given`."""
    return f"one of {', '.join(known)}{hint(known, given)}"


def hint(known: Collection[str], given: object) -> str:
    """Return “ (did you mean …?)” with the known name that is closest to `given`, "" if none is close."""
    from difflib import get_close_matches

    close = get_close_matches(given[:64].strip().lower(), known, n=1, cutoff=0.6) if isinstance(given, str) else []
    return f" (did you mean {close[0]}?)" if close else ""
