"""Smooth curves through weighted points: cubic B-splines with a penalty on bends (P-splines; Eilers & Marx 1996).

The penalty is on second differences of the coefficients, which is what a random walk of the tempo asks for. The curve
goes on straight where there are no points. Everything is banded, so the cost grows with the points and no faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.float64]

_BAND = 3  # diagonals beside the main one
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Spline:
    """A cubic spline with knots at `start` + whole multiples of `spacing`.

    Attributes:
        coefficients: one more at either end than there are knots.
    """

    start: float
    spacing: float
    coefficients: Times

    def __call__(self, x: Times) -> Times:
        """Return the curve at `x`, continued straight beyond its ends [shape as given]."""
        low, high = self.start, self.start + self.spacing * (len(self.coefficients) - 3)
        inside = np.clip(x, low, high)
        piece, shares = basis(inside, self.start, self.spacing, len(self.coefficients))
        value = sum(shares[k] * self.coefficients[piece + k] for k in range(4))
        first, last = self.coefficients[:3], self.coefficients[-3:]
        slope = np.where(x < low, first[2] - first[0], last[2] - last[0]) / (2.0 * self.spacing)
        return np.asarray(value + (x - inside) * slope)


def basis(x: Times, start: float, spacing: float, count: int) -> tuple[NDArray[np.intp], Times]:
    """Return (first coefficient, the four shares [shape=(4, points)]) of the uniform cubic B-spline at `x`."""
    at = (x - start) / spacing
    piece = np.clip(np.floor(at).astype(np.intp), 0, count - 4)
    u = at - piece
    v = 1.0 - u
    shares = np.stack([v**3, 3 * u**3 - 6 * u**2 + 4, 3 * v**3 - 6 * v**2 + 4, u**3]) / 6.0
    return piece, shares


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Points of a curve and of offsets that whole classes of them have in common.

    Attributes:
        x, y: the points [shape=(points,)].
        classes: of each point; class 0 has no offset.
        class_count: how many classes there are.
        spacing: of the spline's knots.
    """

    x: Times
    y: Times
    classes: NDArray[np.intp]
    class_count: int
    spacing: float

    def solve(self, weights: Times, stiffness: float) -> tuple[Spline, Times]:
        """Return (curve, offset of each class) with the least weighted squares."""
        from scipy.linalg import solve, solveh_banded

        start = float(np.floor(self.x.min() / self.spacing)) * self.spacing
        count = int(np.ceil((self.x.max() - start) / self.spacing + 1e-9)) + 3
        piece, shares = basis(self.x, start, self.spacing, max(count, 4))
        count = max(count, 4)
        matrix = _normal(piece, shares, weights, count) + _penalty(count, stiffness)
        right = _sums(piece, shares, weights * self.y, count)
        offsets = np.zeros(self.class_count)
        member = self.classes[None, :] == np.arange(1, self.class_count)[:, None]
        used = member[(member * weights).sum(axis=1) > 0]
        if not len(used):
            return Spline(start, self.spacing, solveh_banded(matrix, right)), offsets
        mixed = np.stack([_sums(piece, shares, weights * row, count) for row in used], axis=1)
        solved = solveh_banded(matrix, np.column_stack([right, mixed]))
        own = np.diag([float((weights * row).sum()) * (1 + _RIDGE) + _RIDGE for row in used])
        target = np.array([float((weights * self.y * row).sum()) for row in used]) - mixed.T @ solved[:, 0]
        found = solve(own - mixed.T @ solved[:, 1:], target, assume_a="sym")
        offsets[np.flatnonzero((member * weights).sum(axis=1) > 0) + 1] = found
        return Spline(start, self.spacing, solved[:, 0] - solved[:, 1:] @ found), offsets


def _normal(piece: NDArray[np.intp], shares: Times, weights: Times, count: int) -> Times:
    """Upper bands of the weighted normal matrix, as `scipy.linalg.solveh_banded` takes them."""
    bands = np.zeros((_BAND + 1, count))
    for i in range(4):
        for j in range(i, 4):
            bands[_BAND - (j - i)] += np.bincount(piece + j, weights * shares[i] * shares[j], count)
    bands[_BAND] += _RIDGE * max(float(weights.sum()), 1.0) / count
    return bands


def _penalty(count: int, stiffness: float) -> Times:
    bands = np.zeros((_BAND + 1, count))
    second = (1.0, -2.0, 1.0)
    for i in range(3):
        for j in range(i, 3):
            bands[_BAND - (j - i), j : count - 2 + j] += stiffness * second[i] * second[j]
    return bands


def _sums(piece: NDArray[np.intp], shares: Times, values: Times, count: int) -> Times:
    return np.asarray(sum(np.bincount(piece + k, values * shares[k], count) for k in range(4)))
