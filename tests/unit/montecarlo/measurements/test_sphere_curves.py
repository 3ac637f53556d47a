from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.domains import Sphere
from ratecheck.montecarlo.measured import Reading, Streams
from ratecheck.montecarlo.measurements.sphere_curves import SphereCurves, certified
from ratecheck.montecarlo.measurements.sphere_smoothing import target
from ratecheck.montecarlo.measurements.training_curves import (
    CLEAN,
    EXACT,
    NOISY,
    adversarial,
    rise,
    shift,
)
from ratecheck.risk import Budget
from ratecheck.streams import generator
from ratecheck.types import Array, InputError

RADII, D = (0.05, 0.2), 4
MADE = SphereCurves(
    kernel=rc.kernels.NTK(depth=2), sigma=1.0, n=40, points=8, radii=RADII, decades=(-1.0, 5.0),
    per_decade=1, budget=Budget(centres=4, random=4, anchors=2, starts=3, steps=6, polish=6),
)  # fmt: skip


def streams(replicate: int) -> Streams:
    return lambda role: generator(0, "sphere", replicate, role=role)


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return MADE.measure(D, streams(0))


def values(readings: list[Reading], series: str, quantity: str) -> Array:
    found = [r for r in readings if (r.series, r.quantity) == (series, quantity)]
    assert [r.index for r in found] == list(range(8))
    assert found[-1].time == math.inf
    return np.array([r.value for r in found])


@pytest.mark.parametrize("series", [NOISY, EXACT])
def test_clean_below_attack_below_certificate(readings: list[Reading], series: str) -> None:
    clean = values(readings, series, CLEAN)
    for r in RADII:
        attack, bound = (values(readings, series, q) for q in (adversarial(r), certified(r)))
        assert (clean < attack).all()
        assert (attack <= bound).all()
        assert bound[0] < 1.02 * attack[0]  # tight where the fit is smooth
        widths = [x.error for x in readings if (x.series, x.quantity) == (series, adversarial(r))]
        assert widths == pytest.approx(bound - attack)
    assert (
        values(readings, series, adversarial(0.2)) > values(readings, series, certified(0.05))
    ).any()


def test_clean_risks_by_hand(readings: list[Reading]) -> None:
    design = streams(0)("design")
    X, Z = Sphere(D).design(40, design), Sphere(D).design(8, design)
    y = target(X) + streams(0)("noise").standard_normal(40)
    K, there = MADE.kernel(X, X), MADE.kernel(Z, X)
    found = values(readings, NOISY, CLEAN)
    fit = there @ np.linalg.solve(K, y)
    assert found[-1] == pytest.approx(np.mean((fit - target(Z)) ** 2), rel=1e-7)
    mu, U = np.linalg.eigh(K / 40)
    for t, risk in zip(MADE.times, found[:-1], strict=True):
        fit = there @ (U @ (-np.expm1(-t * mu) / mu * (U.T @ y))) / 40
        assert risk == pytest.approx(np.mean((fit - target(Z)) ** 2), rel=1e-7)


def test_rises_and_shifts_are_those_of_the_curves(readings: list[Reading]) -> None:
    single = {(r.series, r.quantity): r.value for r in readings if r.index is None}
    for series in (NOISY, EXACT):
        for name in (CLEAN, *(adversarial(r) for r in RADII)):
            curve = values(readings, series, name)
            assert single[series, rise(name)] == pytest.approx(curve[-1] / curve.min())
    times = np.log10(MADE.times)
    for r in RADII:
        best = [times[np.argmin(values(readings, NOISY, q)[:-1])] for q in (adversarial(r), CLEAN)]
        assert single[NOISY, shift(r)] == pytest.approx(best[0] - best[1], abs=1.0)
        assert (EXACT, shift(r)) not in single


def test_the_first_fit_is_nearly_zero_and_noise_is_what_hurts(readings: list[Reading]) -> None:
    first = values(readings, NOISY, CLEAN)[0]
    Z = Sphere(D)
    design = streams(0)("design")
    Z.design(40, design)
    points = Z.design(8, design)
    assert first == pytest.approx(np.mean(target(points) ** 2), rel=0.15)
    noisy, exact = (values(readings, s, adversarial(0.05)) for s in (NOISY, EXACT))
    assert noisy[-1] > 1.5 * exact[-1]


def test_replicates_are_pure_and_differ() -> None:
    small = replace(MADE, n=12, points=2, decades=(0.0, 2.0))
    first, again, other = (small.measure(3, streams(r)) for r in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"radii": (0.1, 0.0)}, "radius must be positive"),
        ({"sigma": -1.0}, "sigma must be positive"),
        ({"n": 0}, "n must be at least 1"),
        ({"points": 0}, "points must be at least 1"),
        ({"decades": (1.0, 1.0)}, "decades must be increasing"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(MADE, **change)
