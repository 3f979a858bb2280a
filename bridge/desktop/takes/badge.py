"""The alignment badge: the timing error that was measured in the audio, short enough for a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GOOD_MS, FAIR_MS = 5.0, 20.0
"""An onset 5 ms off the beat is inaudible; from 20 ms on most people hear it (order of the echo threshold)."""


def badge(alignment: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the badge's text, its role ("good", "warn", "bad", "dim") and the tooltip with all figures."""
    median, p95 = alignment.get("error_ms_median"), alignment.get("error_ms_p95")
    if not isinstance(median, int | float):
        return "grid not measurable", "dim", "There are too few clear onsets to measure."
    role = "good" if median <= GOOD_MS else "warn" if median <= FAIR_MS else "bad"
    lines = [f"Measured against the grid ({alignment.get('method', '')}):", f"median error {median:.2f} ms"]
    if isinstance(p95, int | float):
        lines.append(f"95 % of onsets within {p95:.2f} ms")
    if isinstance(alignment.get("tempo_measured"), int | float):
        lines.append(f"tempo {alignment['tempo_measured']:.3f} BPM")
    if isinstance(alignment.get("downbeat_offset_ms"), int | float):
        lines.append(f"downbeat off by {alignment['downbeat_offset_ms']:.2f} ms")
    return f"{median:.1f} ms off grid", role, "\n".join(lines)
