"""Closed eigenpairs of kernels on [0, 1]: every eigenfunction is a wave (theory note A4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.kernels import (
    Brownian,
    BrownianPlusOne,
    Kernel,
    Laplace,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
    Scaled,
)
from ratecheck.types import Array, UnsupportedError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Wave:
    """The function x -> a cos(rate x - phase) of unit norm in L2[0, 1], with a > 0."""

    rate: float
    phase: float

    @property
    def amplitude(self) -> float:
        """Return a, the inverse norm of the cosine."""
        if self.rate == 0:
            return 1 / abs(float(np.cos(self.phase)))
        ends = np.sin(2 * (self.rate - self.phase)) + np.sin(2 * self.phase)
        return float((0.5 + ends / (4 * self.rate)) ** -0.5)

    def __call__(self, x: Array) -> Array:
        """Return the values at points of any shape."""
        return np.asarray(self.amplitude * np.cos(self.rate * np.asarray(x) - self.phase))


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Eigenpairs:
    """Eigenvalues (count,), decreasing, and orthonormal eigenfunctions in the same order."""

    values: Array
    functions: tuple[Wave, ...]


def interval_eigenpairs(kernel: Kernel, count: int) -> Eigenpairs:
    r"""Return the first eigenpairs of the integral operator of a kernel on [0, 1].

    int_0^1 K(x, y) phi(y) dy = lambda phi(x), with int phi^2 = 1.

    Parameters
    ----------
    kernel : Kernel
        `Brownian`, `BrownianPlusOne`, `NeumannSobolev`, `Laplace`, `Matern` with nu = 1/2,
        `PeriodicSobolev`, or a multiple of one of them.
    count : int
        How many, >= 1.

    Raises
    ------
    UnsupportedError
        If the kernel has no closed form here; `interval_eigenvalues` computes its eigenvalues.

    Examples
    --------
    >>> pairs = interval_eigenpairs(Brownian(), 2)
    >>> pairs.values * np.pi**2, pairs.functions[0](np.array([0.0, 1.0])).round(12)
    (array([4.        , 0.44444444]), array([0.        , 1.41421356]))
    """
    check.integer("count", count, low=1)
    closed = closed_waves(kernel, count)
    if closed is None:
        raise UnsupportedError(
            f"{kernel!r} has no closed eigenfunctions on [0, 1]: the first-order kernels, Laplace "
            "and PeriodicSobolev have; interval_eigenvalues serves every kernel of one variable"
        )
    values, rates, phases = closed
    pairs = zip(rates.tolist(), phases.tolist(), strict=True)
    return Eigenpairs(values=values, functions=tuple(Wave(rate=w, phase=p) for w, p in pairs))


def closed_waves(kernel: Kernel, count: int) -> tuple[Array, Array, Array] | None:
    """Return eigenvalues, rates and phases, each (count,), or None without closed forms."""
    if isinstance(kernel, Scaled):
        inner = closed_waves(kernel.kernel, count)
        return None if inner is None else (kernel.factor * inner[0], *inner[1:])
    j = np.arange(count, dtype=np.float64)
    if isinstance(kernel, PeriodicSobolev):
        k = (j + 1) // 2
        values = kernel.fourier(count)[k.astype(np.int64)]
        return values, 2 * np.pi * k, np.pi / 2 * ((j > 0) & (j % 2 == 0))
    return _first_order(kernel, j)


def _first_order(kernel: Kernel, j: Array) -> tuple[Array, Array, Array] | None:
    if isinstance(kernel, Brownian):
        w = (j + 0.5) * np.pi
        return w**-2.0, w, np.full_like(w, np.pi / 2)
    if isinstance(kernel, BrownianPlusOne):
        w = _roots(j, lambda w: w * np.sin(w) - np.cos(w), 0.5)
        return w**-2.0, w, w
    if isinstance(kernel, NeumannSobolev):
        w = j * np.pi
        return 1 / (kernel.c**2 + w**2), w, np.zeros_like(w)
    scale = exponential_scale(kernel)
    return None if scale is None else _exponential(1 / scale, j)


def exponential_scale(kernel: Kernel) -> float | None:
    """Return l of a kernel exp(-|x - y| / l), or None for other kernels."""
    if isinstance(kernel, Laplace):
        return kernel.scale
    return kernel.length if isinstance(kernel, Matern) and kernel.nu == 0.5 else None


def _exponential(c: float, j: Array) -> tuple[Array, Array, Array]:
    """Even waves about 1/2 have w tan(w/2) = c, odd ones w cot(w/2) = -c; one in (j, j+1) pi."""
    w = _roots(j, lambda w: (w**2 - c**2) * np.sin(w) - 2 * c * w * np.cos(w), 1.0)
    return 2 * c / (w**2 + c**2), w, w / 2 + np.pi / 2 * (j % 2)


def _roots(j: Array, function: Callable[[Array], Array], width: float) -> Array:
    """Return the root of a characteristic function in each (j pi, (j + width) pi), by halving."""
    low, high = j * np.pi, (j + width) * np.pi
    low = np.maximum(low, 1e-12)
    sign = np.sign(function(low + 1e-9 * (high - low)))
    for _ in range(200):
        middle = (low + high) / 2
        left = np.sign(function(middle)) == sign
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return np.asarray((low + high) / 2)
