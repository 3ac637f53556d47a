from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import ratecheck as rc
from ratecheck.functions import Function, Plain
from ratecheck.interpolation import PiecewiseMonotone, first_order_spline
from ratecheck.kernels import (
    Brownian,
    BrownianPlusOne,
    Kernel,
    Laplace,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.risk import adversarial_risk, adversarial_risks
from ratecheck.risk.monotone import extremes, monotone_risks
from ratecheck.risk.ranges import range_extremes
from ratecheck.types import Array

UNIT, TORUS = rc.domains.Interval(0.0, 1.0), rc.domains.Torus(1)
ZERO: Function = Plain(call=lambda X: np.zeros(len(X)))
WAVE: Function = Plain(call=lambda X: 2 + np.sin(6 * X[:, 0]))
KERNELS: tuple[Kernel, ...] = (
    Brownian(),
    BrownianPlusOne(),
    NeumannSobolev(c=3.0),
    NeumannSobolev(c=200.0),
    Laplace(scale=0.05),
    PeriodicSobolev(order=1),
    PeriodicSobolev(order=3),
)
RADII = (0.004, 0.05, 0.4, 1.5)
over = pytest.mark.parametrize("kernel", KERNELS, ids=repr)
seeds = st.integers(0, 10**6)


def fit(kernel: Kernel, n: int, seed: int) -> PiecewiseMonotone:
    rng = np.random.default_rng(seed)
    X = TORUS.grid(n) if isinstance(kernel, PeriodicSobolev) else rng.random((n, 1))
    interpolant = rc.Interpolant()
    f = interpolant.path(interpolant.prepare(kernel, X), rng.standard_normal(n)).function(0)
    assert isinstance(f, PiecewiseMonotone)
    return f


def home(kernel: Kernel) -> rc.domains.Domain:
    return TORUS if isinstance(kernel, PeriodicSobolev) else UNIT


def brute(
    f: Function, domain: rc.domains.Domain, x: float, r: float, kinks: Array
) -> tuple[float, float]:
    """Extremes over 4001 points of the window and the kinks inside."""
    near = np.concatenate([kinks, kinks - 1, kinks + 1])
    window = np.append(np.linspace(x - r, x + r, 4001), near[np.abs(near - x) <= r])
    if domain is UNIT:
        window = np.clip(window, 0.0, 1.0)
    values = f(window[:, None])
    return float(values.max()), float(values.min())


@over
@settings(max_examples=5)
@given(n=st.integers(1, 30), seed=seeds, r=st.floats(1e-3, 0.7))
def test_extremes_are_those_of_every_window(kernel: Kernel, n: int, seed: int, r: float) -> None:
    f, domain = fit(kernel, n, seed), home(kernel)
    X = np.random.default_rng(seed).random((12, 1))
    high, low = extremes(f, f.turning_points(), domain, X, r)
    for i, x in enumerate(X[:, 0]):
        top, bottom = brute(f, domain, x, r, f.nodes)
        slack = 1e-3 * (top - bottom)
        assert top - 1e-10 <= high[i] <= top + slack + 1e-12
        assert bottom + 1e-10 >= low[i] >= bottom - slack - 1e-12


@over
@pytest.mark.parametrize("target", [ZERO, WAVE], ids=["zero", "wave"])
def test_risk_is_the_mean_over_the_domain(kernel: Kernel, target: Function) -> None:
    f, domain = fit(kernel, 25, 1), home(kernel)
    exact = adversarial_risks(f, target, domain, RADII)
    X = domain.grid(301)
    for value, r in zip(exact, RADII, strict=True):
        losses = []
        for x in X[:, 0]:
            top, bottom = brute(f, domain, x, r, f.nodes)
            c = float(target(np.array([[x]]))[0])
            losses.append(max(top - c, c - bottom) ** 2)
        assert value.value == pytest.approx(np.mean(losses), rel=2e-2)
        assert value.error <= 5e-3 * value.value
    assert all(a.value <= b.value * (1 + 1e-2) for a, b in pairwise(exact))


def test_agrees_with_the_risk_over_given_points() -> None:
    """`adversarial_risk` looks at 129 points of a window: it comes close from below."""
    f = fit(Laplace(scale=0.5), 40, 2)
    X = UNIT.grid(3 * 2**11)
    for r in (0.002, 0.02):
        exact = monotone_risks(f, WAVE, UNIT, (r,))[0].value
        sampled = adversarial_risk(f, WAVE, X, r, domain=UNIT)
        assert 0.98 * exact <= sampled <= exact * (1 + 1e-3)
        uncut = adversarial_risk(f, WAVE, X, r)
        assert sampled != pytest.approx(uncut, rel=1e-7)


def test_early_stopped_fits_are_exact_too() -> None:
    """A fit of gradient flow is a spline: against the grid of the general method."""
    rng = np.random.default_rng(3)
    X = UNIT.design(200, rng)
    y = WAVE(X) + 0.3 * rng.standard_normal(200)
    flow = rc.GradientFlow()
    path = flow.path(flow.prepare(NeumannSobolev(c=1.0), X), y, np.array([5.0, 500.0]))
    for index in range(2):
        f = path.function(index)
        assert isinstance(f, KernelExpansion)
        hidden = Plain(call=f)  # in this form nothing is known of it
        mine = adversarial_risks(f, WAVE, UNIT, (0.01, 0.2))
        grid = adversarial_risks(hidden, WAVE, UNIT, (0.01, 0.2))
        for a, b in zip(mine, grid, strict=True):
            assert a.value == pytest.approx(b.value, abs=a.error + b.error + 1e-4 * a.value)


def test_clean_risk_is_the_integral() -> None:
    f = fit(NeumannSobolev(c=8.0), 12, 4)
    value = rc.risk.Clean().evaluate(f, WAVE, UNIT, 12)

    def loss(x: float) -> float:
        return float((f(np.array([[x]]))[0] - WAVE(np.array([[x]]))[0]) ** 2)

    slow = quad(loss, 0, 1, points=f.nodes.tolist(), limit=200, epsabs=1e-12)[0]
    assert value.value == pytest.approx(slow, rel=1e-9)
    assert value.error <= 1e-9 * value.value


def test_brownian_windows_by_hand() -> None:
    line = first_order_spline(Brownian(), np.array([0.5]), np.array([1.0]))
    r = 0.25  # sup over [x - r, x + r] of f(x') = min(2 x', 1): 2 (x + r) below x = r, then 1
    exact = (1 - 0.125) / 6 + 0.75
    assert monotone_risks(line, ZERO, UNIT, (r,))[0].value == pytest.approx(exact, rel=1e-6)
    assert monotone_risks(line, ZERO, UNIT, (2.0,))[0].value == pytest.approx(1.0, rel=1e-12)


def test_fit_of_the_line_on_the_torus_takes_the_general_way() -> None:
    f = fit(Brownian(), 10, 5)
    general = adversarial_risks(f, ZERO, TORUS, (0.05,))[0]
    hidden = adversarial_risks(Plain(call=f), ZERO, TORUS, (0.05,))[0]
    assert general.value == hidden.value


@settings(max_examples=60)
@given(n=st.integers(1, 40), windows=st.integers(1, 30), seed=seeds)
def test_range_extremes_are_those_of_slices(n: int, windows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(n)
    start = rng.integers(0, n + 1, windows)
    stop = np.minimum(start + rng.integers(0, n + 1, windows), n)
    slices = [values[a:b] for a, b in zip(start, stop, strict=True)]
    high, low = range_extremes(values, start, stop)
    assert high.tolist() == [s.max(initial=-np.inf) for s in slices]
    assert low.tolist() == [s.min(initial=np.inf) for s in slices]
