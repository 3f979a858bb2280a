"""Texts about models, for the models page and the request panel."""

from __future__ import annotations

from bridge.app.eta import spoken
from bridge.app.events import ModelWork
from bridge.app.models import ModelState

TASKS = {
    "text2music": "music from words",
    "cover": "covers",
    "repaint": "repainting and extending",
    "extract": "taking a part out",
    "lego": "adding a part",
    "complete": "completing a part",
}
"""The block's `task` → its description for users."""
DOING = {"downloading": "Downloading", "copying": "Copying", "checking": "Checking"}


def size(count: int) -> str:
    """Return a number of bytes with a decimal unit: "11.5 GB", "84.0 MB", "12 kB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}" if count < 100 * factor else f"{count / factor:.0f} {unit}"
    return f"{count / 1e3:.0f} kB"


def ability(state: ModelState) -> str:
    """Return a sentence on the tasks that a model can do."""
    tasks = ", ".join(TASKS[task] for task in state.entry.tasks)
    return tasks[:1].upper() + tasks[1:] if tasks else "Splits a mix into stems"


def status_text(state: ModelState) -> tuple[str, str]:
    """Return a model's status in words, and the role of these words in the style sheet."""
    if state.installed is not None:
        return "installed", "good"
    if state.partial_bytes:
        return f"{size(state.partial_bytes)} of {size(state.entry.size_bytes)} here", "warn"
    return "not installed", "dim"


def progress(work: ModelWork) -> str:
    """Return the progress of work on a model: "Downloading   34 %   … of …   12.0 MB/s   about 9 min left"."""
    parts = [DOING[work.doing], f"{work.share * 100:.0f} %", f"{size(work.done_bytes)} of {size(work.total_bytes)}"]
    if work.rate > 0:
        parts.append(f"{size(int(work.rate))}/s")
    if work.left_s is not None and work.share < 1:
        parts.append(f"about {spoken(work.left_s)} left")
    return "   ".join(parts)
