"""How a clip's time runs against its beats: the simplest model that explains the marks, fitted so that outliers do not pull.

Constant tempo, a tempo that moves evenly, and a smooth curve of several stiffnesses are each fitted to one half of the
beats and asked for the other half. A more flexible one is taken only if it foretells clearly better: a player's own
unsteadiness cannot be foretold, so it stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.align.fit.spline import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.align.track import Marks

    Times = NDArray[np.float64]
    Curve = Callable[[Times], Times]

Model = Literal["identity", "constant", "linear", "smooth"]

_RIGID = 1e7
_STIFFNESS = (3e3, 300.0, 30.0, 3.0, 0.3)
_ROUNDS = 12
_TUKEY = 4.685  # the biweight's constant for 95 % efficiency
_SMALLEST_SCALE_S = 0.0002
_CLEARLY = 1.08  # a more flexible model must foretell better by so much …
_CLEARLY_S = 0.00003  # … and by so much
_WORST_S = 0.03  # a mark farther off counts no worse than this


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """One model with its numbers.

    Attributes:
        model: which.
        curve: seconds of a place in quarter-note beats.
        groove_s: how much later than the curve each class of places is played.
        scale_s: robust standard deviation of the marks that agree.
        foretold_s: typical error on beats that it was not fitted to.
    """

    model: Model
    curve: Curve
    groove_s: Times
    scale_s: float
    foretold_s: float


def classes_of(beats: Times, cell: float, count: int) -> NDArray[np.intp]:
    """Return the groove class of each place: which of the `count` cells of a beat it is."""
    return np.round(beats / cell).astype(np.intp) % count


def best_model(marks: Marks, cell: float, cells: int, spacing: float, *, flexible: bool = True) -> Fitted:
    """Fit all models to `marks` and return the simplest that foretells as well as any.

    `cell` is the grid's step in quarter notes, of which `cells` make a beat; `spacing` is that of the smooth curve's
    knots. Without `flexible`, only constant tempo is tried.
    """
    classes = classes_of(marks.beats, cell, cells)
    halves = np.round(marks.beats / (cell * cells)).astype(np.intp) % 2
    data = _Data(marks, classes, cells, spacing)
    fitters: list[tuple[Model, float]] = [("constant", _RIGID)]
    if flexible:
        fitters += [("linear", 0.0), *[("smooth", stiffness) for stiffness in _STIFFNESS]]  # type: ignore[list-item]
    best: tuple[float, Model, float] | None = None
    for model, stiffness in fitters:
        error_s = data.foretell(model, stiffness, halves)
        if best is None or error_s * _CLEARLY + _CLEARLY_S < best[0]:
            best = (error_s, model, stiffness)
    assert best is not None  # noqa: S101
    error_s, model, stiffness = best
    curve, groove_s, scale_s = data.fit(model, stiffness, np.ones(len(marks.beats), np.bool_))
    return Fitted(model, curve, groove_s, scale_s, error_s)


class _Data:
    """The marks in the form that fitting needs."""

    def __init__(self, marks: Marks, classes: NDArray[np.intp], cells: int, spacing: float) -> None:
        self.marks, self.classes, self.cells, self.spacing = marks, classes, cells, spacing

    def foretell(self, model: Model, stiffness: float, halves: NDArray[np.intp]) -> float:
        """Typical error of each half of the beats, foretold from the other, in seconds."""
        errors, weights = [], []
        for half in (0, 1):
            known = halves == half
            if known.sum() < 3 or known.all():
                return np.inf if model != "constant" else 0.0
            curve, groove_s, _scale = self.fit(model, stiffness, known)
            rest = ~known
            away = self.marks.times_s[rest] - curve(self.marks.beats[rest]) - groove_s[self.classes[rest]]
            errors.append(np.minimum(np.abs(away), _WORST_S))
            weights.append(self.marks.weights[rest])
        return float(np.average(np.concatenate(errors), weights=np.concatenate(weights)))

    def fit(self, model: Model, stiffness: float, chosen: NDArray[np.bool_]) -> tuple[Curve, Times, float]:
        """Return (curve, groove, scale) of `model` through the chosen marks, by iteratively reweighted least squares."""
        x, y, own = self.marks.beats[chosen], self.marks.times_s[chosen], self.marks.weights[chosen]
        problem = Problem(x, y, self.classes[chosen], self.cells, self.spacing)
        weights, scale_s = own, np.inf
        for _ in range(_ROUNDS):
            curve, groove_s = _solve(problem, weights, model, stiffness)
            away = y - curve(x) - groove_s[problem.classes]
            scale_s = max(_SMALLEST_SCALE_S, 1.4826 * weighted_median(np.abs(away), own))
            weights = own * np.clip(1.0 - (away / (_TUKEY * scale_s)) ** 2, 0.0, 1.0) ** 2
        return curve, groove_s, scale_s


def _solve(problem: Problem, weights: Times, model: Model, stiffness: float) -> tuple[Curve, Times]:
    if model == "smooth":
        return problem.solve(weights, stiffness)
    degree = 1 if model == "constant" else 2
    centre, span = float(problem.x.mean()), max(float(np.ptp(problem.x)), 1.0)
    powers = ((problem.x - centre) / span)[:, None] ** np.arange(degree + 1)
    member = (problem.classes[:, None] == np.arange(1, problem.class_count)).astype(np.float64)
    root = np.sqrt(weights)[:, None]
    found = np.linalg.lstsq(np.hstack([powers, member]) * root, problem.y * root[:, 0], rcond=None)[0]
    polynomial = found[: degree + 1]

    def curve(beats: Times) -> Times:
        return np.asarray(((np.asarray(beats) - centre) / span)[..., None] ** np.arange(degree + 1) @ polynomial)

    return curve, np.concatenate([[0.0], found[degree + 1 :]])


def weighted_median(values: Times, weights: Times) -> float:
    """Return the value with half of the weight on either side."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
