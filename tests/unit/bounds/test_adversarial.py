"""Adversarial floor and ceiling: brute force, simulated attacks, order in r."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from ratecheck import bounds
from ratecheck.charts import TorusChart
from ratecheck.domains import Torus
from ratecheck.estimators import CutOff, GradientFlow, Ridge
from ratecheck.filters import GradientFlowFilter, RidgeFilter
from ratecheck.functions import FourierSeries
from ratecheck.kernels import PeriodicSobolev
from ratecheck.risk import Adversarial
from ratecheck.types import Array, InputError

FLOW = GradientFlowFilter()


def brute(r: float, s: float, h: Array) -> float:
    k = np.arange(1.0, 5 / r + 3)
    waves = np.sin(2 * np.pi * k * h[:, None]) ** 2 / (2 * np.pi * k) ** (2 * s)
    return float(waves.max())


@given(st.floats(0.51, 4), st.floats(1e-3, 0.5))
def test_floor_equals_the_supremum_over_displacements_and_frequencies(s: float, r: float) -> None:
    found = bounds.adversarial_lower_bound(r, s)
    assert found == pytest.approx(brute(r, s, np.linspace(0, r, 201)), abs=0, rel=1e-3)
    assert found >= brute(r, s, np.array([r])) * (1 - 1e-12)
    if r <= 0.25:  # there the largest displacement is the best one
        assert found == pytest.approx(brute(r, s, np.array([r])), abs=0, rel=1e-12)


@given(st.floats(0.51, 4), st.floats(1e-12, 0.4), st.floats(1.01, 3), st.floats(0.1, 9))
def test_floor_is_monotone_in_r_and_quadratic_in_the_radius(
    s: float, r: float, factor: float, radius: float
) -> None:
    low, high = (bounds.adversarial_lower_bound(x, s) for x in (r, r * factor))
    assert low <= high
    assert bounds.adversarial_lower_bound(r, s, radius) == pytest.approx(radius**2 * low)


@pytest.mark.parametrize("s", [0.6, 0.8, 1.0, 1.5, 2.5])
def test_floor_has_the_slope_of_the_theorem(s: float) -> None:
    small, large = (bounds.adversarial_lower_bound(r, s) for r in (1e-9, 1e-5))
    slope = np.log10(large / small) / 4
    assert slope == pytest.approx(2 * min(s, 1), abs=1e-3)
    assert s <= 1 or slope != pytest.approx(2 * s, abs=1e-2)  # mutated: no kink at s = 1


def attacked(g: Array, f: Array, r: float) -> float:
    """Mean over a grid of the largest (g(x') - f(x))^2 within r, from below."""
    size = 2 * int(r * len(g)) + 1
    high = maximum_filter1d(g, size, mode="wrap")
    low = minimum_filter1d(g, size, mode="wrap")
    return float(np.mean(np.maximum((high - f) ** 2, (low - f) ** 2)))


@pytest.mark.parametrize("s", [0.75, 1.0, 2.0])
@pytest.mark.parametrize("r", [0.003, 0.02, 0.1])
def test_no_estimator_that_knows_the_extremal_wave_is_below_the_floor(s: float, r: float) -> None:
    x = np.arange(20_000) / 20_000
    k = np.arange(1.0, 200)
    best = k[np.argmax(np.sin(2 * np.pi * k * r) ** 2 / k ** (2 * s))]
    f = np.sqrt(2) * np.cos(2 * np.pi * best * x) / (2 * np.pi * best) ** s
    size = 2 * int(r * len(x)) + 1
    midrange = maximum_filter1d(f, size, mode="wrap") + minimum_filter1d(f, size, mode="wrap")
    floor = bounds.adversarial_lower_bound(r, s)
    risks = [attacked(g, f, r) for g in (f, midrange / 2, 0.5 * f, 0 * f)]
    assert min(risks) >= floor * (1 - 1e-3)
    assert min(risks) < 4 * floor  # mutated: without the 1/4 it would not be a bound


@pytest.mark.parametrize("estimator", [FLOW, RidgeFilter()], ids=repr)
@pytest.mark.parametrize(
    ("s", "m", "t", "r"), [(1, 1, 300.0, 0.01), (2, 1, 2e3, 0.05), (0.75, 1, 5e3, 0.005)]
)
def test_ceiling_holds_for_simulated_estimates_and_their_worst_waves(
    estimator: GradientFlowFilter, s: float, m: float, t: float, r: float
) -> None:
    size, n, rng = 4096, 1000, np.random.default_rng(0)
    k = np.fft.rfftfreq(size, 1 / size)
    mu = (2 * np.pi * np.maximum(k, 1)) ** (-2.0 * m)
    kept = 1 - estimator.residual(mu, np.array([t]))[0]
    kept[0] = 1.0
    ceiling = bounds.adversarial_upper_bound(estimator, n, t, s, m, r)
    risks = []
    for wave in (1, 2, 3, 5, 8, 13):
        f = np.sqrt(2) * np.cos(2 * np.pi * wave * np.arange(size) / size) / (2 * np.pi * wave) ** s
        noisy = [f + rng.standard_normal(size) * np.sqrt(size / n) for _ in range(20)]
        fits = [np.fft.irfft(kept * np.fft.rfft(y), size) for y in noisy]
        risks.append(np.mean([attacked(g, f, r) for g in fits]))
    assert max(risks) <= ceiling
    assert max(risks) >= ceiling / 20  # not vacuous
    assert ceiling >= bounds.adversarial_lower_bound(r, s)


def test_ceiling_improves_on_the_note_and_starts_at_the_clean_risk() -> None:
    clean = bounds.worst_case_risk(FLOW, 1e4, 500.0, 1, 1)
    assert bounds.adversarial_upper_bound(FLOW, 1e4, 500.0, 1, 1, 0.0) == pytest.approx(
        float(clean), abs=0, rel=2e-3
    )
    at_one = bounds.adversarial_upper_bound(FLOW, 1e4, 500.0, 1, 1, 1e-3)
    assert float(clean) <= at_one <= note_ceiling(1e4, 500.0, 1e-3)
    assert at_one < 0.9 * note_ceiling(1e4, 500.0, 1e-3)


def note_ceiling(n: float, t: float, r: float) -> float:
    """2 R_0 + 4 r^2 E ||fhat'||^2 for gradient flow, s = m = 1, by explicit sums."""
    w = 2 * np.pi * np.arange(1.0, 200_000)
    kept = -np.expm1(-t / w**2)
    bias = (2 * (1 - kept) ** 2 + 4 * r**2 * w**2 * kept**2) / w**2
    return float(bias.max() + (2 + 2 * (2 * kept**2 + 4 * r**2 * w**2 * kept**2).sum()) / n)


def extremal_wave(r: float, s: float) -> FourierSeries:
    """The member of the unit ball that the floor is attained on."""
    k = np.arange(1.0, 200)
    best = int(np.argmax(np.sin(2 * np.pi * k * r) ** 2 / k ** (2 * s))) + 1
    c = np.zeros(best + 1, dtype=np.complex128)
    c[best] = np.exp(0.7j) / np.sqrt(2) / (2 * np.pi * best) ** s
    return FourierSeries(coefficients=c, chart=TorusChart())


@pytest.mark.parametrize("name", ["flow", "ridge", "cut-off"])
@pytest.mark.parametrize(("s", "r"), [(1.0, 0.02), (1.0, 0.15), (0.75, 0.01), (2.0, 0.2)])
def test_real_fits_lie_between_floor_and_ceiling(name: str, s: float, r: float) -> None:
    method = {"flow": GradientFlow(), "ridge": Ridge(), "cut-off": CutOff()}[name]
    n, sigma, torus, rng = 128, 0.05, Torus(d=1), np.random.default_rng(1)
    X, f, times = torus.grid(n), extremal_wave(r, s), np.array([10.0, 1e3, 1e5])
    state, floor = method.prepare(PeriodicSobolev(order=1), X), bounds.adversarial_lower_bound(r, s)
    draws = [f(X) + sigma * rng.standard_normal(n) for _ in range(5)]
    paths = [method.path(state, y, times) for y in draws]
    for i, t in enumerate(times):
        risks = [Adversarial(radius=r).evaluate(p.function(i), f, torus, n) for p in paths]
        assert all(risk.value + risk.error >= floor for risk in risks)
        mean = float(np.mean([risk.value for risk in risks]))
        ceiling = bounds.adversarial_upper_bound(method.filter, n, t, s, 1, r, sigma=sigma)
        assert mean <= ceiling
        assert ceiling >= max(floor, bounds.minimax_lower_bound(n, s, sigma=sigma))
    known = Adversarial(radius=r).evaluate(f, f, torus, n)  # an estimator that knows f
    assert floor <= known.value + known.error
    assert known.value < 4 * floor + known.error  # mutated: four times it is no floor


@pytest.mark.parametrize(
    ("r", "s", "d"), [(-1e-9, 1, 1), (0.1, 0.5, 1), (0.1, 1, 2), (np.nan, 1, 1)]
)
def test_bad_input(r: float, s: float, d: int) -> None:
    with pytest.raises(InputError):
        bounds.adversarial_lower_bound(r, s, d=d)


def test_rough_kernels_have_no_ceiling() -> None:
    with pytest.raises(InputError, match="3/4"):
        bounds.adversarial_upper_bound(FLOW, 100, 10.0, 1, 0.7, 0.1)
