"""Committed numbers once more, by routes that share nothing with the package but the random draw.

Kernels are written out, linear systems dense, suprema taken on fine grids, derivatives as
differences, minima over sums without closed forms. Beside each agreement stands the row of another
replicate or size, which the same tolerance rejects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
import scipy.linalg as sl
from scipy.optimize import brentq, minimize_scalar

from ratecheck.datasets import load, split
from ratecheck.montecarlo.cell import settings
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.degeneration import SyntheticDegeneration
from ratecheck.montecarlo.measurements.interpolant_risks import InterpolantRisks
from ratecheck.montecarlo.measurements.sensitivities import AgainstWidth
from ratecheck.montecarlo.study import RateStudy
from ratecheck.random_features.weights import DrawnWeights
from ratecheck.types import Array
from tests.system.naive import ntk, rows, streams, studies, supremum, value


def lifted(A: Array, B: Array) -> Array:
    """Return the tangent kernel of two layers with an input constant, in one dimension."""
    x, y = A, B.T
    angle = np.abs(np.arctan(x) - np.arctan(y))
    return np.asarray((2 * (1 + x * y) * (np.pi - angle) + np.abs(x - y)) / np.pi + 1)


def bernoulli(A: Array, B: Array) -> Array:
    """Return the periodic H^1 kernel 1 + B_2({x - y}) / 2."""
    u = np.abs(A - B.T) % 1.0
    return np.asarray(1 + (u * u - u + 1 / 6) / 2)


CELLS: list[tuple[str, str, Callable[[Array, Array], Array]]] = [
    ("torus_rate", "m1-s1", bernoulli),
    ("ntk_rate", "lift2-s1", lifted),
    ("lepski_adaptation", "s1.5", bernoulli),
    ("adversarial_phase", "s1.5", bernoulli),
]


@pytest.mark.parametrize(("suite", "name", "kernel"), CELLS, ids=[f"{a}-{b}" for a, b, _ in CELLS])
def test_cells_of_rates(suite: str, name: str, kernel: Callable[[Array, Array], Array]) -> None:
    """Dense eigenvectors, risks on a grid, Lepski's choice by hand."""
    n, replicate = 256, 3
    study, draw = studies(suite)[name], streams(name, n, replicate)
    assert isinstance(study, RateStudy)
    problem, times = study.problem, settings(study, n)[1]
    f = problem.target.realise(problem.domain, draw("target"))
    X = problem.domain.design(n, draw("design"))
    y = f(X) + problem.noise.sigma * draw("noise").standard_normal(n)
    values, vectors = np.linalg.eigh(kernel(X, X) / n)
    own = vectors.T @ y
    periodic, points = problem.domain.periodic, 20_001
    grid = np.arange(points) / points if periodic else np.linspace(-1, 1, points)
    cross, truth = kernel(grid[:, None], X), f(grid[:, None])
    step = grid[1] - grid[0]
    mode: Literal["wrap", "nearest"] = "wrap" if periodic else "nearest"

    def risk(row: dict[str, str]) -> float:
        t = min(times, key=lambda u: abs(u - float(row["time"])))
        fit = cross @ (vectors @ (-np.expm1(-t * values) / values * own)) / n
        reach = int(float(row["radius"]) / step)
        loss = supremum(fit, truth, reach, mode) ** 2
        return float(loss.mean() if periodic else np.trapezoid(loss, grid) / 2)

    held = rows(suite, study=name, size=str(n), replicate=str(replicate))
    assert len(held) >= 6
    for row in held:
        near = 0.01 if float(row["radius"]) else 0.005
        assert risk(row) == pytest.approx(float(row["value"]), rel=near), row
    other = rows(suite, study=name, size=str(n), replicate=str(replicate + 1))
    assert risk(held[0]) != pytest.approx(float(other[0]["value"]), rel=0.01)
    chosen = {float(row["time"]) for row in held if row["stopping"].startswith("Lepski")}
    assert [*chosen] == pytest.approx([lepski(y, X, values, vectors, times)], rel=1e-6)


