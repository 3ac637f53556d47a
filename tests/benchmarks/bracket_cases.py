"""Random small problems for brackets: kernel, dimension, design, radius, norm, domain, weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ratecheck.domains import Circle, Cube, Domain, Interval, Sphere, Torus
from ratecheck.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Brownian,
    BrownianPlusOne,
    DualActivation,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.risk import Bracket, Budget, Expansion, adversarial_bracket
from ratecheck.risk.attack.region import unit
from ratecheck.types import Array

ANYWHERE: tuple[Kernel, ...] = (
    *(ArcCosine(order=n) for n in (0, 1, 2)),
    NNGP(depth=1), NNGP(depth=3), NNGP(depth=2, bias=0.3),
    NTK(depth=1), NTK(depth=2), NTK(depth=3), NTK(depth=2, bias=0.5),
    LiftedNTK(depth=2), LiftedNTK(depth=3),
    Laplace(scale=0.7), Matern(nu=0.3, length=1.0), Matern(nu=1.5, length=0.7),
    Matern(nu=2.3, length=0.7), Gaussian(length=0.8), Gaussian(length=3.0),
    *(DualActivation(activation=a, tangent=t) for a in ("relu", "abs") for t in (False, True)),
    NTK(depth=3, bias=1.0), NTK(depth=4, bias=0.1), NNGP(depth=3, bias=0.3),
    NTK(depth=2) + Laplace(), 2.0 * LiftedNTK(depth=2), Gaussian(length=2.0) * NTK(depth=2),
)  # fmt: skip
ON_SPHERES: tuple[Kernel, ...] = (
    *ANYWHERE,
    *(DualActivation(activation=a) for a in ("erf", "tanh", "softplus", "cos", "square")),
    *(DualActivation(activation=a, tangent=True) for a in ("erf", "tanh", "cos")),
)  # fmt: skip
ON_THE_LINE: tuple[Kernel, ...] = (
    Brownian(), BrownianPlusOne(), NeumannSobolev(c=0.5), NeumannSobolev(c=5.0),
)  # fmt: skip
PERIODIC: tuple[Kernel, ...] = tuple(PeriodicSobolev(order=m) for m in (1, 2, 3))
SETTINGS = ("sphere", "circle", "space", "cube", "interval", "torus")
QUICK = Budget(centres=6, random=8, anchors=2, starts=3, steps=5, polished=3, polish=4)


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One problem."""

    fits: Expansion
    against: Array
    X: Array
    radius: float
    norm: float
    domain: Domain | None

    def bracket(self, budget: Budget = QUICK) -> Bracket:
        """Return the bracket of the problem."""
        return adversarial_bracket(
            self.fits, self.against, self.X, self.radius,
            norm=self.norm, domain=self.domain, budget=budget,
        )  # fmt: skip


def random_case(seed: int, setting: str | None = None) -> Case:
    """Return a problem; the seed decides everything."""
    rng = np.random.default_rng(seed)
    setting = setting or str(rng.choice(SETTINGS))
    d = int(rng.integers(2, 7)) if setting in ("sphere", "space", "cube") else 1
    kernel, domain = _kernel(setting, rng), _domain(setting, d)
    centres, X = (_points(setting, d, k, rng) for k in (int(rng.integers(1, 30)), 3))
    if rng.random() < 0.3:
        X[0] = centres[0]  # at a kink
    if rng.random() < 0.1:
        X[1] = -X[1] if setting in ("sphere", "circle", "space") else X[1]
    weights = rng.standard_normal((len(centres), 3)) * 10.0 ** rng.uniform(-3, 3, 3)
    return Case(
        fits=Expansion(kernel=kernel, centres=centres, weights=weights),
        against=rng.standard_normal(3) * 10.0 ** rng.uniform(-2, 2), X=X,
        radius=10.0 ** rng.uniform(-3, 0.5),
        norm=float(rng.choice([2, np.inf])) if setting in ("space", "cube") else 2,
        domain=domain,
    )  # fmt: skip


def _kernel(setting: str, rng: np.random.Generator) -> Kernel:
    choices = {
        "sphere": ON_SPHERES, "circle": ON_SPHERES, "space": ANYWHERE, "cube": ANYWHERE,
        "interval": (*ANYWHERE, *ON_THE_LINE), "torus": PERIODIC,
    }[setting]  # fmt: skip
    return choices[int(rng.integers(len(choices)))]


def _domain(setting: str, d: int) -> Domain | None:
    if setting == "sphere":
        return Sphere(d)
    if setting == "cube":
        return Cube(d)
    return {"circle": Circle(), "interval": Interval(), "torus": Torus(), "space": None}[setting]


def _points(setting: str, d: int, n: int, rng: np.random.Generator) -> Array:
    if setting in ("sphere", "circle"):
        return unit(rng.standard_normal((n, d + 1)))
    if setting == "space":
        return np.asarray(rng.standard_normal((n, d)) * 10.0 ** rng.uniform(-1, 1))
    X: Array = rng.random((n, d))
    if rng.random() < 0.2 and setting != "torus":
        X[0] = np.round(X[0])  # at a corner
    return X
