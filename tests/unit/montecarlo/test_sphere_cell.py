"""A cell on S^2 by a second route: dense eigenproblem, random points for means and suprema."""

from __future__ import annotations

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.domains import Sphere
from ratecheck.functions import Function
from ratecheck.kernels import NTK
from ratecheck.montecarlo.cell import compute
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.study import Problem, RateStudy
from ratecheck.noise import Gaussian
from ratecheck.risk import Adversarial, Clean
from ratecheck.stopping import FixedTime
from ratecheck.streams import generator
from ratecheck.targets import Sobolev

N, TIME, RADIUS, SIGMA = 900, 60.0, 0.2, 0.5
KERNEL, DOMAIN, TARGET = NTK(depth=2, bias=1.0), Sphere(2), Sobolev(2.0, 3.0, band=24)
STUDY = RateStudy(
    name="sphere",
    problem=Problem(domain=DOMAIN, kernel=KERNEL, target=TARGET, noise=Gaussian(SIGMA)),
    estimator=rc.GradientFlow(operator="sphere"),
    stopping=(FixedTime(TIME),),
    risk=(Clean(), Adversarial(radius=RADIUS)),
    sizes=(N,),
    replicates=1,
)


def by_sampling() -> tuple[tuple[float, float], tuple[float, float]]:
    """Return both risks of the same data set with their standard errors."""
    f: Function = TARGET.realise(DOMAIN, generator(3, "sphere", N, 0, role="target"))
    X = DOMAIN.design(N, generator(3, "sphere", N, 0, role="design"))
    y = f(X) + Gaussian(SIGMA).draw(N, generator(3, "sphere", N, 0, role="noise"))
    values, vectors = np.linalg.eigh(KERNEL(X, X) / N)
    values = np.maximum(values, 1e-15)
    weights = vectors @ (-np.expm1(-TIME * values) / values * (vectors.T @ y)) / N
    rng = generator(0, "second route", role="probe")
    x = DOMAIN.design(300, rng)
    around = x[:, None] + RADIUS * rng.standard_normal((300, 60, 3))
    around -= np.einsum("mij,mj->mi", around, x)[:, :, None] * x[:, None]
    around /= np.linalg.norm(around, axis=2, keepdims=True)
    rho = RADIUS * np.sqrt(np.maximum(rng.random((300, 60)), np.arange(60) % 2))[:, :, None]
    z = np.cos(rho) * x[:, None] + np.sin(rho) * around
    fits = (KERNEL(z.reshape(-1, 3), X) @ weights).reshape(300, 60)
    target, here = f(x), KERNEL(x, X) @ weights
    losses = (here - target) ** 2, np.maximum(((fits - target[:, None]) ** 2).max(1), 0)
    clean, attacked = ((float(v.mean()), float(v.std() / np.sqrt(300))) for v in losses)
    return clean, attacked


def test_both_risks_by_a_second_route() -> None:
    rows = compute(STUDY, Cell(study="sphere", size=N, replicate=0), 3)
    assert {row["status"] for row in rows} == {"CONVERGED"}
    found = [float(row["value"]) for row in rows]
    (clean, spread), (attacked, wide) = by_sampling()
    assert found[0] == pytest.approx(clean, abs=4 * spread)
    assert attacked <= found[1] + 4 * wide  # samples never exceed the supremum
    assert found[1] == pytest.approx(attacked, rel=0.03, abs=4 * wide)
    assert found[1] > found[0] + 4 * (spread + wide)  # and the two are not one
