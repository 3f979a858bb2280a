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

_STIFFNESS = (3e3, 300.0, 30.0, 3.0, 0.3, 0.03)
_ROUNDS = 12
_CAUCHY = 2.385  # the constant for 95 % efficiency where errors are normal
_LOCAL = 17  # marks that a local scale is taken over
_LOG_NORMAL = 0.635  # −E log |z| of the standard normal distribution
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
        scale_s: robust standard deviation of the marks that agree.
        foretold_s: typical error on beats that it was not fitted to.
    """

    model: Model
    curve: Curve
    scale_s: float
    foretold_s: float


def best_model(marks: Marks, pulse_beats: float, *, flexible: bool = True) -> Fitted:
    """Fit all models to `marks` and return the simplest that foretells as well as any.

    The smooth curve gets a knot at every beat of `pulse_beats` quarter notes, or at every quarter note if that is
    longer. Without `flexible`, only constant tempo is tried.
    """
    data = _Data(marks, max(1.0, pulse_beats))
    halves = np.round(marks.beats / pulse_beats).astype(np.intp) % 2
    tries: list[tuple[Model, float]] = [("constant", 0.0)]
    if flexible:
        tries.append(("linear", 0.0))
        tries += [("smooth", stiffness) for stiffness in _STIFFNESS]
    best: tuple[float, Model, float] = (np.inf, *tries[0])
    for model, stiffness in tries:
        error_s = data.foretell(model, stiffness, halves)
        if error_s * _CLEARLY + _CLEARLY_S < best[0]:
            best = (error_s, model, stiffness)
    curve, scale_s = data.fit(best[1], best[2], np.ones(len(marks.beats), np.bool_))[::2]
    return Fitted(best[1], curve, scale_s, best[0])


class _Data:
    """The marks in the form that fitting needs."""

    def __init__(self, marks: Marks, spacing: float) -> None:
        self.marks, self.spacing = marks, spacing
        self.class_count = int(marks.classes.max()) + 1

    def foretell(self, model: Model, stiffness: float, halves: NDArray[np.intp]) -> float:
        """Typical error of each half of the beats, foretold from the other, in seconds."""
        errors, weights = [], []
        for half in (0, 1):
            known = halves == half
            if known.sum() < 3 or (~known).sum() < 3:
                return _WORST_S
            curve, groove_s, _scale = self.fit(model, stiffness, known)
            rest = ~known
            away = self.marks.times_s[rest] - curve(self.marks.beats[rest]) - groove_s[self.marks.classes[rest]]
            errors.append(np.minimum(np.abs(away), _WORST_S))
            weights.append(self.marks.weights[rest])
        return float(np.average(np.concatenate(errors), weights=np.concatenate(weights)))

    def fit(self, model: Model, stiffness: float, chosen: NDArray[np.bool_]) -> tuple[Curve, Times, float]:
        """Return (curve, groove, scale) of `model` through the chosen marks, by iteratively reweighted least squares.

        Weights are Cauchy's, with a scale that is never finer than the marks around agree: where the curve is still
        far off they all count, so that it comes nearer.
        """
        x, y, own = self.marks.beats[chosen], self.marks.times_s[chosen], self.marks.weights[chosen]
        problem = Problem(x, y, self.marks.classes[chosen], self.class_count, self.spacing)
        weights, scale_s = own, np.inf
        for _ in range(_ROUNDS):
            curve, groove_s = _solve(problem, weights, model, stiffness)
            away = np.abs(y - curve(x) - groove_s[problem.classes])
            scale_s = max(_SMALLEST_SCALE_S, 1.4826 * weighted_median(away, own))
            weights = own / (1.0 + (away / (_CAUCHY * np.maximum(scale_s, _local_scale(away, own)))) ** 2)
        return curve, groove_s, scale_s


def _local_scale(away: Times, weights: Times) -> Times:
    """Geometric mean of what is around each mark, as the standard deviation of normal errors."""
    from scipy.ndimage import uniform_filter1d

    logs = np.log(np.maximum(away, 1e-6))
    mean = uniform_filter1d(logs * weights, _LOCAL) / uniform_filter1d(weights, _LOCAL)
    return np.asarray(np.exp(mean + _LOG_NORMAL))


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
