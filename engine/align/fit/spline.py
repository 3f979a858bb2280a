"""Smooth curves through weighted points: cubic B-splines with a penalty on bends (P-splines; Eilers & Marx 1996).

The penalty is on second differences of the coefficients, which suits a tempo that changes like a random walk. The
curve continues straight where there are no points. All matrices are banded, so the cost is linear in the number of
points.
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
        coefficients: one more at either end than there are knots [shape=(knots + 2,)].
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
class LeastSquares:
    """Least-squares fits of a curve through points, together with offsets that groups of points share.

    Attributes:
        x, y: the points [shape=(points,)].
        member: 1 where a point has an offset, else 0 [shape=(points, offsets)]; every offset has a point.
        ridge: strength with which each offset is pulled to 0, in points [shape=(offsets,)].
        spacing: distance between the spline's knots.
    """

    x: Times
    y: Times
    member: Times
    ridge: Times
    spacing: float

    def smooth(self, weights: Times, stiffness: float) -> tuple[Spline, Times]:
        """Return (curve, offsets) with the least weighted squares; `stiffness` is the weight of the bend penalty."""
        from scipy.linalg import solveh_banded
        from scipy.sparse import csr_array

        start = float(np.floor(self.x.min() / self.spacing)) * self.spacing
        count = max(4, int(np.ceil((self.x.max() - start) / self.spacing + 1e-9)) + 3)
        piece, shares = basis(self.x, start, self.spacing, count)
        rows = np.repeat(np.arange(len(self.x)), 4)
        design = csr_array((shares.T.ravel(), (rows, (piece[:, None] + np.arange(4)).ravel())), (len(self.x), count))
        right = np.asarray(design.T @ (weights[:, None] * np.column_stack([self.y, self.member])))
        solved = solveh_banded(_normal(piece, shares, weights, count) + _penalty(count, stiffness), right)
        offsets = self._offsets(weights, right[:, 1:], solved)
        return Spline(start, self.spacing, solved[:, 0] - solved[:, 1:] @ offsets), offsets

    def _offsets(self, weights: Times, mixed: Times, solved: Times) -> Times:
        """Solve for the offsets alone, with the curve eliminated (Schur complement)."""
        weighted = self.member * weights[:, None]
        normal = weighted.T @ self.member + np.diag(self.ridge + _RIDGE * max(1.0, float(weights.sum())))
        right = weighted.T @ self.y - mixed.T @ solved[:, 0]
        return np.asarray(np.linalg.solve(normal - mixed.T @ solved[:, 1:], right), np.float64)

    def polynomial(self, weights: Times, degree: int) -> tuple[Polynomial, Times]:
        """Return (polynomial of `degree`, offsets) with the least weighted squares."""
        centre, span = float(self.x.mean()), max(float(np.ptp(self.x)), 1.0)
        powers = np.vander((self.x - centre) / span, degree + 1, increasing=True)
        root = np.sqrt(weights)[:, None]
        held = np.hstack([np.zeros((len(self.ridge), degree + 1)), np.diag(np.sqrt(self.ridge))])
        rows = np.vstack([np.hstack([powers, self.member]) * root, held])
        found = np.linalg.lstsq(rows, np.concatenate([self.y * root[:, 0], np.zeros(len(held))]), rcond=None)[0]
        return Polynomial(centre, span, found[: degree + 1]), found[degree + 1 :]


@dataclass(frozen=True, slots=True, eq=False)
class Polynomial:
    """A polynomial in (x − `centre`) / `span`, lowest power first."""

    centre: float
    span: float
    coefficients: Times

    def __call__(self, x: Times) -> Times:
        """Return the curve at `x` [shape as given]."""
        return np.asarray(np.polynomial.polynomial.polyval((x - self.centre) / self.span, self.coefficients))


def _normal(piece: NDArray[np.intp], shares: Times, weights: Times, count: int) -> Times:
    """Return the upper bands of the weighted normal matrix, in the layout of `scipy.linalg.solveh_banded`."""
    bands = np.zeros((_BAND + 1, count))
    for i in range(4):
        for j in range(i, 4):
            bands[_BAND - (j - i)] += np.bincount(piece + j, weights * shares[i] * shares[j], count)
    bands[_BAND] += _RIDGE * max(float(weights.sum()), 1.0) / count
    return bands


def _penalty(count: int, stiffness: float) -> Times:
    """Return the upper bands of `stiffness` · DᵀD, where D takes second differences of the coefficients."""
    bands = np.zeros((_BAND + 1, count))
    second = (1.0, -2.0, 1.0)
    for i in range(3):
        for j in range(i, 3):
            bands[_BAND - (j - i), j : count - 2 + j] += stiffness * second[i] * second[j]
    return bands
