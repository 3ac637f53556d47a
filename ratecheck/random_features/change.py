r"""How much a fitted function really changes in a ball: an attack, and a certificate above it.

The sensitivity S predicts a change of r ||grad f(z)|| at radius r. The attack climbs |f - f(z)| by
projected gradient ascent: a lower bound of the change. Taylor's theorem gives an upper one,

.. math:: |f(z + \delta) - f(z)| \le r \|\nabla f(z)\|
          + \tfrac{r^2}{2} \sup_{\|\delta\| \le r} \|\nabla^2 f(z + \delta)\|,

and for a quadratic f (activation x^2) the maximum is known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.random_features.finite import FeatureFunction
from ratecheck.random_features.trust_region import largest_on_sphere_or_inside
from ratecheck.risk.attack.ascent import ascend
from ratecheck.risk.attack.balls import EuclideanBall
from ratecheck.types import Array, UnsupportedError

# sup |phi''| and sup |phi'''| over the line
BENDS: Final[dict[str, tuple[float, float]]] = {
    "tanh": (4.0 / 27.0**0.5, 2.0),
    "erf": ((8.0 / (np.pi * np.e)) ** 0.5, 4.0 / np.pi**0.5),
    "cos": (1.0, 1.0),
    "softplus": (0.25, 1.0 / 108.0**0.5),
    "square": (2.0, 0.0),
}
_STEPS: Final = 40
_RANDOM_STARTS: Final = 2


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Change:
    """The largest |f(z') - f(z)| over ||z' - z|| <= r, bracketed.

    Attributes
    ----------
    linear : ndarray, shape (m,)
        r ||grad f(z)||.
    found, certified : ndarray, shape (m,)
        Lower bound by an attack, upper bound by Taylor's theorem or exact.
    """

    linear: Array
    found: Array
    certified: Array


def largest_change(f: FeatureFunction, z: Array, radius: float, rng: np.random.Generator) -> Change:
    """Bracket the largest change of f in the ball of a radius around each test point z (m, d).

    Parameters
    ----------
    f : FeatureFunction
    z : ndarray, shape (m, d)
    radius : float
    rng : numpy.random.Generator
        Of random starts of the attack.

    Raises
    ------
    UnsupportedError
        For activations without known bounds on phi'' and phi''' (`BENDS`).
    """
    points = check.points("z", z, dimension=f.weights.shape[0])
    r = check.positive("radius", radius)
    if f.activation.name not in BENDS:
        raise UnsupportedError(
            f"no certificate for {f.activation.name!r}: known are {', '.join(BENDS)}"
        )
    gradients = f.gradient(points)
    linear = r * np.linalg.norm(gradients, axis=1)
    found = _attacked(f, points, gradients, r, rng)
    if f.activation.name == "square":
        certified = _exact(hessian_of_square(f), gradients, r)
    else:
        certified = linear + 0.5 * r * r * curvature_bound(f, points, r)
    return Change(linear=linear, found=found, certified=np.maximum(certified, found))


def _attacked(
    f: FeatureFunction, z: Array, gradients: Array, r: float, rng: np.random.Generator
) -> Array:
    """Return the best of ascents of f - f(z) and f(z) - f from a few starts, (m,)."""
    region, at_z = EuclideanBall(radius=r), f(z)
    best = np.zeros(len(z))
    for sign in (1.0, -1.0):

        def objective(points: Array, sign: float = sign) -> tuple[Array, Array]:
            values, slopes = f.with_gradient(points)
            return sign * (values - at_z), sign * slopes

        ahead = z + r * region.direction(z, sign * gradients)
        starts = [ahead, *(region.draw(z, rng) for _ in range(_RANDOM_STARTS))]
        for start in starts:
            values = ascend(objective, start, z, region, _STEPS, 2.0 * r)[1]
            best = np.maximum(best, values)
    return best


def hessian_of_square(f: FeatureFunction) -> Array:
    """Return the constant Hessian (d, d) of a fit with activation x^2."""
    if f.features.order == 0:
        return np.asarray(2.0 * (f.weights * f.theta) @ f.weights.T)
    half = 2.0 * f.theta @ f.weights.T
    return np.asarray(half + half.T)


def _exact(H: Array, gradients: Array, r: float) -> Array:
    """Return max |g.delta + delta.H delta / 2| over the ball for each gradient g, (m,)."""
    values, vectors = sl.eigh(H)
    rotated = gradients @ vectors
    up = [largest_on_sphere_or_inside(values, g, r) for g in rotated]
    down = [largest_on_sphere_or_inside(-values[::-1], -g[::-1], r) for g in rotated]
    return np.maximum(up, down)


def curvature_bound(f: FeatureFunction, z: Array, r: float) -> Array:
    """Return an upper bound of the norm of the Hessian over the ball around each z, (m,).

    Random features: the Hessian is W diag(theta phi'') W^T, between plus and minus
    sup|phi''| W diag|theta| W^T. Tangent features: sum_w phi''(w.x) (theta_w w^T + w theta_w^T)
    + phi'''(w.x) <theta_w, x> w w^T; the first part is bounded by u v^T + v u^T <= c u u^T +
    v v^T / c with c = |v|/|u|, the second by |<theta_w, x>| <= |<theta_w, z>| + r |theta_w|.
    """
    second, third = BENDS[f.activation.name]
    W = f.weights
    if f.features.order == 0:
        return np.full(len(z), second * _largest((W * np.abs(f.theta)) @ W.T))
    lengths, sizes = (np.linalg.norm(A, axis=0) for A in (W, f.theta))
    ratio = np.where(lengths > 0, sizes / np.where(lengths > 0, lengths, 1.0), 0.0)
    inverse = np.where(ratio > 0, 1.0 / np.where(ratio > 0, ratio, 1.0), 0.0)
    fixed = second * ((W * ratio) @ W.T + (f.theta * inverse) @ f.theta.T)
    reach = np.abs(z @ f.theta) + r * sizes  # (m, k)
    return np.array([_largest(fixed + third * (W * row) @ W.T) for row in reach])


def _largest(matrix: Array) -> float:
    n = len(matrix) - 1
    return float(sl.eigh(matrix, eigvals_only=True, subset_by_index=(n, n))[0])
