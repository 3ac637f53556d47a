"""One entry per kind of kernel: what every law of the contract tests is checked on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck.kernels.arccosine import ArcCosine
from ratecheck.kernels.base import Kernel
from ratecheck.kernels.dual import DualActivation
from ratecheck.kernels.firstorder import Brownian, BrownianPlusOne, NeumannSobolev
from ratecheck.kernels.ntk import NNGP, NTK, LiftedNTK
from ratecheck.kernels.periodic import PeriodicSobolev
from ratecheck.kernels.stationary import Gaussian, Laplace, Matern
from ratecheck.kernels.torus import TorusSobolev
from ratecheck.numerics.activations import ACTIVATIONS

ANY = (1, 2, 3, 7)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A kernel, the numbers of columns it takes in tests, and what is true of it.

    Tags: "zonal" (has a profile), "exact" (has a profile over any field), "homogeneous"
    (K(a x, b y) = (a b)^degree K(x, y)), "stationary" (a function of x - y), "unit" (points in
    [0, 1]), "periodic", "markov" (a(min) b(max) on the line), "semiseparable", "smooth"
    (differentiable at x = y).
    """

    kernel: Kernel
    columns: tuple[int, ...]
    tags: frozenset[str]
    degree: int | None = None


def _entry(
    kernel: Kernel, columns: tuple[int, ...], *tags: str, degree: int | None = None
) -> Entry:
    homogeneous = {"homogeneous"} if degree is not None else set()
    return Entry(kernel=kernel, columns=columns, tags=frozenset(tags) | homogeneous, degree=degree)


def registry() -> tuple[Entry, ...]:
    """Return the entries, in a fixed order."""
    return (*_relu(), *_dual(), *_stationary(), *_line())


def _relu() -> tuple[Entry, ...]:
    zonal = ("zonal", "exact")
    return (
        *(_entry(ArcCosine(order=n), ANY, *zonal, degree=n) for n in (0, 1, 2)),
        *(_entry(NNGP(depth=L), ANY, *zonal, degree=1) for L in (1, 2, 4)),
        *(_entry(NTK(depth=L), ANY, *zonal, degree=1) for L in (1, 2, 3, 5)),
        *(_entry(NNGP(depth=L, bias=b), ANY, *zonal) for L, b in ((2, 0.1), (3, 1.0))),
        *(_entry(NTK(depth=L, bias=b), ANY, *zonal) for L, b in ((2, 1.0), (4, 0.1))),
        _entry(LiftedNTK(depth=2), ANY, *zonal, "semiseparable"),
        *(_entry(LiftedNTK(depth=L), ANY, *zonal) for L in (3, 5)),
    )


def _dual() -> tuple[Entry, ...]:
    entries = []
    for name, activation in ACTIVATIONS.items():
        exact = () if name in ("tanh", "softplus") else ("exact",)
        for tangent in (False, True):
            degree = None if activation.degree is None else activation.degree - tangent
            if name == "square":
                degree = 1 if tangent else 2
            kernel = DualActivation(activation=name, tangent=tangent)
            smooth = () if activation.degree is not None else ("smooth",)
            entries.append(_entry(kernel, ANY, "zonal", *exact, *smooth, degree=degree))
    return tuple(entries)


def _stationary() -> tuple[Entry, ...]:
    tags = ("zonal", "exact", "stationary")
    return (
        _entry(Laplace(), ANY, *tags, "markov"),
        _entry(Laplace(scale=0.3), ANY, *tags, "markov"),
        _entry(Matern(nu=0.5, length=1.0), ANY, *tags),
        _entry(Matern(nu=0.8, length=0.7), ANY, *tags),
        *(_entry(Matern(nu=nu, length=0.7), ANY, *tags, "smooth") for nu in (1.5, 2.3, 3.5)),
        _entry(Gaussian(length=0.8), ANY, *tags, "smooth"),
    )


def _line() -> tuple[Entry, ...]:
    unit = ("unit", "markov")
    periodic = ("unit", "periodic", "stationary")
    return (
        _entry(Brownian(), (1,), *unit),
        _entry(BrownianPlusOne(), (1,), *unit),
        *(_entry(NeumannSobolev(c=c), (1,), *unit) for c in (0.5, 5.0)),
        _entry(PeriodicSobolev(order=1), (1,), *periodic, "semiseparable"),
        _entry(PeriodicSobolev(order=2), (1,), *periodic, "semiseparable", "smooth"),
        _entry(PeriodicSobolev(order=3), (1,), *periodic, "smooth"),
        *(
            _entry(TorusSobolev(order=order, dimension=d), (d,), *periodic, *smooth)
            for order, d, smooth in (
                (1.5, 1, ("smooth",)),
                (1.5, 2, ()),
                (2.0, 2, ("smooth",)),
                (2.0, 3, ()),
                (3.5, 3, ("smooth",)),
            )
        ),
    )
