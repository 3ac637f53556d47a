"""Taylor bounds: exact gradient and Hessian at x, the third derivatives term by term.

For the far centres f(x') - f(x) <= max over the region of g's + s'Hs/2, plus r^3/6 sum_j |w_j|
sup |d^3 K(., y_j)|; near centres, where the kernel has its kink, count with their range. This is
the Lipschitz bound of the expansion carried two orders further: the signs of the weights cancel in
gradient and Hessian, which no bound term by term can see.
"""

from __future__ import annotations

import numpy as np

from ratecheck.risk.attack.cap import Cap
from ratecheck.risk.attack.region import Region
from ratecheck.risk.certificate.frames import Frame, frames
from ratecheck.risk.certificate.interval import terms
from ratecheck.risk.certificate.model import largest
from ratecheck.risk.certificate.ranges import kernel_range
from ratecheck.risk.certificate.reach import euclidean_reach
from ratecheck.risk.certificate.rise import Rise
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, BoolArray

SHARE = 0.5  # a centre is far if its remainder is below this share of its range
_EPS = float(np.finfo(float).eps)
_SAFETY = 1 + 1e-9  # for the rounding of positive bounds


def taylor_rise(fits: Expansion, X: Array, region: Region) -> Rise:
    """Return bounds of f_t(x') - f_t(x) from the second-order model, each (m, T)."""
    reach = region.radius if isinstance(region, Cap) else euclidean_reach(region, X.shape[1])
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # kinks: never far
        parts = frames(fits.kernel, X, fits.centres, region)
    low, high = kernel_range(fits.kernel, X, fits.centres, region)
    here = fits.kernel(X, fits.centres)
    above, below = np.maximum(high - here, 0.0), np.maximum(here - low, 0.0)
    with np.errstate(invalid="ignore"):
        rest = sum((part.third for part in parts), np.zeros_like(here)) * (reach**3 / 6.0)
    far = rest <= SHARE * (above + below)
    near = terms(np.where(far, 0.0, above), np.where(far, 0.0, below), fits.weights)
    size = np.abs(fits.weights)
    with np.errstate(invalid="ignore"):
        lost = _rounding(parts, reach, len(size))
    margin = np.where(far, rest + lost, 0.0) @ size
    up, down = _models(parts, far, fits.weights, region)
    return Rise(up=(up + near.up + margin) * _SAFETY, down=(down + near.down + margin) * _SAFETY)


def _models(
    parts: list[Frame], far: BoolArray, weights: Array, region: Region
) -> tuple[Array, Array]:
    """Return the bounds (m, T) of the quadratic models of f_t and of -f_t."""
    up, down = np.empty((2, len(far), weights.shape[1]))
    for t, w in enumerate(weights.T):
        each = [_derivatives(part, np.where(far, w, 0.0)) for part in parts]
        g = np.sum([slope for slope, _ in each], axis=0)
        H = np.sum([curve for _, curve in each], axis=0)
        up[:, t], down[:, t] = largest(g, H, region), largest(-g, -H, region)
    return up, down


def _derivatives(frame: Frame, W: Array) -> tuple[Array, Array]:
    """Return gradient (m, d) and Hessian (m, d, d) at the points for weights W (m, n)."""
    names = ("on_y", "on_x", "yy", "xy", "xx", "unit")
    a, b, c, h, o, k = (_weighed(W, getattr(frame, name)) for name in names)
    x, y = frame.base, frame.directions
    D = x.shape[1]
    square = (c @ (y[:, :, None] * y[:, None, :]).reshape(len(y), D * D)).reshape(-1, D, D)
    mixed = (h @ y)[:, :, None] * x[:, None, :]
    own = o.sum(axis=1)[:, None, None] * (x[:, :, None] * x[:, None, :])
    H = square + mixed + np.swapaxes(mixed, 1, 2) + own
    H += k.sum(axis=1)[:, None, None] * np.eye(D)
    g = a @ y + b.sum(axis=1, keepdims=True) * x
    return g[:, : frame.columns], H[:, : frame.columns, : frame.columns]


def _weighed(W: Array, part: Array) -> Array:
    """Return the product, 0 where the weight is 0 (the other factor may be infinite there)."""
    return W * np.where(W == 0, 0.0, part)


def _rounding(parts: list[Frame], reach: float, n: int) -> Array:
    """Bound, per unit of weight (m, n), what rounding can do to the model."""
    total = np.zeros_like(parts[0].on_y)
    for part in parts:
        x = np.linalg.norm(part.base, axis=1, keepdims=True)
        y = np.linalg.norm(part.directions, axis=1)
        linear = np.abs(part.on_y) * y + np.abs(part.on_x) * x
        curved = np.abs(part.yy) * y**2 + 2.0 * np.abs(part.xy) * x * y
        curved += np.abs(part.xx) * x**2 + np.abs(part.unit)
        total += reach * linear + 0.5 * reach**2 * curved * part.columns
    return np.asarray((2 * n + 64) * _EPS * total)
