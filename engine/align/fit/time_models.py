"""How a clip's time runs against its beats: the simplest model that explains the marks, whatever the outliers.

Constant tempo, a tempo that moves evenly, and a smooth curve of several stiffnesses are each fitted to some of the
beats and asked for the others. A more flexible one is taken only if it foretells clearly better: a player's own
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
_SETTLED = 0.003  # a scale that changes by less, in proportion, is final
_CAUCHY = 2.385  # the constant for 95 % efficiency where errors are normal
_LOCAL = 17  # marks that a local scale is taken over
_FEWEST = 4  # marks to fit anything to
_FEWEST_OF_A_PLACE = 3  # marks, for a place in the bar to have an offset of its own
_PLACE_RIDGE = 1.0
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
        scale_s: robust standard deviation of the marks around curve and groove.
        spread_s: the same of the marks on the beat around the curve alone: how steadily the clip is played.
        foretold_s: typical error on beats that it was not fitted to.
    """

    model: Model
    curve: Curve
    scale_s: float
    spread_s: float
    foretold_s: float


def best_model(marks: Marks, pulse_beats: float, bar_pulses: int, *, flexible: bool = True) -> Fitted:
    """Fit all models to `marks` and return the simplest that foretells as well as any.

    The smooth curve gets a knot at every beat of `pulse_beats` quarter notes, or at every quarter note if that is
    longer. Without `flexible`, only constant tempo is tried.
    """
    pulses = np.round(marks.beats / pulse_beats - 0.3).astype(np.intp)
    member, ridge = groove(marks.classes, pulses % bar_pulses, bar_pulses)
    problem = Problem(marks.beats, marks.times_s, member, ridge, max(1.0, pulse_beats))
    # A fold has no step in common with the bar, so that every place in the bar stays known.
    count = next(count for count in (3, 2, 5, 7, 11) if bar_pulses % count)
    data = _Data(problem, marks.weights, pulses % count)
    tries: list[tuple[Model, float]] = [("constant", 0.0)]
    if flexible:
        tries.append(("linear", 0.0))
        tries += [("smooth", stiffness) for stiffness in _STIFFNESS]
    best: tuple[float, Model, float] = (np.inf, *tries[0])
    for model, stiffness in tries:
        error_s = data.foretell(model, stiffness)
        if error_s * _CLEARLY + _CLEARLY_S < best[0]:
            best = (error_s, model, stiffness)
    curve, _offsets, scale_s = data.fit(best[1], best[2], np.ones(len(marks.beats), np.bool_))
    on_beat = marks.classes == 0
    late_s = np.abs(marks.times_s - curve(marks.beats))[on_beat]
    spread_s = 1.4826 * weighted_median(late_s, marks.weights[on_beat]) if on_beat.any() else scale_s
    return Fitted(best[1], curve, scale_s, spread_s, best[0])


def groove(classes: NDArray[np.intp], in_bar: NDArray[np.intp], bar_pulses: int) -> tuple[Times, Times]:
    """Return (member, ridge) of the offsets at which a clip is played, as `Problem` takes them.

    Each place in the beat but the beat itself has an offset of its own, and each place in the bar a small one beside
    it, as drummers and programmed loops have. The beats' mean stays where the curve is.
    """
    count = int(classes.max()) + 1
    in_beat = classes[:, None] == np.arange(1, count)
    place = in_bar * count + classes
    members = place[:, None] == np.flatnonzero(np.bincount(place, minlength=bar_pulses * count) >= _FEWEST_OF_A_PLACE)
    member = np.hstack([in_beat[:, in_beat.any(axis=0)], members])
    ridge = np.concatenate([np.zeros(int(in_beat.any(axis=0).sum())), np.full(members.shape[1], _PLACE_RIDGE)])
    return member.astype(np.float64), ridge


class _Data:
    """The problem, and how it is split to see what each model can foretell."""

    def __init__(self, problem: Problem, weights: Times, folds: NDArray[np.intp]) -> None:
        self.problem, self.weights, self.folds = problem, weights, folds

    def foretell(self, model: Model, stiffness: float) -> float:
        """Typical error of each fold of the beats, foretold from the others, in seconds."""
        errors, weights = [], []
        for fold in np.unique(self.folds):
            rest = self.folds == fold
            if (~rest).sum() < _FEWEST:
                return _WORST_S
            curve, offsets, _scale = self.fit(model, stiffness, ~rest)
            away = self.problem.y[rest] - curve(self.problem.x[rest]) - self.problem.member[rest] @ offsets
            errors.append(np.minimum(np.abs(away), _WORST_S))
            weights.append(self.weights[rest])
        return float(np.average(np.concatenate(errors), weights=np.concatenate(weights)))

    def fit(self, model: Model, stiffness: float, chosen: NDArray[np.bool_]) -> tuple[Curve, Times, float]:
        """Return (curve, offsets, scale) of `model` through the chosen marks by iteratively reweighted least squares.

        Weights are Cauchy's, with a scale that is never finer than the marks around agree: where the curve is still
        far off they all count, so that it comes nearer.
        """
        whole, own = self.problem, self.weights[chosen]
        part = Problem(whole.x[chosen], whole.y[chosen], whole.member[chosen], whole.ridge, whole.spacing)
        weights, scale_s = own, np.inf
        for _ in range(_ROUNDS):
            last_s = scale_s
            curve, offsets = _solve(part, weights, model, stiffness)
            away = np.abs(part.y - curve(part.x) - part.member @ offsets)
            scale_s = max(_SMALLEST_SCALE_S, 1.4826 * weighted_median(away, own))
            weights = own / (1.0 + (away / (_CAUCHY * np.maximum(scale_s, _local_scale(away, own)))) ** 2)
            if abs(last_s - scale_s) <= _SETTLED * scale_s:
                break
        return curve, offsets, scale_s


def _solve(problem: Problem, weights: Times, model: Model, stiffness: float) -> tuple[Curve, Times]:
    if model == "smooth":
        return problem.smooth(weights, stiffness)
    return problem.polynomial(weights, 1 if model == "constant" else 2)


def _local_scale(away: Times, weights: Times) -> Times:
    """Geometric mean of what is around each mark, as the standard deviation of normal errors."""
    from scipy.ndimage import uniform_filter1d

    logs = np.log(np.maximum(away, 1e-6))
    mean = uniform_filter1d(logs * weights, _LOCAL) / uniform_filter1d(weights, _LOCAL)
    return np.asarray(np.exp(mean + _LOG_NORMAL))


def weighted_median(values: Times, weights: Times) -> float:
    """Return the value with half of the weight on either side."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
