"""The adversarial risk between an attack and a certificate, in any dimension."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck import check, streams
from ratecheck.domains import Circle, Cube, Domain, Interval, Sphere, Torus
from ratecheck.risk.attack import (
    STANDARD,
    Box,
    Budget,
    Cap,
    EuclideanBall,
    MaximumBall,
    Region,
    attack,
)
from ratecheck.risk.certificate import Rise, certificate
from ratecheck.risk.expansion import Expansion, as_expansion
from ratecheck.types import Array, InputError, Status, UnsupportedError

Target = Callable[[Array], Array]
TILE = 64  # test points attacked together


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Bracket:
    """Bounds of R_r = mean over points x of sup over |x' - x| <= r of (f_t(x') - f(x))^2.

    Attributes
    ----------
    losses, bounds : ndarray, shape (m, T)
        Per point: the largest loss found, and the largest one that is not excluded.
    rows : float
        Kernel rows per test point spent by the attack.
    status : Status
        CONVERGED, or UNCERTIFIED where no certificate exists (then ``bounds`` are infinite).
    """

    losses: Array
    bounds: Array
    rows: float
    status: Status

    @property
    def attack(self) -> Array:
        """Lower bound of the risk of every fit, shape (T,)."""
        return np.asarray(self.losses.mean(axis=0))

    @property
    def certificate(self) -> Array:
        """Upper bound of the risk of every fit, shape (T,)."""
        return np.asarray(self.bounds.mean(axis=0))

    @property
    def width(self) -> Array:
        """Certificate minus attack, shape (T,)."""
        return self.certificate - self.attack


def adversarial_bracket(
    fits: object,
    f: Target | Array,
    X: Array,
    radius: float,
    *,
    norm: float = 2,
    domain: Domain | None = None,
    budget: Budget = STANDARD,
    certify: bool = True,
    rng: np.random.Generator | None = None,
) -> Bracket:
    """Return lower and upper bounds of the adversarial risk of all fits over given points.

    Parameters
    ----------
    fits : path of fits, Expansion or KernelExpansion
        T functions; several paths of one design are put together by `as_expansion`.
    f : callable or ndarray of shape (m,)
        The target, or what is compared with at the points (responses of test data, say).
    X : ndarray, shape (m, d)
        The points x.
    radius : float
        r >= 0, in the domain's unit of length: the norm, or the angle on circle and sphere.
    norm : {2, inf}
        Of x' - x; on spheres the geodesic distance, for which ``norm`` must be 2.
    domain : Domain, optional
        x' must belong to it; by default x' may be any point of R^d.
    budget : Budget
        How the kernel rows are spent.
    certify : bool
        Whether to compute the upper bounds; without them they are infinite.
    rng : numpy.random.Generator, optional
        For random starts; by default a fixed stream.

    Raises
    ------
    InputError
        Bad shapes, points outside the domain, negative radius, unknown norm.
    UnsupportedError
        Fits that are no kernel expansions, or a norm that the domain does not have.

    Notes
    -----
    The loss of the attack is attained at an admissible point. The certificate is
    (max(f_t(x) + up - f(x), f(x) - f_t(x) + down))^2 with the bounds of `certificate`, rounded up.
    """
    parts = as_expansion(fits)
    points = check.points("X", X, dimension=parts.dimension)
    against = _against(f, points)
    region = region_of(domain, points, radius, norm)
    generator = rng if rng is not None else streams.generator(0, "bracket", role="attack")
    pieces = [
        attack(parts, points[i], against[i], region, generator, budget) for i in _tiles(len(points))
    ]
    losses = np.concatenate([p.losses(a) for p, a in _paired(pieces, against)])
    rise, status = _certified(parts, points, region, certify)
    bounds = _bounds(parts.values(points), against[:, None], rise)
    return Bracket(losses=losses, bounds=bounds, rows=pieces[0].rows, status=status)


def region_of(domain: Domain | None, X: Array, radius: float, norm: float = 2) -> Region:
    """Return the region of attack around points of a domain; None is the whole space.

    Raises
    ------
    InputError
        Negative radius, unknown norm, points outside the domain.
    UnsupportedError
        The maximum norm on a sphere.
    """
    r = check.nonnegative("radius", radius)
    check.choice("norm", norm, (2, math.inf))
    if domain is not None and not domain.contains(X).all():
        raise InputError(f"X has points outside {domain!r}")
    if isinstance(domain, Circle | Sphere):
        if norm != 2:
            raise UnsupportedError(f"radii on {domain!r} are geodesic angles: use norm=2")
        return Cap(radius=r)
    box = _box(domain)
    return EuclideanBall(radius=r, box=box) if norm == 2 else MaximumBall(radius=r, box=box)


def _box(domain: Domain | None) -> Box:
    if isinstance(domain, Interval):
        return Box(low=domain.low, high=domain.high)
    if isinstance(domain, Cube):
        return Box(low=0.0, high=1.0)
    if isinstance(domain, Torus) and domain.d == 1:
        return Box(period=1.0)  # periodic kernels take coordinates modulo 1
    if domain is None:
        return Box()
    raise UnsupportedError(
        f"no attack on {domain!r}: use Torus(d=1), Circle(), Sphere(d), Interval(...), Cube(d), "
        "or None for the whole space"
    )


def _against(f: Target | Array, X: Array) -> Array:
    values = f(X) if callable(f) else f
    return check.values("f", values, length=len(X))


def _tiles(rows: int) -> list[slice]:
    return [slice(i, min(i + TILE, rows)) for i in range(0, rows, TILE)]


def _paired(pieces: list, against: Array) -> list:  # type: ignore[type-arg]
    return [(p, against[i]) for p, i in zip(pieces, _tiles(len(against)), strict=True)]


def _certified(fits: Expansion, X: Array, region: Region, certify: bool) -> tuple[Rise, Status]:
    if certify:
        try:
            return certificate(fits, X, region), Status.CONVERGED
        except UnsupportedError:
            pass  # the status says so
    return Rise.unknown(len(X), fits.count), Status.UNCERTIFIED


def _bounds(here: Array, against: Array, rise: Rise) -> Array:
    """Return the largest losses (m, T) that the certificate leaves possible."""
    error = here - against
    worst = np.maximum(error + rise.up, rise.down - error)
    rounding = 8.0 * np.finfo(float).eps * (np.abs(here) + np.abs(against) + worst)
    return np.asarray((worst + rounding) ** 2)
