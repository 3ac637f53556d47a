"""The clean risk: mean squared error, by Parseval where both sides are Fourier series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.domains import Domain
from ratecheck.functions import FourierSeries, Function
from ratecheck.harmonics import HarmonicSeries
from ratecheck.interpolation.pieces import PiecewiseMonotone
from ratecheck.numerics.toeplitz import pack
from ratecheck.operators import FourierGram, SphereGram, TorusGram
from ratecheck.operators.torus import pack as pack_box
from ratecheck.path import Path
from ratecheck.risk.base import Risk, RiskValue, midpoints
from ratecheck.risk.monotone import has_exact_windows, monotone_risks
from ratecheck.torus_series import TorusSeries
from ratecheck.types import Array, ComplexArray


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Clean(Risk):
    """R_0 = E_x (f_hat(x) - f(x))^2, x uniform."""

    @property
    def name(self) -> str:
        """Always "clean"."""
        return "clean"

    def radius_at(self, n: int) -> float:
        """Return 0."""
        return 0.0

    def evaluate(self, f_hat: Function, f: Function, domain: Domain, n: int) -> RiskValue:
        """Return R_0: exact for two series of a closed domain, else by quadrature (d = 1)."""
        if isinstance(f_hat, HarmonicSeries) and isinstance(f, HarmonicSeries):
            return RiskValue(value=f_hat.minus(f).mean_square(), error=0.0)
        if isinstance(f_hat, TorusSeries) and isinstance(f, TorusSeries):
            return RiskValue(value=f_hat.minus(f).mean_square(), error=0.0)
        if _is_own(f_hat, domain) and _is_own(f, domain):
            assert isinstance(f_hat, FourierSeries)
            assert isinstance(f, FourierSeries)
            size = max(f_hat.band, f.band) + 1
            difference = _padded(f_hat.coefficients, size) - _padded(f.coefficients, size)
            value = FourierSeries(coefficients=difference, chart=f.chart).mean_square()
            return RiskValue(value=value, error=0.0)
        if isinstance(f_hat, PiecewiseMonotone) and has_exact_windows(f_hat, domain):
            return monotone_risks(f_hat, f, domain, (0.0,))[0]
        X = midpoints(domain)
        square = (f_hat(X) - f(X)) ** 2
        value = float(square.mean())
        return RiskValue(value=value, error=abs(value - float(square[::2].mean())))


def clean_risks(path: Path, f: Function, domain: Domain) -> Array:
    """Return R_0 of every fit of a path, shape (T,)."""
    operator = path.operator
    if isinstance(operator, FourierGram) and operator.chart == domain.chart and _is_own(f, domain):
        assert isinstance(f, FourierSeries)
        target = pack(_padded(f.coefficients, max(f.band + 1, path.coordinates.shape[0] // 2)))
        return _by_coordinates(path.coordinates, target)
    if isinstance(operator, SphereGram) and isinstance(f, HarmonicSeries):
        return _by_coordinates(path.coordinates, f.coefficients)
    if isinstance(operator, TorusGram) and isinstance(f, TorusSeries):
        target = pack_box(f.within(operator.function(path.coordinates[:, 0]).band))
        beyond = max(f.mean_square() - float(target @ target), 0.0)
        return _by_coordinates(path.coordinates, target) + beyond
    X = midpoints(domain)
    return np.asarray(np.mean((operator.predict(path.coordinates, X) - f(X)) ** 2, axis=1))


def _by_coordinates(fits: Array, target: Array) -> Array:
    """Return squared distances (T,) of fits (N, T) to a target in one orthonormal basis."""
    count = min(fits.shape[0], target.size)
    inside = np.sum((fits[:count] - target[:count, None]) ** 2, axis=0)
    beyond = np.sum(fits[count:] ** 2, axis=0) + float(np.sum(target[count:] ** 2))
    return np.asarray(inside + beyond)


def _is_own(g: Function, domain: Domain) -> bool:
    """Return whether the mean square of g over the domain is the sum of its coefficients'.

    On an interval the chart covers half a circle, where sines and cosines are not orthogonal.
    """
    if not isinstance(g, FourierSeries) or g.offset or not domain.periodic:
        return False
    return g.chart == domain.chart


def _padded(c: ComplexArray, size: int) -> ComplexArray:
    return np.concatenate([c, np.zeros(size - c.size)])
