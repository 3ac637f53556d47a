"""Ritz decompositions: every filter at every time from one small eigenproblem.

Two routes lead to one: rational Krylov vectors (D T + lam)^{-1} D Y of the flow f' = D (Y - T f)
of a fit's coefficients, where the matrix T is close to a multiple of the identity; and Lanczos,
compressed by rational Krylov vectors of its tridiagonal matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.linalg as sl

from ratecheck.numerics.conjugate import conjugate_gradients
from ratecheck.numerics.lanczos import Tridiagonal, solve_tridiagonal
from ratecheck.types import Array

Apply = Callable[[Array], Array]
Weigh = Callable[[Array], Array]
_ROUNDING = 1e-9  # of ||y||_n: what nearly dependent Krylov vectors leave, measured
_SAFETY = 4.0  # residual maxima between grid times; filters other than gradient flow
_NARROW = 64.0  # times that span less need poles below them: a late fit feels all eigenvalues
_REACH = 1e6  # how far below; farther poles change nothing in double precision


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Coarse:
    """Ritz values (c,) and loadings (c,) of a subspace, and its vectors (r, c) in the larger."""

    values: Array
    drive: Array
    mix: Array


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Ritz:
    """A reduced spectral decomposition of one data set.

    Coordinates of the fit at time t: ``vectors @ (weight(values, t) * amplitudes)``; its
    empirical loadings on orthonormal functions: ``weight(values, t) * drive``.

    Attributes
    ----------
    values : ndarray, shape (r,)
        Ritz values of K/n.
    vectors : ndarray, shape (N, r)
    amplitudes, drive, overlaps : ndarray, shape (r,)
        ``overlaps`` are the empirical inner products of y with the orthonormal functions.
    energy : float
        ||y||_n^2.
    defect : ndarray, shape (r, r)
        Squared norm of the flow's residual at h = weight * amplitudes is h^T defect h.
    order : float
        A flow residual of size e lasting t costs e t^order in the empirical norm of the fit.
    converged : bool
        Whether all inner iterations met their tolerance.
    coarse : Coarse or None
        The decomposition from every other pole, for a second estimate of the error.
    """

    values: Array
    vectors: Array
    amplitudes: Array
    drive: Array
    overlaps: Array
    energy: float
    defect: Array
    order: float
    converged: bool
    coarse: Coarse | None = None

    def errors(self, weigh: Weigh, times: Array) -> Array:
        """Return stated errors of the fits in the empirical norm, shape (T,).

        The smaller of two: the bound below, and the distance to the fit from half of the poles
        (whose error is far larger than that of all, since convergence in poles is geometric).
        ``weigh`` maps values (r,) to filter weights (T, r) at the times.
        """
        error = self._bound(weigh(self.values), times)
        if self.coarse is not None:
            fine = weigh(self.values) * self.drive
            coarse = (weigh(self.coarse.values) * self.coarse.drive) @ self.coarse.mix.T
            error = np.minimum(error, np.linalg.norm(fine - coarse, axis=1))
        return np.asarray(error + self.rounding(times))

    def rounding(self, times: Array) -> Array:
        """Return the part (T,) of the stated errors that no tolerance can lower."""
        rounding = _ROUNDING + 4 * np.finfo(float).eps * self._top * times
        return np.asarray(rounding * np.sqrt(self.energy))

    @property
    def complete(self) -> bool:
        """Whether no direction is left out: all eigenpairs, not a Krylov space."""
        return bool(self.vectors.shape[0] == self.vectors.shape[1])

    def refined(self, times: Array) -> Array:
        """Return the times (T',) with more of them from 1 / (largest value) on, ratio at most 2.

        The bound on the error integrates residuals over training, which a few late times do not
        show.
        """
        start = min(float(times[0]), 1.0 / self._top)
        knots = np.append(start, times)
        gaps = [
            np.geomspace(a, b, 1 + int(np.ceil(np.log2(b / a))))[1:-1]
            for a, b in pairwise(knots)
            if b > 2 * a * (1 + 1e-9)
        ]
        return np.unique(np.concatenate([times, *gaps]))

    @property
    def _top(self) -> float:
        return float(np.abs(self.values).max())

    def _bound(self, weights: Array, times: Array) -> Array:
        """Bound ||fit - exact fit||_n for gradient flow by its residual.

        The exact flow contracts, so the error at t is at most the integral over u < t of the
        residual at u times sup_mu mu^{1 - order} e^{-(t - u) mu}: one for residuals of the fit
        itself (order 1), ((1 - order) / (e (t - u)))^{1 - order} for residuals met before a
        root of the operator (order 1/2) or before the operator (order 0). The integral is
        bounded piecewise by the larger end value of each interval of the time grid.
        """
        h = weights * self.amplitudes
        size = np.sqrt(np.maximum(np.einsum("ti,ti->t", h @ self.defect, h), 0.0))
        largest = np.maximum(size, np.concatenate([size[:1], size[:-1]]))
        starts = np.concatenate([[0.0], times[:-1]])
        near = np.maximum(times[:, None] - times, 0.0)
        far = np.maximum(times[:, None] - starts, 0.0)
        top = self._top
        kernel = _decay_integral(far, self.order, top) - _decay_integral(near, self.order, top)
        return np.asarray(_SAFETY * (kernel @ largest))


def _decay_integral(u: Array, order: float, top: float) -> Array:
    """Return the integral over [0, u] of sup over mu <= top of mu^{1-order} e^{-v mu}."""
    if order == 1.0:
        return u
    q = 1 - order
    knee = q / top  # before it the supremum is at mu = top, bounded by top^q
    flat = top**q * np.minimum(u, knee)
    ratio = np.maximum(u, knee) / knee
    if q == 1.0:
        return np.asarray(flat + np.log(ratio) / np.e)
    return np.asarray(flat + (q / np.e) ** q * knee ** (1 - q) * (ratio ** (1 - q) - 1) / (1 - q))


def poles(t_low: float, t_high: float, ratio: float) -> Array:
    """Return decreasing shifts from above 1/t_low to below 1/t_high with at most that ratio.

    Where the times span less than a factor 64, the shifts reach further up: alone, poles near one
    late time leave errors of a per cent.
    """
    if t_high < _NARROW * t_low:
        t_low = t_high / _REACH
    low, high = np.log(0.2 / t_high), np.log(2.0 / t_low)
    count = max(2, int(np.ceil((high - low) / np.log(ratio))) + 1)
    return np.exp(np.linspace(high, low, count))


def independent(columns: Array, *, floor: float = 1e-14) -> Array:
    """Return an orthonormal basis (N, r) of the numerical span of the columns (N, p)."""
    scaled = columns / np.linalg.norm(columns, axis=0)
    q, r, _ = sl.qr(scaled, mode="economic", pivoting=True, check_finite=False)
    return np.asarray(q[:, np.abs(np.diag(r)) > floor])


def rational_ritz(
    prior: Array, multiply: Apply, data: Array, energy: float, bound: float, shifts: Array,
    *, tolerance: float,
) -> Ritz:  # fmt: skip
    """Return the Ritz decomposition of f' = D (Y - T f), T near a multiple of the identity.

    Parameters
    ----------
    prior : ndarray, shape (N,)
        The diagonal of D: kernel coefficients.
    multiply : callable
        v -> T v.
    data : ndarray, shape (N,)
        Y.
    energy, bound : float
        ||y||_n^2; an upper bound on ||T||.
    shifts : ndarray, shape (p,)
        The poles.
    tolerance : float
        Relative tolerance of the inner conjugate gradients.
    """
    root = np.sqrt(prior)
    right = root * data
    solved = [_resolvent(root, prior, multiply, right, lam, tolerance) for lam in shifts]
    columns = np.stack([prior * data] + [root * x for x, _ in solved], axis=1)
    basis = independent(columns)
    images = np.stack([multiply(q) for q in np.ascontiguousarray(basis.T)], axis=1)
    gram, stiffness = basis.T @ images, images.T @ (prior[:, None] * images)
    values, u = sl.eigh((stiffness + stiffness.T) / 2, (gram + gram.T) / 2, check_finite=False)
    vectors = basis @ u
    drive = u.T @ (images.T @ (prior * data))
    flaw = prior[:, None] * (images @ u) - vectors * values
    every_other = independent(u.T @ (images.T @ columns[:, ::2]))
    coarse = _coarse(values, drive, every_other)
    return Ritz(
        values=values, vectors=vectors, amplitudes=drive, drive=drive, overlaps=vectors.T @ data,
        energy=energy, defect=bound * (flaw.T @ flaw), order=1.0,
        converged=all(done for _, done in solved), coarse=coarse,
    )  # fmt: skip


def _coarse(values: Array, drive: Array, basis: Array) -> Coarse:
    """Project the decomposition on the span of orthonormal columns (r, c)."""
    coarse_values, u = sl.eigh(basis.T @ (values[:, None] * basis), check_finite=False)
    mix = basis @ u
    return Coarse(values=coarse_values, drive=mix.T @ drive, mix=mix)


def _resolvent(
    root: Array, prior: Array, multiply: Apply, right: Array, lam: float, tolerance: float
) -> tuple[Array, bool]:
    """Solve (D^{1/2} T D^{1/2} + lam) x = D^{1/2} Y, preconditioned by (D + lam)^{-1}."""

    def apply(v: Array) -> Array:
        w = multiply(root * v)
        w *= root
        w += lam * v
        return w

    return conjugate_gradients(apply, right, 1 / (prior + lam), tolerance=tolerance)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Compressed:
    """Ritz values (r,), vectors (N, r), loadings of b (r,) and defect (r, r) of a Lanczos run."""

    values: Array
    vectors: Array
    loadings: Array
    defect: Array


def compress(run: Tridiagonal, shifts: Array) -> Compressed:
    """Reduce a long Lanczos run to the rational Krylov space of its tridiagonal matrix.

    The full eigenproblem of T costs m^2 to m^3; the filters need only the span of the vectors
    (T + lam)^{-1} e_1 over the poles, each one tridiagonal solve.
    """
    e = np.zeros(run.diagonal.size)
    e[0] = 1.0
    solve = [solve_tridiagonal(run.diagonal + lam, run.off_diagonal, e) for lam in shifts]
    basis = independent(np.stack([e, *solve], axis=1))
    images = _times_tridiagonal(run, basis)
    values, u = sl.eigh(basis.T @ images, check_finite=False)
    values = np.maximum(values, 0.0)  # of a positive semi-definite operator, up to rounding
    mixed = basis @ u
    flaw = images @ u - mixed * values
    defect = flaw.T @ flaw + run.coupling**2 * np.multiply.outer(mixed[-1], mixed[-1])
    return Compressed(
        values=values, vectors=run.basis @ mixed, loadings=run.norm * mixed[0], defect=defect
    )


def _times_tridiagonal(run: Tridiagonal, v: Array) -> Array:
    out = run.diagonal[:, None] * v
    out[:-1] += run.off_diagonal[:, None] * v[1:]
    out[1:] += run.off_diagonal[:, None] * v[:-1]
    return out
