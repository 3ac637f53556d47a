"""Committed numbers of smoothing, saturation and lattices once more, by routes of their own.

As in `test_naive_routes`, only random draws and parameters are shared with the package.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import ive

from ratecheck.cli.catalogue import load_study
from ratecheck.domains import Circle
from ratecheck.montecarlo.curves import BestTime
from ratecheck.montecarlo.exact import ExactStudy
from ratecheck.montecarlo.study import Suite
from ratecheck.types import Array
from tests.system.naive import ROOT, streams, value


def least(risk: Callable[[float], float], last: float) -> float:
    """Return the minimum of a risk over the logarithm of the time."""
    start = min(np.linspace(0, last, 2 * round(last) + 1), key=risk)
    found = minimize_scalar(
        risk, bounds=(start - 0.6, start + 0.6), method="bounded", options={"xatol": 1e-8}
    )
    return float(found.fun)


@pytest.mark.parametrize(("m", "s", "n"), [(1, 1, 10**4), (1, 3, 10**8), (2, 6, 10**8)])
@pytest.mark.parametrize("name", ["gradient flow", "ridge"])
def test_saturation(name: str, m: int, s: int, n: int) -> None:
    """Bias and variance summed over frequencies, with the integral of what is beyond."""
    suite = load_study(str(ROOT / "studies" / "saturation.py"))
    assert isinstance(suite, Suite)
    (study,) = [found for found in suite.studies if found.name == f"m{m}-s{s}"]
    assert isinstance(study, ExactStudy)
    curve = study.curves[0]
    assert isinstance(curve, BestTime)
    R, last = curve.ball.radius, 60_000.0
    w = 2 * np.pi * np.arange(1, last + 1)
    mu = w ** (-2.0 * m)

    def risk(log_time: float) -> float:
        t = math.exp(log_time)
        left = np.exp(-t * mu) if name == "gradient flow" else 1 / (1 + t * mu)
        mean = math.exp(-t) if name == "gradient flow" else 1 / (1 + t)
        beyond = 2 * t * t * (2 * np.pi) ** (-4.0 * m) * last ** (1 - 4 * m) / (4 * m - 1)
        spread = 2 * float(np.sum((1 - left) ** 2)) + beyond + (1 - mean) ** 2
        return float(R * R * np.max(w ** (-2.0 * s) * left**2) + spread / n)

    where = {"study": study.name, "size": str(n)}
    best = least(risk, 30.0)
    names = [name, "ridge" if name == "gradient flow" else "gradient flow"]
    own, other = (f"{each} at best t, m={m}" for each in names)
    assert best == pytest.approx(value("saturation", **where, stopping=own), rel=1e-5, abs=0)
    assert best != pytest.approx(value("saturation", **where, stopping=other), rel=1e-2, abs=0)


def shells(d: int, last: int) -> Array:
    """Return how many points of Z^d have squared length q = 0 ... last, axis by axis."""
    counts = np.zeros(last + 1)
    counts[0] = 1
    for _ in range(d):
        before = counts.copy()
        for j in range(1, math.isqrt(last) + 1):
            counts[j * j :] += 2 * before[: last + 1 - j * j]
    return counts


@pytest.mark.parametrize(("d", "reach"), [(3, 250), (4, 150), (5, 120)])
def test_lattices(d: int, reach: int) -> None:
    """Worst cases on T^d from counted lattice points, at n = 10^14 inside the window."""
    n, s, m = 10**14, d / 2 + 1, (d + 1) / 2
    counts = shells(d, reach * reach)
    q = np.flatnonzero(counts)[1:]
    w, several = 2 * np.pi * np.sqrt(q), counts[q]
    mu, area = w ** (-2 * m), 2 * np.pi ** (d / 2) / math.gamma(d / 2)

    def risk(log_time: float) -> float:
        t = math.exp(log_time)
        left = np.exp(-t * mu)
        beyond = area * t * t * (2 * np.pi) ** (-4 * m) * reach ** (d - 4 * m) / (4 * m - d)
        spread = float(np.sum(several * (1 - left) ** 2)) + beyond + (1 - math.exp(-t)) ** 2
        return float(np.max(w ** (-2 * s) * left**2) + spread / n)

    held = value("dimension_free", study=f"d{d}", size=str(n))
    best = least(risk, 50.0)
    assert best == pytest.approx(held, rel=1e-6, abs=0)
    assert best != pytest.approx(1.0001 * held, rel=1e-6, abs=0)


def test_smoothing() -> None:
    """Rice's distribution integrated for the smoothed kernel, arcs searched on a grid."""
    n, replicate, name = 64, 2, "sphere-1-n"
    draw = streams(name, n, replicate)
    design = draw("design")
    X, P = Circle().design(n, design), Circle().design(64, design)

    def truth(A: Array) -> Array:
        return np.asarray(A[:, 0] + 2 * A[:, 0] * A[:, 1])

    def distances(A: Array) -> Array:
        return np.asarray(np.hypot(A[:, :1] - X[:, 0], A[:, 1:] - X[:, 1]))

    y = truth(X) + draw("noise").standard_normal(n)
    gram, cross = np.exp(-distances(X)), np.exp(-distances(P))
    values, vectors = np.linalg.eigh(gram / n)
    flows = [
        vectors @ (-np.expm1(-t * values) / values * (vectors.T @ y)) / n
        for t in np.geomspace(1, 1e6, 37)
    ]
    stopped = min(flows, key=lambda c: float(np.mean((cross @ c - truth(P)) ** 2)))
    reach = 0.3 / math.sqrt(2)
    angles = (np.arctan2(P[:, 1], P[:, 0])[:, None] + np.linspace(-reach, reach, 401)).ravel()
    far = distances(np.column_stack([np.cos(angles), np.sin(angles)]))
    r, (x, weights) = np.linspace(0, 2, 2001), np.polynomial.legendre.leggauss(200)

    def smoothed(s: float) -> Array:
        """Return E exp(-|r e + s Z|) in the plane."""
        low, high = np.maximum(0, r - 10 * s)[:, None], (r + 10 * s)[:, None]
        v = low + (high - low) * (x + 1) / 2
        density = v / s**2 * np.exp(-((v - r[:, None]) ** 2) / (2 * s * s))
        density *= ive(0, v * r[:, None] / s**2)
        return np.asarray(((high - low) / 2 * density * np.exp(-v)) @ weights)

    def held(series: str, level: float, copy: int = replicate) -> float:
        where = {"study": name, "size": str(n), "replicate": str(copy), "time": str(level)}
        return value("randomised_smoothing", **where, stopping=series, risk="adversarial")

    for level in (0.0, 0.2, 0.8, 3.2):
        table = smoothed(level / math.sqrt(2)) if level else np.exp(-r)
        kernel = np.interp(far, r, table) if level else np.exp(-far)
        fits = {"interpolant": np.linalg.solve(gram, y), "early stopped": stopped}
        risks = {series: kernel @ c for series, c in fits.items()}
        risks["interpolant, shrunk only"] = table[0] * np.exp(-far) @ fits["interpolant"]
        for series, fit in risks.items():
            naive = float(np.mean(np.max((fit.reshape(64, -1) - truth(P)[:, None]) ** 2, axis=1)))
            peaked = series != "early stopped" and (level == 0 or "shrunk" in series)
            near = 0.01 if peaked else 1e-5  # a grid cuts the peaks at the data off
            assert naive == pytest.approx(held(series, level), rel=near), (series, level)
            assert naive != pytest.approx(held(series, level, replicate + 1), rel=near)