def lepski(y: Array, X: Array, values: Array, vectors: Array, times: Array) -> float:
    """Return the first time whose fit no later one contradicts, factors of two apart."""
    n, ordered = y.size, y[np.argsort(X[:, 0])]
    variance = float(np.sum(np.diff(ordered) ** 2)) / (2 * (n - 1))
    shares = -np.expm1(-np.outer(times, values))
    fits, size = (shares * (vectors.T @ y)) @ vectors.T, (shares**2).sum(axis=1)
    kept = [0]
    while later := [
        j
        for j in range(kept[-1] + 1, times.size)
        if times[j] <= 2 * times[kept[-1]] * (1 + 1e-9) and size[j] <= n / 3
    ]:
        kept.append(later[-1])
    for j in kept:
        if all(
            np.mean((fits[j] - fits[k]) ** 2) <= 1.5 * variance * size[k] / n for k in kept if k > j
        ):
            return float(times[j])
    raise AssertionError("the last time is never contradicted")


def test_interpolants() -> None:
    """The H^1 interpolant by a dense system; a grid misses at most what lies between its points."""
    n, replicate = 256, 5
    study, draw = studies("interpolant_divergence")["sobolev"], streams("sobolev", n, replicate)
    assert isinstance(study, MeasuredStudy)
    assert isinstance(study.measurement, InterpolantRisks)
    x = study.measurement.domain.design(n, draw("design"))
    y = study.measurement.noise.draw(n, draw("noise"))

    def kernel(A: Array, B: Array) -> Array:
        return np.asarray(
            np.cosh(np.minimum(A, B.T)) * np.cosh(1 - np.maximum(A, B.T)) / np.sinh(1)
        )

    grid = np.linspace(0, 1, 40_001)
    fit = kernel(grid[:, None], x) @ np.linalg.solve(kernel(x, x), y)
    where = {"study": "sobolev", "size": str(n), "replicate": str(replicate)}
    held = [
        row
        for row in rows("interpolant_divergence", **where)
        if row["stopping"].startswith("interp") and float(row["radius"] or 0)
    ]
    assert len(held) == 3
    for row in held:
        reach = int(float(row["radius"]) * 40_000)
        loss = supremum(fit, np.zeros_like(fit), reach, "nearest") ** 2
        naive = float(np.trapezoid(loss, grid)) / study.measurement.noise.sigma**2
        exact = float(row["value"])
        assert naive <= exact * (1 + 1e-5)
        assert naive == pytest.approx(exact, rel=0.02)
        assert naive != pytest.approx(1.05 * exact, rel=0.02)


def test_diabetes() -> None:
    """Clean errors of the tangent kernel of three layers, split and standardised by hand."""
    name, replicate = "3 layers", 4
    train, rest = split(load("diabetes"), 44, streams(name, 398, replicate)("split"))
    X, Z = ((part.X - train.X.mean(0)) / train.X.std(0) for part in (train, rest))
    y, truth = ((part.y - train.y.mean()) / train.y.std() for part in (train, rest))
    values, vectors = np.linalg.eigh(ntk(X, X, 3, 1.0) / 398)
    cross, own = ntk(Z, X, 3, 1.0), vectors.T @ y
    held = rows(
        "u_curve_diabetes", study=name, replicate=str(replicate), stopping="data", risk="clean"
    )
    assert len(held) == 14
    for row in held:
        weights = vectors @ (-np.expm1(-float(row["time"]) * values) / values * own) / 398
        error = float(np.mean((cross @ weights - truth) ** 2))
        assert error == pytest.approx(float(row["value"]), rel=1e-6)
        assert error != pytest.approx(float(row["value"]) * 1.01, rel=1e-6)


def test_closed_form_of_adversarial_training() -> None:
    """I - exp(-Theta Xi) as a matrix exponential, where the package diagonalises."""
    name, n, replicate = "synthetic", 150, 2
    study, draw = studies("adversarial_degeneration")[name], streams(name, n, replicate)
    assert isinstance(study, MeasuredStudy)
    m = study.measurement
    assert isinstance(m, SyntheticDegeneration)
    design = draw("design")
    X = design.uniform(-1, 1, (n + m.test, m.dimension))
    truth = np.sin(2 * X.sum(axis=1) / math.sqrt(m.dimension))
    y = truth[:n] + m.noise * draw("noise").standard_normal(n)
    uneven = np.exp(m.schedule.spread * design.standard_normal(n))
    theta, cross = ntk(X[:n], X[:n], 3, 1.0), ntk(X[n:], X[:n], 3, 1.0)
    xi = uneven / uneven.mean() / np.mean(np.diag(theta))
    where = {"study": name, "replicate": str(replicate), "stopping": "unequal times"}
    for index in (2, 5, 8):
        grown = sl.expm(-theta * (m.schedule.durations[index] * xi))
        weights = np.linalg.solve(theta, (np.eye(n) - grown) @ (y - y.mean()))
        risk = float(np.mean((cross @ weights + y.mean() - truth[n:]) ** 2))
        held = value("adversarial_degeneration", **where, risk="clean", index=str(index))
        after = value("adversarial_degeneration", **where, risk="clean", index=str(index + 1))
        assert risk == pytest.approx(held, rel=1e-6)
        assert risk != pytest.approx(after, rel=1e-3)


