"""The adversarial risk over given points: any functions of one variable, attacks in several."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain, Interval
from ratecheck.risk.bracket import adversarial_bracket
from ratecheck.risk.windows import translated
from ratecheck.types import Array, InputError, UnsupportedError

_NODES = 129  # per window, both ends included: the maximum is within (r/64)^2 max|g''| / 8
_TILE = 2**20  # function values held at once

Values = Callable[[Array], Array]


def adversarial_risk(
    f_hat: Values,
    f: Values,
    X: Array,
    radius: float,
    *,
    domain: Domain | None = None,
    reference: Literal["x", "x'"] = "x",
    norm: float = 2,
) -> float:
    """Return the mean over points x of sup over |x' - x| <= r of (f_hat(x') - f(x))^2.

    Parameters
    ----------
    f_hat, f : callable
        (n, d) -> (n,): a `Function`, or a Python function. In several dimensions f_hat must be a
        kernel expansion: ``path.function(i)`` of a dense operator or of the interpolant.
    X : ndarray, shape (n, d)
        The points x (unit vectors with ``domain=Circle()`` or ``Sphere(d)``).
    radius : float
        r >= 0, in the domain's unit of length.
    domain : Domain, optional
        Torus (windows wrap), circle and sphere (geodesic angle), interval and cube (x' must belong
        to them); the whole space by default.
    reference : {"x", "x'"}
        Compare with f(x), or with f(x') (the localised sup-norm error; theory note B1; in one
        dimension only).
    norm : {2, inf}
        Of x' - x in several dimensions; in one dimension all norms agree.

    Returns
    -------
    float
        In one dimension each supremum is over 129 nodes of its window, refined by the parabola
        through the best three; `Adversarial` integrates over the whole domain with a stated error.
        In several dimensions the value of an attack, a lower bound: `adversarial_bracket` gives
        the upper bound too.

    Raises
    ------
    InputError
        Bad shapes, negative radius, unknown reference.
    UnsupportedError
        In several dimensions: a fit that is no kernel expansion, or ``reference="x'"``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(0, 1, 101)[:, None]
    >>> zero = lambda X: np.zeros(len(X))
    >>> round(adversarial_risk(lambda X: X[:, 0], zero, X, 0.1), 12)
    0.445
    """
    check.choice("reference", reference, ("x", "x'"))
    check.choice("norm", norm, (2, math.inf))
    r = check.nonnegative("radius", radius)
    points = check.points("X", X)
    if _several(points, domain):
        return _attacked(f_hat, f, points, r, domain, reference, norm)
    space = domain or Interval(float(points.min()) - r - 1, float(points.max()) + r + 1)
    step = max(1, _TILE // _NODES)
    losses = [
        _largest(f_hat, f, points[i : i + step], r, space, reference)
        for i in range(0, points.shape[0], step)
    ]
    return float(np.mean(np.concatenate(losses)))


def _several(X: Array, domain: Domain | None) -> bool:
    if domain is not None and not domain.contains(X).all():
        raise InputError(f"X has points outside {domain!r}")
    return (X.shape[1] if domain is None else domain.dimension) > 1


def _attacked(
    f_hat: Values, f: Values, X: Array, r: float, domain: Domain | None, reference: str, norm: float
) -> float:
    if reference != "x":
        raise UnsupportedError(
            'reference="x\'" exists in one dimension only: attacks know no gradient of the target'
        )
    against = _of(f, X)
    found = adversarial_bracket(f_hat, against, X, r, norm=norm, domain=domain, certify=False)
    return float(found.attack[0])


def _largest(f_hat: Values, f: Values, X: Array, r: float, domain: Domain, reference: str) -> Array:
    """Return the largest loss of each window, shape (n,)."""
    if r == 0:
        return np.asarray((_of(f_hat, X) - _of(f, X)) ** 2)
    offsets = np.linspace(-r, r, _NODES)
    nodes = np.concatenate([translated(domain, X, h) for h in offsets])
    values = _of(f_hat, nodes).reshape(_NODES, -1)
    against = _of(f, nodes).reshape(_NODES, -1) if reference == "x'" else _of(f, X)
    error = values - against
    highest, lowest = _refined_maximum(error), _refined_maximum(-error)
    return np.asarray(np.maximum(highest, lowest) ** 2)


def _refined_maximum(values: Array) -> Array:
    """Return the maximum of each column, by the parabola at interior maxima, shape (n,)."""
    best = np.argmax(values, axis=0)
    columns = np.arange(values.shape[1])
    middle = values[best, columns]
    inner = np.clip(best, 1, values.shape[0] - 2)
    left, centre, right = (values[inner + k, columns] for k in (-1, 0, 1))
    bend = left - 2 * centre + right
    safe = np.where(bend < 0, bend, -1.0)
    peak = centre - (right - left) ** 2 / (8 * safe)
    # only where the vertex lies within half a step of the best node
    resolved = (best == inner) & (bend < 0) & (np.abs(right - left) < -bend)
    return np.asarray(np.where(resolved, np.maximum(peak, middle), middle))


def _of(g: Values, X: Array) -> Array:
    values = np.asarray(g(X), dtype=np.float64)
    if values.shape != (X.shape[0],):
        raise InputError(f"a function must return shape ({X.shape[0]},), got {values.shape}")
    return check.finite("function values", values)
