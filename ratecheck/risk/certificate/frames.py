"""Local form of a kernel around x: slopes, curvature and a bound of the third derivative.

Along a unit-speed path x(s) (a line, on the sphere a great circle) with direction e, and for one
centre y, a kernel of the families below has at s = 0

    dK/ds = a <Y, e> + b <X, e>,   d^2K/ds^2 = c <Y, e>^2 + 2 h <X, e> <Y, e> + o <X, e>^2 + k,

with vectors X, Y that stand for x and y, and |d^3K/ds^3| <= third in the whole region.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import final

import numpy as np

from ratecheck.kernels import NNGP, NTK, Gaussian, Kernel, Laplace, Matern, Scaled, Sum
from ratecheck.kernels.geometry import halves, polar, with_column
from ratecheck.kernels.radial import distances
from ratecheck.risk.attack.cap import Cap
from ratecheck.risk.attack.region import Region
from ratecheck.risk.certificate.families import LAYERED, RADIAL, Lift, lift
from ratecheck.risk.certificate.jets import profile_jet, radial_jet
from ratecheck.risk.certificate.layers import derivatives, lengths, majorants
from ratecheck.risk.certificate.reach import (
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
        X and Y; D = d, or d + 1 for lifted points.
    on_y, on_x, yy, xy, xx, unit : ndarray, shape (m, n)
        a, b, c, h, o, k above.
    third : ndarray, shape (m, n)
    columns : int
        How many of the D coordinates the adversary can move: the first ones.
    """

    base: Array
    directions: Array
    on_y: Array
    on_x: Array
    yy: Array
    xy: Array
    xx: Array
    unit: Array
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
    if isinstance(kernel, LAYERED) and kernel.bias > 0 and kernel.depth > 2:
        return [_of_layers(kernel, X, Y, region)]
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
    names = ("on_y", "on_x", "yy", "xy", "xx", "unit", "third")
    return replace(frame, **{name: factor * getattr(frame, name) for name in names})


def _turning(
    base: Array, directions: Array, u: Array, slope: Array, curved: Array, rest: Array
) -> dict[str, Array]:
    """Return the fields of slope <v, e>, curved <v, e>^2 + rest (1 - <x^, e>^2), v = y^ - u x^."""
    return {
        "base": base, "directions": directions, "on_y": slope, "on_x": -u * slope, "yy": curved,
        "xy": -u * curved, "xx": u * u * curved - rest, "unit": rest,
    }  # fmt: skip


def _on_sphere(kernel: Kernel, X: Array, Y: Array, region: Cap) -> Frame:
    """K = phi(u), u' = <v, e>, u'' = -u, u''' = -u'."""
    t, v = halves(X, Y)
    jet, u = profile_jet(kernel, t, v), 1.0 - t
    top, sine, same = _largest(*angle_range(X, Y, region.radius))
    F = profile_jet(kernel, *top)
    U = np.abs(1.0 - top[0])
    third = _joined(F[3] * sine**3, (3.0 * U * F[2] + F[1]) * sine, same)
    fields = _turning(X, Y, u, jet[1], jet[2], -u * jet[1])
    return Frame(**fields, third=third, columns=X.shape[1])


def _of_distance(kernel: Laplace | Matern | Gaussian, X: Array, Y: Array, region: Region) -> Frame:
    """K = h(z), z = |x - y|^2/2, z' = <x - y, e>, z'' = 1; the origin is moved to the centres."""
    gap = distances(X, Y)
    jet = radial_jet(kernel, 0.5 * gap**2)
    low, high = distance_range(X, Y, region)
    F = radial_jet(kernel, 0.5 * low**2)
    middle = Y.mean(axis=0)
    return Frame(
        base=X - middle, directions=Y - middle, columns=X.shape[1],
        on_y=jet[1], on_x=-jet[1], yy=jet[2], xy=-jet[2], xx=jet[2], unit=-jet[1],
        third=np.maximum(F[3] * high**3, 3.0 * F[2] * high),
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
    fields = _turning(x, y, u, jet[1], jet[2] / safe, (jet[0] - u * jet[1]) / safe)
    fields["on_x"] = fields["on_x"] + jet[0]  # along x^ the slope is phi
    return scaled(Frame(**fields, third=third, columns=X.shape[1]), q.T)


def _of_layers(kernel: NNGP | NTK, X: Array, Y: Array, region: Region) -> Frame:
    """K = p G(u, v), p = |x~| = 1/v: `_lifted` has p G(u); here is also what v adds."""
    reach = euclidean_reach(region, X.shape[1])
    (p, x), (_, y) = (polar(with_column(Z, kernel.bias**0.5)) for Z in (X, Y))
    G, u = derivatives(kernel, X, Y), 1.0 - halves(x, y)[0]
    fields = _turning(x, y, u, G[1, 0], G[2, 0] / p, (G[0, 0] - u * G[1, 0]) / p)
    lone, mixed = G[0, 1] / p**2, G[1, 1] / p**2
    fields["on_x"] = fields["on_x"] + G[0, 0] - G[0, 1] / p
    fields["xy"] = fields["xy"] - mixed
    fields["xx"] = fields["xx"] + 2.0 * u * mixed + lone + G[0, 2] / p**3
    fields["unit"] = fields["unit"] - lone
    short = lengths(p, kernel.bias, reach)[0]
    angles = angle_range(x, y, lifted_reach(p, reach))
    third = _layered_third(majorants(kernel, X, Y, reach), short, *_largest(*angles))
    return Frame(**fields, third=third, columns=X.shape[1])


def _layered_third(
    G: dict[tuple[int, int], Array],
    p: Array,
    top: tuple[Array, Array],
    sine: Array,
    same: BoolArray,
) -> Array:
    """Bound the third derivative of p G(u, v) along lines from bounds of those of G.

    In the notation of `_lifted`, with u' = beta/p, u'' = -(2 alpha beta + u tau)/p^2,
    v' = -alpha/p^2, v'' = (3 alpha^2 - 1)/p^3, v''' = (9 alpha - 15 alpha^3)/p^4, it is that of
    `_lifted` plus 3 alpha tau G_v/p^3 + (3 alpha - 6 alpha^3) G_vv/p^4 - alpha^3 G_vvv/p^5
    + (beta (9 alpha^2 - 3) + 3 u alpha tau) G_uv/p^3 - 3 alpha beta^2 G_uuv/p^3
    + 3 alpha^2 beta G_uvv/p^4.
    """
    U, h = np.abs(1.0 - top[0]), 3.0 * _HALF_CIRCLE
    turning = _joined(G[3, 0] * sine**3, 3.0 * U * G[2, 0] * sine, same)
    lone = turning + h * (G[2, 0] * sine**2 + G[0, 0] + U * G[1, 0])
    first = h * G[0, 1] + (3.0 * sine + h * U) * G[1, 1] + h * sine**2 * G[2, 1]
    second = 3.0 * G[0, 2] + h * sine * G[1, 2]
    return np.asarray(lone / p**2 + first / p**3 + second / p**4 + G[0, 3] / p**5)


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
