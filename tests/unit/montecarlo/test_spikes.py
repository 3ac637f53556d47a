"""Ridge fits with spikes: the interpolant of a spiky-smooth kernel, and its exact suprema."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.interpolation import PeriodicSpline, PiecewiseMonotone
from ratecheck.kernels import Kernel, NeumannSobolev, PeriodicSobolev, spiky_smooth
from ratecheck.montecarlo.measurements.spikes import SpikyFit, smallest_gap
from ratecheck.montecarlo.measurements.spiky_risks import (
    CLEAN,
    FIXED,
    PLAIN,
    RIDGE,
    SHRINKING,
    SPIKY,
    WIDE,
    SpikyRisks,
)
from ratecheck.risk import adversarial_risks
from ratecheck.streams import Role, generator
from ratecheck.types import Array, InputError

TORUS, INTERVAL = rc.domains.Torus(d=1), rc.domains.Interval(0.0, 1.0)


def measurement(kernel: Kernel, sigma: float = 0.8) -> SpikyRisks:
    order = kernel.order if isinstance(kernel, PeriodicSobolev) else 1
    domain = TORUS if isinstance(kernel, PeriodicSobolev) else INTERVAL
    return SpikyRisks(
        kernel=kernel, domain=domain, order=order, smoothness=1.0, radius=3.0, sigma=sigma,
        target=rc.targets.Sobolev(1.0, 3.0, band=20),
    )  # fmt: skip


def streams(role: Role) -> np.random.Generator:
    return generator(3, "spikes", role=role)


def fitted(
    kernel: Kernel, n: int, spacings: float = 50.0
) -> tuple[SpikyFit, Array, Array, rc.functions.Function]:
    """Return the spiky fit of the measurement with its data and target."""
    m = measurement(kernel)
    f = m.target.realise(m.domain, streams("target"))
    X = m._design(n, streams("design"))
    y = f(X) + m.sigma * streams("noise").standard_normal(n)
    ridge = m._ridge(X, y)
    scale = smallest_gap(X[:, 0], ridge.period) / spacings
    return SpikyFit(smooth=ridge, knots=X[:, 0], values=y, scale=scale), X, y, f


KERNELS = (PeriodicSobolev(order=1), PeriodicSobolev(order=2), NeumannSobolev(c=1.0))
every = pytest.mark.parametrize("kernel", KERNELS, ids=repr)


@every
def test_it_is_the_interpolant_of_the_spiky_kernel(kernel: Kernel) -> None:
    n = 40
    fit, X, y, _ = fitted(kernel, n)
    rho = n * measurement(kernel).ridge_parameter(n)
    both = spiky_smooth(kernel, rho, fit.scale)
    dense = rc.Interpolant(operator="dense")
    path = dense.path(dense.prepare(both, X), y)
    knots = X[(X[:, 0] > 0.1) & (X[:, 0] < 0.9)]
    for points in (
        X,
        knots + fit.scale,
        knots - 0.3 * fit.scale,
        np.linspace(0, 0.99, 97)[:, None],
    ):
        expected = dense.predict(path, points)[0]
        assert fit(points) == pytest.approx(expected, abs=1e-6 * np.abs(y).max())


@every
def test_it_is_monotone_between_its_turning_points(kernel: Kernel) -> None:
    """Up to scale^2 times the bend of the smooth part, which is neglected."""
    fit, _, _, _ = fitted(kernel, 30, spacings=5000.0)
    places, values = fit.turning_points()
    assert np.all(np.diff(places) >= 0)
    assert fit(places[:, None]) == pytest.approx(values, abs=1e-7)
    up_and_down = 0
    for a, b in pairwise(places):
        inside = np.concatenate([np.linspace(0, 1, 60), np.geomspace(1e-4, 1, 60)])
        inside = np.concatenate([inside, 1 - np.geomspace(1e-4, 1, 60)])
        steps = np.diff(fit(a + np.sort(inside)[:, None] * (b - a)))
        assert steps.min() > -1e-7 or steps.max() < 1e-7
    for a, b in zip(places[:-2], places[2:], strict=True):  # control: not so if one is left out
        steps = np.diff(fit(np.linspace(a, b, 400)[:, None]))
        up_and_down += bool(steps.min() < -1e-7 and steps.max() > 1e-7)
    assert up_and_down > 10


@every
@pytest.mark.parametrize("radius", [0.02, 0.11])
def test_adversarial_risk_against_brute_force(kernel: Kernel, radius: float) -> None:
    """Windows searched on a grid refined around every knot."""
    fit, X, _, f = fitted(kernel, 24)
    domain = TORUS if fit.period else INTERVAL
    found = adversarial_risks(fit, f, domain, (radius,))[0]
    x = domain.grid(600)
    near = X + fit.scale * np.concatenate(
        [-np.geomspace(0.01, 40, 60), [0.0], np.geomspace(0.01, 40, 60)]
    )
    nodes = np.sort(np.concatenate([near.ravel(), np.linspace(0, 1, 20001)]))
    nodes = nodes[(nodes >= 0) & (nodes <= 1)]
    values = fit(nodes[:, None])
    losses = []
    for point, target in zip(x[:, 0], f(x), strict=True):
        gap = np.abs(nodes - point)
        gap = np.minimum(gap, 1 - gap) if fit.period else gap
        window = values[gap <= radius]
        losses.append(max(window.max() - target, target - window.min()) ** 2)
    assert found.value == pytest.approx(np.mean(losses), rel=0.02)
    smooth = adversarial_risks(fit.smooth, f, domain, (radius,))[0]
    assert smooth.value < 0.5 * found.value  # control: it is the spikes


@every
def test_spike_energy_against_quadrature(kernel: Kernel) -> None:
    fit, X, _, f = fitted(kernel, 24)
    domain = TORUS if fit.period else INTERVAL
    u, w = np.polynomial.legendre.leggauss(20)
    total = 0.0
    for knot in X[:, 0]:
        for low, high in ((0, 1), (1, 5), (5, 25)):
            for side in (-1, 1):
                t = knot + side * fit.scale * (low + (u + 1) / 2 * (high - low))
                points = t[:, None] % 1.0
                change = (fit(points) - f(points)) ** 2 - (fit.smooth(points) - f(points)) ** 2
                inside = (t >= 0) & (t <= 1) if fit.period is None else True
                total += fit.scale * (high - low) / 2 * float(w @ (change * inside))
    size = fit.scale * float(np.sum(fit.heights**2))
    assert fit.spike_energy(f(X)) == pytest.approx(total, abs=0.02 * size)
    assert domain.length == 1.0


def test_readings() -> None:
    m = measurement(PeriodicSobolev(order=1), sigma=1.0)
    found = {(r.series, r.quantity): r for r in m.measure(256, streams)}
    names, quantities = (RIDGE, PLAIN, SPIKY), (CLEAN, FIXED, SHRINKING)
    assert set(found) == {*product(names, quantities), (WIDE, CLEAN)}
    assert found[SPIKY, CLEAN].value < 1.3 * found[RIDGE, CLEAN].value
    assert found[SPIKY, FIXED].value > 10 * found[RIDGE, FIXED].value
    assert found[PLAIN, CLEAN].value > 5 * found[SPIKY, CLEAN].value
    assert found[WIDE, CLEAN].value > found[SPIKY, CLEAN].value + 0.01
    assert all(r.error <= 6e-3 * r.value for r in found.values())
    assert [r.value for r in m.measure(256, streams)] == [r.value for r in m.measure(256, streams)]


def test_risks_are_in_units_of_the_noise() -> None:
    """Target and noise ten times as large, R as well: the same numbers."""
    one = SpikyRisks(
        kernel=PeriodicSobolev(order=2), domain=TORUS, order=2, smoothness=1.0, radius=3.0,
        sigma=1.0, target=rc.targets.Sobolev(1.0, 3.0, band=20),
    )  # fmt: skip
    ten = SpikyRisks(
        kernel=PeriodicSobolev(order=2), domain=TORUS, order=2, smoothness=1.0, radius=30.0,
        sigma=10.0, target=rc.targets.Sobolev(1.0, 30.0, band=20),
    )  # fmt: skip
    for a, b in zip(one.measure(128, streams), ten.measure(128, streams), strict=True):
        assert a.value == pytest.approx(b.value, rel=1e-6)


def test_ridge_parameter_minimises_the_bound() -> None:
    for order in (1, 2):
        m = measurement(PeriodicSobolev(order=order))
        q, a = 1.0 / (2 * order), 1 / (2 * order)

        def bound(lam: float, q: float = q, a: float = a, m: SpikyRisks = m) -> float:
            bias = (m.radius * lam**q * q**q * (1 - q) ** (1 - q)) ** 2
            noise = m.sigma**2 / 500 * (1 - a) * np.pi * a / np.sin(np.pi * a) / np.pi
            return float(bias + noise * lam**-a)

        best = m.ridge_parameter(500)
        assert bound(best) < min(bound(1.1 * best), bound(best / 1.1))
    ratio = m.ridge_parameter(1000) / m.ridge_parameter(500)
    assert np.log2(ratio) == pytest.approx(-4 / 3)  # -2m/(2s+1)


def test_refused() -> None:
    fit, _, _, _ = fitted(PeriodicSobolev(order=1), 20)
    with pytest.raises(InputError, match="a 37th of the smallest gap"):
        SpikyFit(smooth=fit.smooth, knots=fit.knots, values=fit.values, scale=0.01)
    with pytest.raises(InputError, match="below 2m"):
        SpikyRisks(
            kernel=PeriodicSobolev(order=1), domain=TORUS, order=1, smoothness=2.0, radius=1.0,
            sigma=1.0, target=rc.targets.Sobolev(2.0, 1.0),
        )  # fmt: skip
    with pytest.raises(InputError, match="sigma"):
        measurement(PeriodicSobolev(order=1), sigma=0.0)
    assert isinstance(fit.smooth, PeriodicSpline)
    assert isinstance(fit, PiecewiseMonotone)
