"""Kernels on the cube [-1, 1]^d and on balls: eigenvalues, and the risk of early stopping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.domains import Cube, Domain
from ratecheck.estimators import GradientFlow
from ratecheck.functions import Function
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.types import Array, InputError, Status

EIGENVALUE: Final = "eigenvalue"
RISK: Final = "clean risk"
STOPPED, BEST = "theoretical time", "best time"


def fraction(part: int) -> str:
    """Return the name of the series of the eigenvalue with index n / part."""
    return f"i = n/{part}"


def centred(domain: Domain, n: int, rng: np.random.Generator) -> Array:
    """Return n uniform points (n, d); those of the cube on [-1, 1]^d."""
    X = domain.design(n, rng)
    return 2.0 * X - 1.0 if isinstance(domain, Cube) else X


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class GramSpectrum(Measurement):
    """Eigenvalues of K/n at the indices n/part; the abscissa is n, a multiple of every part.

    Where the population's eigenvalues follow i^-a with a > 1, those of the matrix at i = n/part
    follow n^-a with a constant of their own: their error is a fixed share, since what the other
    directions add, about the sum of the eigenvalues beyond n divided by n, is of the same order
    (derived here, in outline).
    """

    kernel: Kernel
    domain: Domain
    parts: tuple[int, ...]

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return one eigenvalue for each part."""
        X = centred(self.domain, size, streams("design"))
        values = sl.eigvalsh(self.kernel(X, X) / size)[::-1]
        return [
            Reading(series=fraction(p), quantity=EIGENVALUE, value=float(values[size // p - 1]))
            for p in self.parts
        ]


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class KinkRate(Measurement):
    """Clean risk of gradient flow on sums of the kernel's own functions; the abscissa is n.

    The target is f = c sum_j w_j (K(., z_j) - mean), z_j uniform, w_j random signs, scaled to mean
    0 and mean square 1. Its coefficients in the eigenfunctions have squares of order lambda_i^2,
    whatever the number of terms: for a kernel with lambda_i ~ i^{-(d+1)/d} those of a function that
    is just of smoothness s = d/2 + 1 (as is |x - z|, the kink of the kernel, in R^d). Then bias and
    variance at time t are of order t^{-2s/(d+1)} and t^{d/(d+1)}/n, and t of order
    n^{(d+1)/(2s+d)} = n^{1/2} balances them at n^{-2s/(2s+d)} = n^{-(d+2)/(2d+2)} (derived here).
    The subtracted constant is smooth.

    Parameters
    ----------
    kernel : Kernel
    domain : Domain
    sigma : float
        Standard deviation of the Gaussian noise.
    first, start : float, int
        The time is first (n / start)^{1/2}.
    terms, tests : int
        Terms of the target, and test points (the mean square of f is taken on them).
    decades : float
        The best time is sought as far from the theoretical one, to both sides.
    """

    kernel: Kernel
    domain: Domain
    sigma: float
    first: float
    start: int
    terms: int = 64
    tests: int = 2000
    decades: float = 1.0

    def __post_init__(self) -> None:
        """Validate the numbers."""
        for name in ("sigma", "first", "decades"):
            check.positive(name, getattr(self, name))
        for name in ("start", "terms", "tests"):
            check.integer(name, getattr(self, name), low=1)
        if self.tests < 2 * self.terms:
            raise InputError(f"tests must be at least twice the terms, got {self.tests}")

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the risk at the theoretical time and at the best of the grid."""
        design = streams("design")
        X, Z = (centred(self.domain, m, design) for m in (size, self.tests))
        f, (shift, scale) = self._target(streams("target"), Z)
        truth = (f(Z) - shift) * scale
        y = (f(X) - shift) * scale + self.sigma * streams("noise").standard_normal(size)
        times = self.first * (size / self.start) ** 0.5 * self._grid
        flow = GradientFlow(tolerance=1e-6)
        path = flow.path(flow.prepare(self.kernel, X), y, times)
        risks = np.mean((flow.predict(path, Z) - truth) ** 2, axis=1)
        here, best = times.size // 2, int(risks.argmin())
        at_edge = Status.EDGE_LOW if best == 0 else Status.EDGE_HIGH
        inside = 0 < best < times.size - 1
        return [
            self._reading(STOPPED, risks[here], times[here], path.status[here]),
            self._reading(BEST, risks[best], times[best], path.status[best] if inside else at_edge),
        ]

    @property
    def _grid(self) -> Array:
        return np.logspace(-self.decades, self.decades, 2 * round(10 * self.decades) + 1)

    def _target(self, rng: np.random.Generator, Z: Array) -> tuple[Function, tuple[float, float]]:
        centres = centred(self.domain, self.terms, rng)
        signs = np.where(rng.random(self.terms) < 0.5, -1.0, 1.0)
        f = KernelExpansion(kernel=self.kernel, centres=centres, weights=signs)
        values = f(Z)
        return f, (float(values.mean()), float(1 / values.std()))

    def _reading(self, series: str, risk: float, time: float, status: Status) -> Reading:
        return Reading(
            series=series, quantity=RISK, value=float(risk), time=float(time), status=status
        )
