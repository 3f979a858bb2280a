"""The badge's words for measured errors."""

from __future__ import annotations

import pytest

from bridge.desktop.takes.badge import badge


@pytest.mark.parametrize(
    ("median", "role"), [(0.0, "good"), (5.0, "good"), (5.01, "warn"), (20.0, "warn"), (20.01, "bad")]
)
def test_the_role_follows_the_median_error(median: float, role: str) -> None:
    assert badge({"error_ms_median": median})[:2] == (f"{median:.1f} ms off grid", role)


def test_the_tooltip_has_every_figure_that_was_measured() -> None:
    figures = {
        "error_ms_median": 1.25,
        "error_ms_p95": 3.5,
        "method": "onsets",
        "tempo_measured": 97.6004,
        "downbeat_offset_ms": -2.0,
    }
    assert badge(figures)[2].splitlines() == [
        "Measured against the grid (onsets):",
        "median error 1.25 ms",
        "95 % of onsets within 3.50 ms",
        "tempo 97.600 BPM",
        "downbeat off by -2.00 ms",
    ]
    assert len(badge({"error_ms_median": 1, "error_ms_p95": None})[2].splitlines()) == 2


@pytest.mark.parametrize("figures", [{}, {"error_ms_median": None}, {"error_ms_median": "1"}])
def test_without_a_measurement_it_says_so(figures: dict[str, object]) -> None:
    assert badge(figures)[:2] == ("grid not measurable", "dim")
