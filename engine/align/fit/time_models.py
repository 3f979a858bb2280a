"""Models of a clip's time against its beats: the simplest one that explains the marks is chosen, robust to outliers.

Constant tempo, a tempo that changes evenly, and a smooth curve of several stiffnesses are compared by
cross-validation: each is fitted to some of the beats and predicts the others. A more flexible model is taken only if
it predicts clearly better. A player's own unsteadiness cannot be predicted, so it stays in the music.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.align.fit.spline import LeastSquares

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.align.track import Marks
    from engine.align.track.bar_pulses import BarPulses

    Times = NDArray[np.float64]
    Curve = Callable[[Times], Times]

TimeModel = Literal["identity", "constant", "linear", "smooth"]

_STIFFNESS = (3e3, 300.0, 30.0, 3.0, 0.3, 0.03)
_ROUNDS = 12
_SETTLED = 0.003  # the iteration ends when the scale changes by less than this share
_CAUCHY = 2.385  # the constant for 95 % efficiency with normal errors
_LOCAL = 17  # marks over which a local scale is taken
_FEWEST = 4  # marks needed for a fit
_FEWEST_OF_A_PLACE = 3  # marks needed for a place in the bar to have an offset
_PLACE_RIDGE = 1.0
_LOG_NORMAL = 0.635  # −E log |z| of the standard normal distribution
_SMALLEST_SCALE_S = 0.0002
_BETTER_FACTOR = 1.08  # a more flexible model must lower the prediction error by this factor …
_BETTER_S = 0.00003  # … and by this much besides
_WORST_S = 0.03  # errors above this count as this


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """The chosen model, fitted to all marks.

    Attributes:
        model: the kind of model.
        curve: function from places in quarter notes to seconds.
        scale_s: robust standard deviation of the marks around curve and groove.
        spread_s: the same for the marks on the beat around the curve alone: the unsteadiness of the playing.
    """

    model: TimeModel
    curve: Curve
    scale_s: float
    spread_s: float


def best_model(marks: Marks, pulse_beats: float, bars: BarPulses, *, flexible: bool = True) -> FittedModel:
    """Fit all models to `marks` and return the simplest one that predicts as well as any.

    The smooth curve has a knot at every pulse of `pulse_beats` quarter notes, or at every quarter note if that is
    longer. Without `flexible`, only constant tempo is tried.
    """
    pulses = np.round(marks.beats / pulse_beats - 0.3).astype(np.intp)
    bar_pulses = bars.longest
    member, ridge = groove(marks.classes, bars.place(pulses), bar_pulses)
    problem = LeastSquares(marks.beats, marks.times_s, member, ridge, max(1.0, pulse_beats))
    # The fold count does not divide the bar, so that no fold removes all marks of a place in the bar.
    count = next(count for count in (3, 2, 5, 7, 11) if bar_pulses % count)
    data = _CrossValidation(problem, marks.weights, pulses % count)
    tries: list[tuple[TimeModel, float]] = [("constant", 0.0)]
    if flexible:
        tries.append(("linear", 0.0))
        tries += [("smooth", stiffness) for stiffness in _STIFFNESS]
    best: tuple[float, TimeModel, float] = (np.inf, *tries[0])
    for model, stiffness in tries:
        error_s = data.prediction_error_s(model, stiffness)
        if error_s * _BETTER_FACTOR + _BETTER_S < best[0]:
            best = (error_s, model, stiffness)
    curve, _offsets, scale_s = data.fit(best[1], best[2], np.ones(len(marks.beats), np.bool_))
    on_beat = marks.classes == 0
    late_s = np.abs(marks.times_s - curve(marks.beats))[on_beat]
    spread_s = 1.4826 * weighted_median(late_s, marks.weights[on_beat]) if on_beat.any() else scale_s
    return FittedModel(best[1], curve, scale_s, spread_s)


def groove(classes: NDArray[np.intp], in_bar: NDArray[np.intp], bar_pulses: int) -> tuple[Times, Times]:
    """Return (member, ridge) of a clip's groove: the timing offsets of its places, for `LeastSquares`.

    Each place in the beat, except the beat itself, has an offset, and each place in the bar a further small one, as
    drummers and programmed loops have. The mean of the beats stays on the curve.
    """
    count = int(classes.max()) + 1
    in_beat = classes[:, None] == np.arange(1, count)
    place = in_bar * count + classes
    members = place[:, None] == np.flatnonzero(np.bincount(place, minlength=bar_pulses * count) >= _FEWEST_OF_A_PLACE)
    member = np.hstack([in_beat[:, in_beat.any(axis=0)], members])
    ridge = np.concatenate([np.zeros(int(in_beat.any(axis=0).sum())), np.full(members.shape[1], _PLACE_RIDGE)])
    return member.astype(np.float64), ridge


class _CrossValidation:
    """The marks split into folds, to compare the models by their prediction errors."""

    def __init__(self, problem: LeastSquares, weights: Times, folds: NDArray[np.intp]) -> None:
        self.problem, self.weights, self.folds = problem, weights, folds

    def prediction_error_s(self, model: TimeModel, stiffness: float) -> float:
        """Return the mean error in seconds of each fold's marks, predicted from the others."""
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

    def fit(self, model: TimeModel, stiffness: float, chosen: NDArray[np.bool_]) -> tuple[Curve, Times, float]:
        """Return (curve, offsets, scale) of `model` through the chosen marks by iteratively reweighted least squares.

        Weights are Cauchy's, with a scale no smaller than the local spread of the errors: where the curve is still
        far from all marks, all of them keep their weight and pull it closer.
        """
        whole, prior = self.problem, self.weights[chosen]
        part = LeastSquares(whole.x[chosen], whole.y[chosen], whole.member[chosen], whole.ridge, whole.spacing)
        weights, scale_s = prior, np.inf
        for _ in range(_ROUNDS):
            last_s = scale_s
            curve, offsets = _solve(part, weights, model, stiffness)
            away = np.abs(part.y - curve(part.x) - part.member @ offsets)
            scale_s = max(_SMALLEST_SCALE_S, 1.4826 * weighted_median(away, prior))
            weights = prior / (1.0 + (away / (_CAUCHY * np.maximum(scale_s, _local_scale(away, prior)))) ** 2)
            if abs(last_s - scale_s) <= _SETTLED * scale_s:
                break
        return curve, offsets, scale_s


def _solve(problem: LeastSquares, weights: Times, model: TimeModel, stiffness: float) -> tuple[Curve, Times]:
    if model == "smooth":
        return problem.smooth(weights, stiffness)
    return problem.polynomial(weights, 1 if model == "constant" else 2)


def _local_scale(away: Times, weights: Times) -> Times:
    """Return the geometric mean of the errors around each mark, scaled to the standard deviation of normal errors."""
    from scipy.ndimage import uniform_filter1d

    logs = np.log(np.maximum(away, 1e-6))
    mean = uniform_filter1d(logs * weights, _LOCAL) / uniform_filter1d(weights, _LOCAL)
    return np.asarray(np.exp(mean + _LOG_NORMAL))


def weighted_median(values: Times, weights: Times) -> float:
    """Return the value with half of the weight on either side."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
