"""Which operator applies K/n fastest for a kernel and a design."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

import numpy as np

from ratecheck import check
from ratecheck.charts import ArctanChart, Chart, CircleChart, TorusChart
from ratecheck.harmonics import on_sphere
from ratecheck.kernels import NTK, Kernel, LiftedNTK, PeriodicSobolev, TorusSobolev
from ratecheck.numerics import spherical
from ratecheck.operators.base import GramOperator, Spectrum
from ratecheck.operators.fourier import FourierGram
from ratecheck.operators.markov import FirstOrder, MarkovGram, Semiseparable, factors
from ratecheck.operators.normal import HIGHEST_BAND
from ratecheck.operators.nystrom import NystromGram, default_rank
from ratecheck.operators.points import EIGH_UP_TO, BlockedGram, DenseGram
from ratecheck.operators.sphere import SphereGram
from ratecheck.operators.torus import TorusGram, on_torus
from ratecheck.spectra import circle_coefficients
from ratecheck.spectra.degrees import degree_eigenvalues
from ratecheck.types import Array, InputError, UnsupportedError

OperatorName = Literal["auto", "eigh", "dense", "blocked", "fourier", "markov", "sphere", "nystrom"]
DENSE_UP_TO = 6000  # n^2 doubles: 288 MB
BLOCKED_UP_TO = 30_000  # beyond it each application of K computes 10^9 kernel values
FOURIER_FROM = 64  # below it the band limit would cost more than the exact eigenproblem
HIGHEST_FREQUENCY = 2**17


def gram_operator(
    kernel: Kernel, X: Array, name: OperatorName = "auto", population: Spectrum | None = None
) -> GramOperator:
    """Return the operator K/n of a design.

    Parameters
    ----------
    kernel : Kernel
    X : ndarray, shape (n, d)
    name : str
        "auto" picks the Fourier operator where the kernel is stationary in a chart (and for
        `TorusSobolev` beyond n = 1500), the exact eigenproblem for small n, prefix sums for
        semiseparable kernels on the line, harmonics for
        zonal kernels on S^2 (with the extra ``sphere``) from n = 1500 and on S^3 to S^5 from
        n = 6000, the dense matrix up to n = 6000, matrix-free tiles up to n = 30 000 and landmarks
        beyond, whose error is stated and flagged. The other names force one operator.
    population : Spectrum, optional
        Spectrum of the integral operator of the design's law, if it is known.

    Raises
    ------
    InputError
        Unknown name, or points that the kernel does not admit.
    UnsupportedError
        If the forced operator does not apply to the kernel.
    MissingExtraError
        If the operator on S^2 is forced and ducc0 is absent.
    """
    check.choice("operator", name, get_args(OperatorName))
    X = check.points("X", X)
    kernel.diagonal(X[:1])  # raises for points outside the kernel's domain, before any work
    if name == "auto":
        name = fastest(kernel, X, len(X))
    if name == "fourier":
        return _fourier(kernel, X, population)
    if name == "markov":
        if not _is_semiseparable(kernel, X):
            raise UnsupportedError(f"{kernel!r} is not semiseparable: use operator='auto'")
        assert isinstance(kernel, Semiseparable | FirstOrder)
        return MarkovGram.of(kernel, X)
    if name == "sphere":
        return _sphere(kernel, X)
    return _of_values(kernel, X, name)


def _of_values(kernel: Kernel, X: Array, name: OperatorName) -> GramOperator:
    """Return an operator that needs nothing but values of the kernel."""
    if name == "nystrom":
        return NystromGram(kernel=kernel, X=X, rank=default_rank(len(X)))
    if name == "blocked":
        return BlockedGram(kernel=kernel, X=X)
    return DenseGram(kernel=kernel, X=X, exact=name == "eigh")


def fastest(kernel: Kernel, X: Array, n: int) -> OperatorName:
    """Return the operator that "auto" picks for n points, of which X are some."""
    in_several = isinstance(kernel, TorusSobolev) and n > EIGH_UP_TO
    if in_several or (_chart(kernel, X) is not None and n >= FOURIER_FROM):
        return "fourier"
    if n <= EIGH_UP_TO:
        return "eigh"
    if _is_semiseparable(kernel, X):
        return "markov"
    if _has_harmonics(kernel, X, n):
        return "sphere"
    return _by_size(n)


def _by_size(n: int) -> OperatorName:
    if n <= DENSE_UP_TO:
        return "dense"
    return "blocked" if n <= BLOCKED_UP_TO else "nystrom"


def _is_semiseparable(kernel: Kernel, X: Array) -> bool:
    if not isinstance(kernel, Semiseparable | FirstOrder) or X.shape[1] != 1:
        return False
    ends = np.array([[X.min()], [X.max()]])
    try:
        factors(kernel, ends)
    except (UnsupportedError, InputError):  # another depth; factors that overflow on the range
        return False
    return True


def _chart(kernel: Kernel, X: Array) -> Chart | None:
    """Return the chart in which the kernel is stationary, if there is one."""
    if isinstance(kernel, PeriodicSobolev):
        return TorusChart()
    if isinstance(kernel, LiftedNTK) and X.shape[1] == 1:
        return ArctanChart()
    on_circle = X.shape[1] == 2 and _are_unit(X)
    return CircleChart() if kernel.is_zonal and on_circle else None


def _has_harmonics(kernel: Kernel, X: Array, n: int) -> bool:
    """Return whether the points lie on a sphere where harmonics are the fastest way."""
    d = X.shape[1] - 1
    on_one = kernel.is_zonal and d in HIGHEST_BAND and _are_unit(X)
    if not on_one or not (spherical.installed() if d == 2 else n > DENSE_UP_TO):
        return False
    try:
        degree_eigenvalues(kernel, d)
    except UnsupportedError:  # too narrow for the quadrature
        return False
    return True


def _are_unit(X: Array) -> bool:
    return bool(np.allclose(np.sum(X**2, axis=1), 1.0, rtol=0, atol=1e-9))


def _sphere(kernel: Kernel, X: Array) -> SphereGram:
    d = X.shape[1] - 1
    if not kernel.is_zonal or d not in HIGHEST_BAND:
        raise UnsupportedError(
            f"harmonics serve zonal kernels on S^2 to S^5, not {kernel!r} for points with "
            f"{X.shape[1]} columns: use operator='auto'"
        )
    if d == 2:
        spherical.require()
    return SphereGram(X=on_sphere(X, d), eigenvalues=degree_eigenvalues(kernel, d))


def _fourier(kernel: Kernel, X: Array, population: Spectrum | None) -> FourierGram | TorusGram:
    if isinstance(kernel, TorusSobolev):
        return TorusGram(kernel=kernel, X=on_torus(X, kernel.dimension), population=population)
    chart = _chart(kernel, X)
    if chart is None:
        raise UnsupportedError(
            f"{kernel!r} is not stationary in a chart of the circle for points with "
            f"{X.shape[1]} columns: use operator='auto'"
        )
    z = chart.coordinate(X)
    if isinstance(kernel, LiftedNTK):
        return FourierGram(
            chart=chart, z=z, w=chart.weight(X), population=population,
            coefficients=frequency_coefficients(NTK(depth=kernel.depth)),
            constant=kernel.constant, uniform=False,
        )  # fmt: skip
    coefficients = frequency_coefficients(kernel)
    return FourierGram(chart=chart, z=z, w=None, population=population, coefficients=coefficients)


@lru_cache(maxsize=16)
def frequency_coefficients(kernel: Kernel) -> Array:
    """Return mu_0 ... mu_B of a kernel that is stationary on the torus or the circle."""
    if isinstance(kernel, PeriodicSobolev):
        return kernel.fourier(HIGHEST_FREQUENCY)
    return circle_coefficients(kernel, HIGHEST_FREQUENCY)
