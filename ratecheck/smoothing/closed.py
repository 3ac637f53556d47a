"""Closed forms of E f(x + sigma Z) for the functions that fits are (theory note E)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import final

from ratecheck.charts import CosineChart, TorusChart
from ratecheck.functions import FourierSeries, Function
from ratecheck.interpolation import FirstOrderSpline, PeriodicSpline
from ratecheck.interpolation.markov import MarkovSolver
from ratecheck.kernels import (
    Brownian,
    BrownianPlusOne,
    Kernel,
    NeumannSobolev,
    PeriodicSobolev,
    Scaled,
    Sum,
)
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.operators.markov import SemiseparableExpansion
from ratecheck.smoothing.extension import Extension
from ratecheck.smoothing.kernels import smoothed_kernel
from ratecheck.smoothing.line import SmoothedPiecewiseLinear, smoothed_piecewise_linear
from ratecheck.smoothing.series import (
    band_limit,
    on_circle,
    smoothed_expansion,
    smoothed_series,
)
from ratecheck.types import Array

_STRAIGHT = ("natural", "ambient", "clipped")  # extensions of broken lines that are broken lines


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Total(Function):
    """A sum of functions."""

    parts: tuple[Function, ...]

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (m,)."""
        return reduce(add, (part(X) for part in self.parts))


def as_expansion(f: Function) -> KernelExpansion | None:
    """Return a function as a kernel expansion, or None where it is none."""
    if isinstance(f, FirstOrderSpline) and isinstance(f.kernel, Kernel):
        chain = MarkovSolver.of(f.kernel, f.knots[:, None])
        return KernelExpansion(
            kernel=f.kernel, centres=f.knots[:, None], weights=chain.solve(f.heights).weights
        )
    if isinstance(f, SemiseparableExpansion):
        kernel, X = f.operator.kernel, f.operator.X[f.operator.order]
        assert isinstance(kernel, Kernel)
        return KernelExpansion(kernel=kernel, centres=X, weights=f.weights)
    return f if isinstance(f, KernelExpansion) else None


def closed_form(f: Function, sigma: float, extension: Extension) -> Function | None:
    """Return E f(x + sigma Z) in closed form, or None where none is known."""
    if isinstance(f, FourierSeries):
        return smoothed_series(f, sigma) if _closes(f, extension) else None
    if isinstance(f, PeriodicSpline):
        return closed_form(f.series(band_limit(sigma)), sigma, extension)
    if isinstance(f, SmoothedPiecewiseLinear):
        return f.smoothed(sigma)
    expansion = as_expansion(f)
    return None if expansion is None else _expanded(f, expansion, sigma, extension)


def _expanded(
    f: Function, expansion: KernelExpansion, sigma: float, extension: Extension
) -> Function | None:
    """Smooth the kernel as a whole if it stays a kernel, else term by term."""
    if (whole := _in_smoothed_kernel(expansion, sigma, extension)) is not None:
        return whole
    parts = terms(expansion.kernel)
    if len(parts) == 1 and parts[0][1] == 1.0:  # f itself may know a faster way to its values
        return _term(f, expansion, sigma, extension)
    found = []
    for kernel, factor in parts:
        term = replace(expansion, kernel=kernel, weights=factor * expansion.weights)
        if (smoothed := _term(term, term, sigma, extension)) is None:
            return None
        found.append(smoothed)
    return Total(parts=tuple(found))


def _closes(f: FourierSeries, extension: Extension) -> bool:
    """Tell whether the series, as a function on R, is the extended function."""
    match extension.name:
        case "natural":
            return True
        case "periodic":
            return isinstance(f.chart, TorusChart) and (extension.low, extension.high) == (0, 1)
        case "reflected":
            return f.chart == CosineChart(low=extension.low, high=extension.high)
    return False


def terms(kernel: Kernel) -> list[tuple[Kernel, float]]:
    """Return the kernels and factors of which a kernel is the sum."""
    match kernel:
        case Scaled(kernel=inner, factor=factor):
            return [(k, factor * a) for k, a in terms(inner)]
        case Sum(terms=parts):
            return [pair for part in parts for pair in terms(part)]
    return [(kernel, 1.0)]


def wraps(f: KernelExpansion) -> bool:
    """Tell whether the natural noise of an expansion turns the angle: zonal, on the circle."""
    return on_circle(f.centres) and f.kernel.is_zonal


def _in_smoothed_kernel(
    f: KernelExpansion, sigma: float, extension: Extension
) -> KernelExpansion | None:
    """Return the expansion in the smoothed kernel where the kernel stays a kernel."""
    wrapped = extension.name == "natural" and wraps(f)
    if wrapped or extension.name not in ("natural", "ambient"):
        return None
    kernel = smoothed_kernel(f.kernel, sigma, f.centres.shape[1])
    return None if kernel is None else replace(f, kernel=kernel)


def _term(
    f: Function, expansion: KernelExpansion, sigma: float, extension: Extension
) -> Function | None:
    """Return the smoothed form of f, an expansion in a kernel that is no sum."""
    kernel, centres, weights = expansion.kernel, expansion.centres, expansion.weights
    if extension.name == "natural" or _is_own(kernel, extension):
        series = smoothed_expansion(kernel, centres, weights, sigma)
        if series is not None:
            return series
    if isinstance(kernel, Brownian | BrownianPlusOne) and extension.name in _STRAIGHT:
        return smoothed_piecewise_linear(f, centres[:, 0], weights, sigma, extension)
    return _in_smoothed_kernel(expansion, sigma, extension)


def _is_own(kernel: Kernel, extension: Extension) -> bool:
    """Tell whether the extension is the kernel's natural one under its other name."""
    unit = (extension.low, extension.high) == (0.0, 1.0)
    match kernel:
        case PeriodicSobolev():
            return unit and extension.name == "periodic"
        case NeumannSobolev():
            return unit and extension.name == "reflected"
    return False
