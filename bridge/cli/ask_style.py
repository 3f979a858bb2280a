"""The question for a style, for presets that leave it open (“Full-Length Demo”, “Fast Prototyping”)."""

from __future__ import annotations

from bridge.cli.ask import ask, can_ask
from bridge.request.block import coerce_text
from bridge.request.presets.presets import Presets

EXAMPLE = "lofi, dusty drums"


def with_style(block: dict[str, object], presets: Presets) -> dict[str, object]:
    """Return the block with the style that the user answers if its preset leaves it open and somebody can answer.

    An empty answer leaves it open: then it is chosen by tempo and key.
    """
    name = _preset_without_style(block, presets)
    if not name or not can_ask():
        return block
    answer = ask(f"“{name}” leaves the style open. Which one? (like {EXAMPLE}; Enter: chosen by tempo and key)")
    return {**block, "genres": coerce_text("genres", answer)} if answer else block


def _preset_without_style(block: dict[str, object], presets: Presets) -> str:
    """Return the name of the block's preset if neither of them has a style, else ""."""
    if not block.get("preset") or block.get("genres"):
        return ""
    preset = presets.get(str(block["preset"]))
    return "" if preset.block.get("genres") else preset.name
