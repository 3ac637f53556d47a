"""Local form of a kernel around x: slopes, curvature and a bound of the third derivative.

Along a unit-speed path x(s) (a line, on the sphere a great circle) with direction e, and for one
centre y, a kernel of the families below has

    dK/ds = a <v, e> + b <x^, e>,    d^2K/ds^2 = c <v, e>^2 + k |P e|^2,    |d^3K/ds^3| <= third,

with v = y^ - u x^ and P the projection orthogonal to the unit vector x^ (v = y - x and P = 1 for
functions of the distance). The first two are exact at s = 0, the last holds in the whole region.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import final

import numpy as np

from ratecheck.kernels import Gaussian, Kernel, Laplace, Matern, Scaled, Sum
from ratecheck.kernels.geometry import halves, polar, with_column
from ratecheck.kernels.radial import distances
from ratecheck.risk.attack.region import Cap, Region
from ratecheck.risk.certificate.families import RADIAL, Lift, lift
from ratecheck.risk.certificate.jets import profile_jet, radial_jet
from ratecheck.risk.certificate.ranges import (
    angle_range,
    distance_range,
    euclidean_reach,
    lifted_reach,
)
from ratecheck.types import Array, BoolArray, UnsupportedError

_HALF_CIRCLE = 2.0 / 27.0**0.5  # max of |a| (1 - a^2) over [-1, 1]


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Frame:
    """The local form around m points x for n centres y.

    Attributes
    ----------
    base, directions : ndarray, shapes (m, D) and (n, D)
        x^ and y^, or x and y for functions of the distance; D = d or d + 1.
    projected : bool
        Whether v = y^ - u x^ (else y - x).
    slope, radial, outer, trace : ndarray, shape (m, n)
        a, b, c, k above.
    length : ndarray, shape (m, n)
        |v|.
    third : ndarray, shape (m, n)
    columns : int
        How many of the D coordinates the adversary can move: the first ones.
    """

    base: Array
    directions: Array
    projected: bool
    slope: Array
    radial: Array
    outer: Array
    trace: Array
    length: Array
    third: Array
    columns: int


@singledispatch
def frames(kernel: Kernel, X: Array, Y: Array, region: Region) -> list[Frame]:
    """Return the local forms whose sum is that of the kernel.

    Raises
    ------
    UnsupportedError
        For a kernel outside the families, or one that is not of degree 1 on R^d.
    """
    if isinstance(region, Cap):
        return [_on_sphere(kernel, X, Y, region)]
    if isinstance(kernel, RADIAL):
        return [_of_distance(kernel, X, Y, region)]
    form = lift(kernel)
    if form.degree != 1:
        raise UnsupportedError(f"no Taylor bound for {kernel!r}: it is not of degree 1 in x")
    return [_lifted(form, X, Y, region)]


@frames.register(Sum)
def _(kernel: Sum, X: Array, Y: Array, region: Region) -> list[Frame]:
    return [frame for term in kernel.terms for frame in frames(term, X, Y, region)]


@frames.register(Scaled)
def _(kernel: Scaled, X: Array, Y: Array, region: Region) -> list[Frame]:
    return [scaled(frame, kernel.factor) for frame in frames(kernel.kernel, X, Y, region)]


def scaled(frame: Frame, factor: float | Array) -> Frame:
    """Return the local form of factor (a number, or one of shape (m, n), >= 0) times K."""
    names = ("slope", "radial", "outer", "trace", "third")
    return replace(frame, **{name: factor * getattr(frame, name) for name in names})


def _on_sphere(kernel: Kernel, X: Array, Y: Array, region: Cap) -> Frame:
    """K = phi(u), u' = <v, e>, u'' = -u, u''' = -u'."""
    t, v = halves(X, Y)
    jet, u = profile_jet(kernel, t, v), 1.0 - t
    low, high = angle_range(X, Y, region.radius)
    top, sine, same = _largest(low, high)
    F = profile_jet(kernel, *top)
    U = np.abs(1.0 - top[0])
    cubic, linear = F[3] * sine**3, (3.0 * U * F[2] + F[1]) * sine
    return Frame(
        base=X, directions=Y, projected=True, columns=X.shape[1],
        slope=jet[1], radial=np.zeros_like(u), outer=jet[2], trace=-u * jet[1],
        length=np.sqrt(t * v), third=_joined(cubic, linear, same),
    )  # fmt: skip


def _of_distance(kernel: Laplace | Matern | Gaussian, X: Array, Y: Array, region: Region) -> Frame:
    """K = h(z), z = |x - y|^2/2, z' = -<v, e>, z'' = 1."""
    gap = distances(X, Y)
    jet = radial_jet(kernel, 0.5 * gap**2)
    low, high = distance_range(X, Y, region)
    F = radial_jet(kernel, 0.5 * low**2)
    return Frame(
        base=X, directions=Y, projected=False, columns=X.shape[1],
        slope=jet[1], radial=np.zeros_like(gap), outer=jet[2], trace=-jet[1],
        length=gap, third=np.maximum(F[3] * high**3, 3.0 * F[2] * high),
    )  # fmt: skip


def _lifted(form: Lift, X: Array, Y: Array, region: Region) -> Frame:
    """K = |y| |x| phi(u).

    With alpha = <x^, e>, beta = <v, e>, tau = 1 - alpha^2 the third derivative is |y|/|x|^2 times
    phi''' beta^3 - 3 u phi'' beta tau - 3 alpha (phi'' beta^2 + (phi - u phi') tau).
    """
    (p, x), (q, y) = (polar(with_column(Z, form.offset)) for Z in (X, Y))
    t, v = halves(x, y)
    jet, u = profile_jet(form.angular, t, v), 1.0 - t
    reach = euclidean_reach(region, X.shape[1])
    top, sine, same = _largest(*angle_range(x, y, lifted_reach(p, reach)))
    F, zero = profile_jet(form.angular, *top), form.angular.profile(np.zeros(1))
    U = np.abs(1.0 - top[0])
    rest = U * F[1] - F[0] + 2.0 * zero  # |phi - u phi'| = |sum (1 - k) a_k u^k| is at most this
    turning = _joined(F[3] * sine**3, 3.0 * U * F[2] * sine, same)
    short = np.maximum(p - reach, abs(form.offset))
    third = (turning + 3.0 * _HALF_CIRCLE * (F[2] * sine**2 + rest)) / short**2
    safe = np.where(p > 0, p, 1.0)
    frame = Frame(
        base=x, directions=y, projected=True, columns=X.shape[1],
        slope=jet[1], radial=jet[0], outer=jet[2] / safe, trace=(jet[0] - u * jet[1]) / safe,
        length=np.sqrt(t * v), third=third,
    )  # fmt: skip
    return scaled(frame, q.T)


def _largest(low: Array, high: Array) -> tuple[tuple[Array, Array], Array, BoolArray]:
    """Return t and v of the largest |u|, the largest sine, and whether u >= 0 throughout."""
    near = np.minimum(low, np.pi - high)
    half = 0.5 * near
    crosses = np.logical_and(low <= np.pi / 2, high >= np.pi / 2)
    sine: Array = np.where(crosses, 1.0, np.maximum(np.sin(low), np.sin(high)))
    return (2.0 * np.sin(half) ** 2, 2.0 * np.cos(half) ** 2), sine, high <= np.pi / 2


def _joined(cubic: Array, linear: Array, same: BoolArray) -> Array:
    """Bound |a b^3 - c b|, |b| <= 1: by the larger of |a|, |c| if a, c >= 0, else by the sum."""
    return np.asarray(np.where(same, np.maximum(cubic, linear), cubic + linear))
