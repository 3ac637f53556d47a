"""E f(x + sigma Z) of a function: its closed form if one is known, and numbers otherwise."""

from __future__ import annotations

from typing import Literal, TypeAlias

from ratecheck import check
from ratecheck.charts import CircleChart, CosineChart
from ratecheck.functions import FourierSeries, Function
from ratecheck.kernels import Brownian, BrownianPlusOne, NeumannSobolev
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.smoothing.closed import as_expansion, closed_form, wraps
from ratecheck.smoothing.extension import Extension
from ratecheck.smoothing.numerical import MonteCarlo, NumericalMean, Quadrature
from ratecheck.types import InputError, UnsupportedError

Method: TypeAlias = Literal["auto"] | Quadrature | MonteCarlo
_LOW_DIMENSION = 2  # up to which quadrature is the cheaper way without a formula


def smooth(
    f: Function,
    sigma: float,
    *,
    extension: Extension | None = None,
    method: Method = "auto",
    dimension: int | None = None,
) -> Function:
    """Return f_s(x) = E f(x + sigma Z), Z standard normal (theory note E).

    Parameters
    ----------
    f : Function
    sigma : float
        Standard deviation of each coordinate of the noise, >= 0; on the circle of the angle, in
        radians (the wrapped normal law).
    extension : Extension, optional
        What f is beyond its domain; natural by default.
    method : "auto", Quadrature or MonteCarlo
        "auto": closed forms where there are any; else quadrature in one and two dimensions, Monte
        Carlo beyond. An object forces numbers even where there is a formula.
    dimension : int, optional
        Columns of the points; needed for "auto" where f does not say it, only to choose between
        quadrature and Monte Carlo.

    Returns
    -------
    Function
        A `NumericalMean`, with ``estimate(X)`` for the errors, where it is no closed form.

    Raises
    ------
    InputError
        Negative sigma, a method that is none.
    UnsupportedError
        Numbers asked for where only a closed form knows the extension (circle, Brownian kernels).
    """
    s, where = check.nonnegative("sigma", sigma), extension or Extension()
    checked_method(method)
    if s == 0:
        return f
    if method == "auto" and (found := closed_form(f, s, where)) is not None:
        return found
    return _numbers(f, s, where, method, dimension)


def checked_method(method: object) -> None:
    """Raise `InputError` for what is no method."""
    if method != "auto" and not isinstance(method, Quadrature | MonteCarlo):
        raise InputError(
            f"method must be 'auto', Quadrature(...) or MonteCarlo(...), got {method!r}"
        )


def _numbers(
    f: Function, sigma: float, extension: Extension, method: Method, dimension: int | None
) -> NumericalMean:
    expansion = as_expansion(f)
    _refuse(f, expansion, extension)
    centres = None if expansion is None else expansion.centres
    columns = centres.shape[1] if centres is not None else dimension or 1
    if method == "auto":
        method = Quadrature() if columns <= _LOW_DIMENSION else MonteCarlo()
    return method.mean(f, sigma, _on_the_line(f, extension), centres)


def _refuse(f: Function, expansion: KernelExpansion | None, extension: Extension) -> None:
    """Raise `UnsupportedError` where f(x + sigma Z) is not what the extension says."""
    series = isinstance(f, FourierSeries) and isinstance(f.chart, CircleChart)
    on_circle = series or (expansion is not None and wraps(expansion))
    if on_circle and (series or extension.name == "natural"):
        raise UnsupportedError(
            "noise that turns the angle of points of the circle is smoothed in closed form only, "
            "and a Fourier series is known on the circle only: use method='auto', or "
            "extension='ambient' with an estimator that has operator='eigh' or 'dense'"
        )
    straight = expansion is not None and isinstance(expansion.kernel, Brownian | BrownianPlusOne)
    if straight and extension.name in ("natural", "ambient"):
        raise UnsupportedError(
            "fits of Brownian kernels go on beyond 0 in closed form only: use method='auto', or "
            "another extension"
        )


def _on_the_line(f: Function, extension: Extension) -> Extension:
    """Return the reflection that "natural" means for functions with zero slope at both ends."""
    if extension.name != "natural":
        return extension
    if isinstance(f, FourierSeries) and isinstance(f.chart, CosineChart):
        return Extension(name="reflected", low=f.chart.low, high=f.chart.high)
    expansion = as_expansion(f)
    if expansion is not None and isinstance(expansion.kernel, NeumannSobolev):
        return Extension(name="reflected")
    return extension
