"""The colours in use: one of the two tables in `tokens`, set whenever the style sheet is applied."""

from __future__ import annotations

from bridge.desktop.look.tokens import DARK, Tokens

_in_use = DARK


def tokens() -> Tokens:
    """Return the colours in use, for widgets and icons that paint themselves."""
    return _in_use


def use_tokens(tokens: Tokens) -> None:
    """Set the colours in use; what is painted already keeps its colours until it is painted again."""
    global _in_use
    _in_use = tokens
