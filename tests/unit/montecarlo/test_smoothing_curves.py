"""Smoothing measured on torus and spheres: against naive routes, in all its readings."""

from __future__ import annotations

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.kernels import Laplace, PeriodicSobolev
from ratecheck.montecarlo.measured import Reading
from ratecheck.montecarlo.measurements.smoothing_curves import (
    ADVERSARIAL,
    AMPLITUDE,
    BEST_GAIN,
    INTERPOLANT,
    LOWEST,
    OVER_SHRINKING,
    SHRUNK,
    STOPPED,
    Curves,
)
from ratecheck.montecarlo.measurements.sphere_smoothing import (
    BUDGET,
    Attack,
    SphereSmoothing,
    target,
)
from ratecheck.montecarlo.measurements.torus_smoothing import (
    NOISE_ONLY,
    NOISE_RISK,
    ROUGH_NOISE,
    VARIANCE,
    TorusSmoothing,
)
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.risk import Budget, Expansion, adversarial_bracket
from ratecheck.smoothing import smooth
from ratecheck.streams import Role, generator
from ratecheck.types import Array, InputError

LEVELS = (0.0, 0.1, 0.4)


def streams(role: Role) -> np.random.Generator:
    return generator(1, "smoothing", role=role)


def sphere(**other: float) -> SphereSmoothing:
    options: dict[str, object] = {
        "kernel": Laplace(), "levels": LEVELS, "sigma": 1.0, "radius": 0.3, "points": 20, "n": 40,
    }  # fmt: skip
    return SphereSmoothing(**(options | other))  # type: ignore[arg-type] # mixed options


def torus() -> TorusSmoothing:
    return TorusSmoothing(
        order=1, target=rc.targets.Sobolev(2.0, 20.0, band=8), sigma=1.0, radius=0.05,
        levels=LEVELS, level=0.05,
    )  # fmt: skip


def curve(found: list[Reading], series: str, quantity: str = ADVERSARIAL) -> Array:
    own = [r for r in found if (r.series, r.quantity) == (series, quantity)]
    assert [r.index for r in own] == list(range(len(LEVELS)))
    assert [r.time for r in own] == list(LEVELS)
    return np.array([r.value for r in own])


def number(found: list[Reading], series: str, quantity: str) -> float:
    (own,) = [r for r in found if (r.series, r.quantity) == (series, quantity)]
    assert own.index is None
    return own.value


def test_gains_of_curves() -> None:
    curves = Curves(levels=np.array(LEVELS), radius=0.1)
    curves.add(INTERPOLANT, np.array([8.0, 2.0, 4.0]), np.zeros(3))
    curves.add(SHRUNK, np.array([8.0, 6.0, 3.0]), np.zeros(3))
    found = curves.readings(np.array([1.0, 0.9, 0.5]))
    assert number(found, INTERPOLANT, BEST_GAIN) == 4.0
    assert number(found, INTERPOLANT, LOWEST) == 2.0
    assert number(found, INTERPOLANT, OVER_SHRINKING) == 1.5
    assert number(found, SHRUNK, BEST_GAIN) == pytest.approx(8 / 3)
    assert curve(found, SHRUNK, AMPLITUDE) == pytest.approx([1.0, 0.9, 0.5])
    without = curves.readings()
    assert not [r for r in without if r.quantity in (AMPLITUDE, OVER_SHRINKING)]


@pytest.mark.parametrize("d", [1, 3])
def test_sphere_readings(d: int) -> None:
    found = sphere().measure(d, streams)
    interpolant, shrunk = curve(found, INTERPOLANT), curve(found, SHRUNK)
    assert interpolant[0] == pytest.approx(shrunk[0], rel=1e-3)  # no smoothing, no shrinking
    assert interpolant[0] > curve(found, STOPPED)[0]
    factors = curve(found, SHRUNK, AMPLITUDE)
    assert factors[0] == 1.0
    assert np.all(np.diff(factors) < 0)
    assert all(r.error >= 0 for r in found)
    assert [r.value for r in sphere().measure(d, streams)] == [r.value for r in found]
    swapped = sphere(n=0, d=d).measure(40, streams)
    assert [r.value for r in swapped] == [r.value for r in found]


