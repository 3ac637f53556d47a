"""Attacks: cost of fifty times against one, quality against a hundredfold budget, crossings.

Cost: CPU seconds of the attack on all 50 fits of a path against that on one of them, with the same
budget, and how much of the losses of separate attacks the joint one finds.

Quality in d = 10: every fit on its own with at most 2000 kernel rows per test point, against the
best of that and of an attack with a hundred times the rows (other random starts), for an
early-stopped fit, a late one and the interpolant; mean and worst test point.

Crossings: certificates below attacks in 10^4 random small problems (`bracket_cases`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from ratecheck.domains import Cube, Domain, Sphere
from ratecheck.estimators import GradientFlow
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import NTK, Kernel, Laplace, LiftedNTK, Matern
from ratecheck.risk import Budget, Expansion, as_expansion
from ratecheck.risk.attack import STANDARD, attack
from ratecheck.risk.bracket import region_of
from ratecheck.types import Array
from tests.benchmarks.bracket_cases import random_case
from tests.benchmarks.harness import RESULTS, Ratio, medians, write

D, N = 10, 300
SINGLE = Budget(centres=50, random=100, starts=60, steps=10, polish=60)
HUNDREDFOLD = Budget(centres=300, random=10000, starts=3000, steps=28, polish=100)
CASES = 10_000


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A regression in ten dimensions and an adversary."""

    name: str
    kernel: Kernel
    domain: Domain | None
    radius: float
    norm: float = 2

    def points(self, m: int, rng: np.random.Generator) -> Array:
        """Return a sample of the domain; standard normal in the whole space."""
        return rng.standard_normal((m, D)) if self.domain is None else self.domain.design(m, rng)

    def fits(self, times: Array, rng: np.random.Generator) -> Expansion:
        """Return gradient flow at the times and the interpolant of noisy data."""
        X = self.points(N, rng)
        y = target(X) + 0.7 * rng.standard_normal(N)
        flow, end = GradientFlow(operator="eigh"), Interpolant(operator="dense")
        path = flow.path(flow.prepare(self.kernel, X), y, times)
        return as_expansion(path, end.path(end.prepare(self.kernel, X), y))


def target(X: Array) -> Array:
    """Return 2 x_1 + 3 x_2 x_3."""
    return np.asarray(2 * X[:, 0] + 3 * X[:, 1] * X[:, 2])


PROBLEMS = (
    Problem(name="S^10, NTK(3), r = 0.3", kernel=NTK(depth=3), domain=Sphere(D), radius=0.3),
    Problem(name="R^10, LiftedNTK(2), r = 0.5", kernel=LiftedNTK(depth=2), domain=None, radius=0.5),
    Problem(name="R^10, Laplace(3), r = 1", kernel=Laplace(scale=3.0), domain=None, radius=1.0),
    Problem(
        name="R^10, LiftedNTK(2), l-infinity, r = 0.2",
        kernel=LiftedNTK(depth=2), domain=None, radius=0.2, norm=np.inf,
    ),
    Problem(
        name="cube, Matern(3/2, 1), r = 0.8",
        kernel=Matern(nu=1.5, length=1.0), domain=Cube(D), radius=0.8,
    ),
)  # fmt: skip


def cost(problem: Problem) -> Ratio:
    """Return the cost of fifty times in units of one."""
    rng = np.random.default_rng(0)
    fits = problem.fits(np.geomspace(1.0, 1e6, 49), rng)
    X = problem.points(16, rng)
    region, f = region_of(problem.domain, X, problem.radius, problem.norm), target(X)
    one = fits.restricted([25])

    def run(e: Expansion) -> Array:
        return attack(e, X, f, region, np.random.default_rng(1), STANDARD).losses(f)

    taken = medians({"ours": lambda: run(fits), "peer": lambda: run(one)}, repeats=5)
    joint = run(fits)
    alone = np.hstack([run(fits.restricted([t])) for t in range(0, 50, 7)])
    share = joint[:, ::7] / alone
    found = f"mean {share.mean():.4f}, worst {share.min():.4f}"
    return Ratio(
        name=f"attack on 50 times, {problem.name}, n = {N}",
        peer="the same attack on one time",
        ours_seconds=taken["ours"],
        peer_seconds=taken["peer"],
        ratio=taken["ours"] / taken["peer"],
        wanted="<= 5",
        remark=f"of the losses of separate attacks: {found}",
    )


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Losses of an attack in units of the best known ones."""

    problem: str
    fit: str
    rows: int
    reference_rows: int
    points: int
    mean: float
    worst: float
    wanted: str = "mean >= 0.99"


def qualities(problem: Problem, points: int) -> Iterator[Quality]:
    """Yield the quality for each of three fits."""
    rng = np.random.default_rng(2)
    fits = problem.fits(np.array([30.0, 3e4]), rng)
    X = problem.points(points, rng)
    region, f = region_of(problem.domain, X, problem.radius, problem.norm), target(X)
    for t, name in enumerate(("t = 30", "t = 30000", "interpolant")):
        one = fits.restricted([t])
        ours, best = (
            attack(one, X, f, region, np.random.default_rng(seed), budget).losses(f)[:, 0]
            for seed, budget in ((3, SINGLE), (4, HUNDREDFOLD))
        )
        best = np.maximum(best, ours)
        yield Quality(
            problem=problem.name, fit=name, rows=SINGLE.rows(1),
            reference_rows=HUNDREDFOLD.rows(1), points=points,
            mean=round(float(ours.mean() / best.mean()), 5),
            worst=round(float((ours / best).min()), 5),
        )  # fmt: skip


def crossings(cases: int = CASES) -> dict[str, object]:
    """Count the random problems in which some certificate lies below an attack."""
    crossed, ratios = 0, []
    for seed in range(cases):
        found = random_case(seed).bracket()
        crossed += bool((found.losses > found.bounds).any())
        ratios.append(float(np.median(found.losses / np.maximum(found.bounds, 1e-300))))
    return {"cases": cases, "crossed": crossed, "median_attack_over_certificate": np.median(ratios)}


def main(points: int = 6, cases: int = CASES) -> None:
    """Run all and write the tables."""
    with threadpool_limits(1):
        write("attack", [cost(p) for p in (PROBLEMS[0], PROBLEMS[2])])
        found = [asdict(q) for p in PROBLEMS for q in qualities(p, points)]
        for row in found:
            print(" | ".join(f"{k} {v}" for k, v in row.items() if k != "wanted"))
        counted = crossings(cases)
        print(counted)
    record = {"quality": found, "crossings": counted}
    (RESULTS / "attack_quality.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
