"""The adversarial risk: exact up to a stated grid error in one dimension, bracketed beyond."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain, Sphere, Torus
from ratecheck.functions import Function
from ratecheck.interpolation.recognise import monotone_form
from ratecheck.risk.balls_nd import ball_risks
from ratecheck.risk.base import Risk, RiskValue, one_dimensional
from ratecheck.risk.caps import cap_risks
from ratecheck.risk.monotone import has_exact_windows, monotone_risks
from ratecheck.risk.resolution import first_grid
from ratecheck.risk.windows import Sampled, sampled
from ratecheck.schedules import Power
from ratecheck.types import Array, UnsupportedError

RELATIVE_ERROR = 5e-3  # of the risk: far below any Monte Carlo error; the grid doubles until met
_LARGEST_GRID = 3 * 2**17

Radius = float | Callable[[int], float]
Evaluate = Callable[[Function, Function, Domain, tuple[float, ...], str], list[RiskValue]]

#: What evaluates the risk on domains of more than one dimension.
SEVERAL_DIMENSIONS: dict[type[Domain], Evaluate] = {Sphere: cap_risks, Torus: ball_risks}


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Adversarial(Risk):
    """R_r = E_x sup over |x' - x| <= r of (f_hat(x') - f(x))^2, x uniform.

    With ``reference="x'"`` the loss is (f_hat(x') - f(x'))^2, the localised sup-norm error
    (theory note B1). Distances: the coordinate on torus and interval, the angle on the circle and
    on the sphere; on an interval the window is cut at the ends.

    Parameters
    ----------
    radius : float or schedule
        r >= 0, or a schedule n -> r.
    norm : {2, inf}
        In one dimension all norms agree; beyond, only 2 is supported.
    reference : {"x", "x'"}

    Raises
    ------
    InputError
        Negative or infinite radius, unknown reference.
    """

    radius: Radius
    norm: float = 2
    reference: Literal["x", "x'"] = "x"

    def __post_init__(self) -> None:
        """Validate what can be validated before a sample size is known."""
        check.choice("reference", self.reference, ("x", "x'"))
        check.choice("norm", self.norm, (2, math.inf))
        if not callable(self.radius):
            check.nonnegative("radius", self.radius)

    @property
    def name(self) -> str:
        """The name with the radius rule, such as ``adversarial(r=0.1 n^-0.5)``."""
        variant = "" if self.reference == "x" else ", x'"
        return f"adversarial(r={_text(self.radius)}{variant})"

    def radius_at(self, n: int) -> float:
        """Return r at sample size n."""
        r = self.radius(n) if callable(self.radius) else self.radius
        return check.nonnegative("radius", r)

    def admit(self, domain: Domain) -> None:
        """Raise `UnsupportedError` for balls of another norm where norms differ."""
        if domain.dimension > 1 and self.norm != 2:
            raise UnsupportedError(
                f"suprema on {domain!r} are over Euclidean (geodesic) balls, got "
                f"norm={self.norm}: use norm=2, or adversarial_bracket at points"
            )

    def evaluate(self, f_hat: Function, f: Function, domain: Domain, n: int) -> RiskValue:
        """Return R_r; the grid doubles until the stated error is below 0.5 % of the risk."""
        self.admit(domain)
        return adversarial_risks(f_hat, f, domain, (self.radius_at(n),), self.reference)[0]


def _text(radius: Radius) -> str:
    if isinstance(radius, Power):
        return f"{radius.c:.4g} n^{radius.exponent:.4g}"
    return f"{radius:.4g}" if isinstance(radius, float | int) else repr(radius)


def adversarial_risks(
    f_hat: Function, f: Function, domain: Domain, radii: tuple[float, ...], reference: str = "x"
) -> list[RiskValue]:
    """Return R_r at several radii from one sampling of the fit and the target.

    Parameters
    ----------
    f_hat, f : Function
    domain : Domain
        One-dimensional, or one of `SEVERAL_DIMENSIONS`.
    radii : tuple of float
        In the unit of length of the domain.
    reference : {"x", "x'"}
        What the target is evaluated at.
    """
    if domain.dimension > 1 and (evaluate := SEVERAL_DIMENSIONS.get(type(domain))):
        return evaluate(f_hat, f, domain, radii, reference)
    one_dimensional(domain)
    exact = monotone_form(f_hat) if reference == "x" else None
    if exact is not None and has_exact_windows(exact, domain):
        return monotone_risks(exact, f, domain, radii)
    size = min(first_grid(f_hat, f, reference), _LARGEST_GRID)
    while True:
        values = _on_grid(f_hat, f, domain, radii, reference, size)
        worst = max(v.error / v.value if v.value else 0.0 for v in values)
        if worst <= RELATIVE_ERROR or size >= _LARGEST_GRID:
            return values
        size *= 2


def _on_grid(
    f_hat: Function,
    f: Function,
    domain: Domain,
    radii: tuple[float, ...],
    reference: str,
    size: int,
) -> list[RiskValue]:
    fit = sampled(f_hat, domain, size)
    target = sampled(f, domain, size)
    if reference == "x":
        return [_risk(fit, target.values, r) for r in radii]
    error = Sampled(
        values=fit.values - target.values,
        shifted=lambda r: _difference(fit.shifted(r), target.shifted(r)),
        domain=domain,
    )
    return [_risk(error, np.zeros(size), r) for r in radii]


def _difference(a: tuple[Array, Array], b: tuple[Array, Array]) -> tuple[Array, Array]:
    return a[0] - b[0], a[1] - b[1]


def _risk(fit: Sampled, target: Array, radius: float) -> RiskValue:
    if radius == 0:
        return _mean((fit.values - target) ** 2, 0.0)
    high, low = fit.extremes(radius)
    worst = np.maximum(high - target, target - low)  # both are >= |fit - target| >= 0 somewhere
    slack = fit.overshoot()
    return _mean(worst**2, slack * (2 * float(np.mean(worst)) + slack))


def _mean(loss: Array, grid_error: float) -> RiskValue:
    """Return the mean of the loss over the nodes, with how far the means of its quarters spread.

    (Of four subgrids, that all agree with the mean by accident is far less likely than of two.)
    """
    quarters = loss.reshape(-1, 4).mean(axis=0)
    value = float(quarters.mean())
    return RiskValue(value=value, error=grid_error + float(np.abs(quarters - value).max()))