def test_circle_against_the_exact_supremum() -> None:
    """Smoothed fits searched on a fine grid of every window: attacks miss nothing."""
    rng = np.random.default_rng(0)
    X, points = rc.domains.Circle().design(60, rng), rc.domains.Circle().design(25, rng)
    weights = np.linalg.solve(Laplace()(X, X), target(X) + rng.standard_normal(60))
    fit = KernelExpansion(kernel=Laplace(), centres=X, weights=np.asarray(weights, np.float64))
    for s in (0.0, 0.07):
        smoothed = smooth(fit, s, extension=rc.smoothing.Extension(name="ambient"))
        assert isinstance(smoothed, KernelExpansion)
        attack = Attack(points=points, radius=0.2, domain=rc.domains.Circle(), rng=rng)
        expansion = Expansion(kernel=smoothed.kernel, centres=X, weights=smoothed.weights[:, None])
        found = attack.bracket(expansion)[0][0]
        losses = []
        angles, knots = np.linspace(-0.2, 0.2, 4001), np.arctan2(X[:, 1], X[:, 0])
        for point, truth in zip(points, target(points), strict=True):
            centre = np.arctan2(point[1], point[0])
            gap = (knots - centre + np.pi) % (2 * np.pi) - np.pi
            turns = centre + np.concatenate([angles, gap[np.abs(gap) <= 0.2]])
            values = smoothed(np.stack([np.cos(turns), np.sin(turns)], axis=1))
            losses.append(np.max((values - truth) ** 2))
        assert found == pytest.approx(np.mean(losses), rel=2e-3)


def test_target_has_mean_square_one() -> None:
    for d in (1, 2, 9):
        domain = rc.domains.Circle() if d == 1 else rc.domains.Sphere(d)
        values = target(domain.design(200_000, np.random.default_rng(d)))
        assert np.mean(values**2) == pytest.approx(1.0, abs=0.02)
        assert np.mean(values) == pytest.approx(0.0, abs=0.02)


def test_torus_readings() -> None:
    found = torus().measure(64, streams)
    interpolant, stopped = curve(found, INTERPOLANT), curve(found, STOPPED)
    assert interpolant[0] > 2 * interpolant[1] > 2 * stopped[1] * 0.5
    assert number(found, NOISE_ONLY, VARIANCE) == pytest.approx(1.0, abs=0.01)
    assert number(found, ROUGH_NOISE, VARIANCE) == pytest.approx(
        2 / 3 * 2 * np.sqrt(np.pi) * 0.05 * 64, rel=2e-3
    )  # c_1 = 2/3 of theory note D
    assert number(found, NOISE_ONLY, NOISE_RISK) < 0.1 * number(found, ROUGH_NOISE, NOISE_RISK)
    assert all(r.error <= 0.006 * r.value for r in found)


def test_variance_is_that_of_many_draws() -> None:
    n, s = 32, 0.05
    X = rc.domains.Torus(d=1).grid(n)
    estimator = rc.Smoothed(rc.Interpolant(), s)
    state = estimator.prepare(PeriodicSobolev(order=1), X)
    rng, squares = np.random.default_rng(0), []
    for _ in range(400):
        fit = estimator.path(state, rng.standard_normal(n)).function(0)
        assert isinstance(fit, rc.functions.FourierSeries)
        squares.append(fit.mean_square())
    expected = torus()._variance(X, s)
    assert np.mean(squares) == pytest.approx(expected, abs=3.5 * float(np.std(squares)) / 20)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "exactly one"),
        ({"d": 2}, "exactly one"),
        ({"levels": (0.1, 0.2)}, "start with 0"),
        ({"levels": (0.0, 0.2, 0.2)}, "increase"),
        ({"radius": 0.0}, "radius"),
        ({"points": 0}, "points"),
    ],
)
def test_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sphere(**options)  # type: ignore[arg-type] # on purpose


def test_the_budget_suffices() -> None:
    """Beside an attack with twenty times the rows, on the roughest fits."""
    rng = np.random.default_rng(0)
    generous = Budget(centres=60, random=200, anchors=4, starts=16, steps=60, polish=40)
    for d in (1, 2, 5):
        domain = rc.domains.Circle() if d == 1 else rc.domains.Sphere(d)
        X, points = domain.design(100, rng), domain.design(16, rng)
        weights = np.linalg.solve(Laplace()(X, X), target(X) + rng.standard_normal(100))
        rough = Expansion(
            kernel=Laplace(), centres=X, weights=np.asarray(weights[:, None], np.float64)
        )
        found, best = (
            adversarial_bracket(
                rough, target, points, 0.15, domain=domain, budget=budget, certify=False
            )
            for budget in (BUDGET, generous)
        )
        assert best.rows > 10 * found.rows
        assert found.attack[0] >= 0.997 * best.attack[0]
