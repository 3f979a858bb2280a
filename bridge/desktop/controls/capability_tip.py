"""Greys out a field that the chosen engine does not use, and says why in its tooltip."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.capability import Capability, Support


def show_capability(field: QWidget, tip: str, one: Capability | None) -> None:
    """Enable the field if the engine uses its key; `tip` is the field's own tooltip. None = nothing is known."""
    used = one is None or one.support is not Support.IGNORED
    field.setEnabled(used)
    words = ""
    if one is not None and one.why:
        words = f"Not used: {one.why}."
    elif one is not None and one.within:
        words = f"Used here within: {one.within}."
    field.setToolTip("\n".join(filter(None, (tip, words))))