def test_sensitivity_by_difference_quotients() -> None:
    """All features of the NTK side by side, least squares, differences of the fit."""
    width, replicate = 15, 0
    study, draw = studies("universal_law")["ntk"], streams("ntk", width, replicate)
    assert isinstance(study, MeasuredStudy)
    m = study.measurement
    assert isinstance(m, AgainstWidth)
    N = m.samples[0]
    X, Y, z = m.data.draw(m.samples[-1], m.tests, draw)
    weights = DrawnWeights(dimension=X.shape[1], width=width, generator=draw("init"))
    W = np.concatenate(list(weights.groups([0, width])), axis=1)

    def slopes(P: Array) -> Array:
        return np.asarray(1 - np.tanh(P @ W) ** 2)

    columns = (X[:N, :, None] * slopes(X[:N])[:, None, :]).reshape(N, -1)
    theta = np.linalg.lstsq(columns, Y[:N], rcond=None)[0].reshape(X.shape[1], width)

    def fit(P: Array) -> Array:
        return np.asarray(((P @ theta) * slopes(P)).sum(axis=1))

    found = []
    for point in z:
        h = 1e-5 * np.eye(point.size)
        gradient = (fit(point + h) - fit(point - h)) / 2e-5
        found.append(float(np.linalg.norm(gradient) * np.linalg.norm(point)))
    where = {"study": "ntk", "size": str(width), "replicate": str(replicate)}
    held = {r["stopping"]: float(r["value"]) for r in rows("universal_law", **where)
            if r["risk"] == f"S, N = {N}"}  # fmt: skip
    assert np.mean(found) == pytest.approx(held["tanh"], rel=1e-5)
    assert np.mean(found) != pytest.approx(held["square"], rel=0.1)


@pytest.mark.parametrize(("s", "m", "n"), [(0.75, 1, 100), (1.5, 1, 100_000), (2.0, 2, 10_000)])
def test_exact_worst_cases(s: float, m: int, n: int) -> None:
    """Bias and variance summed over 200 000 frequencies, Pinsker's filter by its equation."""
    k = np.arange(1, 200_001.0)
    w, last = 2 * np.pi * k, 200_000.0
    mu = w ** (-2.0 * m)

    def risk(log_time: float) -> float:
        t = math.exp(log_time)
        left = np.exp(-t * mu)
        beyond = 2 * t * t * (2 * np.pi) ** (-4.0 * m) * last ** (1 - 4 * m) / (4 * m - 1)
        spread = 2 * float(np.sum((1 - left) ** 2)) + beyond + (1 - math.exp(-t)) ** 2
        bias = float(np.max(w ** (-2 * s) * left**2))
        return float(bias + spread / n)

    start = min(np.linspace(0, 20, 81), key=risk)
    best = minimize_scalar(risk, bounds=(start - 0.5, start + 0.5), method="bounded").fun
    where = {"study": f"s{s:g}", "size": str(n)}
    flow = value("minimax_sandwich", **where, stopping=f"gradient flow at best t, m={m}")
    assert best == pytest.approx(flow, rel=1e-5)
    a = w**s

    def spent(log_level: float) -> float:
        return 2 * float(np.sum(np.maximum(a / math.exp(log_level) - a * a, 0))) / n - 1

    level = math.exp(brentq(spent, -60 - math.log(a[0]), -math.log(a[0]) - 1e-12, xtol=1e-14))
    linear = (1 + 2 * float(np.sum(np.maximum(1 - level * a, 0)))) / n
    held = value("minimax_sandwich", **where, stopping="linear minimax")
    assert linear == pytest.approx(held, rel=1e-9)
    assert value("minimax_sandwich", **where, stopping="certified floor") <= held <= flow
    assert best != pytest.approx(linear, rel=1e-3)
