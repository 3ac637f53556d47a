"""Laws of the risks on every one-dimensional domain, and the inequalities of theory note B1."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from ratecheck.charts import ArctanChart, Chart
from ratecheck.domains import Circle, Domain, Interval, Torus
from ratecheck.functions import FourierSeries, Function, Plain
from ratecheck.risk import Adversarial, Clean, RiskValue, adversarial_risk, adversarial_risks
from ratecheck.risk import adversarial as module
from ratecheck.risk.windows import Sampled, sampled
from ratecheck.types import Array

DOMAINS: tuple[Domain, ...] = (Torus(), Circle(), Interval(-1, 2))
FINE = 2**15
Reference = Literal["x", "x'"]

every = pytest.mark.parametrize("domain", DOMAINS, ids=repr)
both = pytest.mark.parametrize("reference", ["x", "x'"])
seeds = st.integers(0, 10**6)
bands = st.integers(1, 40)
steps = st.floats(0, np.log(FINE / 2 - 1)).map(lambda u: int(np.exp(u)))  # radii in fine steps


def wave(domain: Domain, band: int, seed: int, chart: Chart | None = None) -> FourierSeries:
    rng = np.random.default_rng(seed)
    k = np.arange(band + 1)
    c = (rng.standard_normal(k.size) + 1j * rng.standard_normal(k.size)) / (1 + k)
    c[0] = c[0].real
    return FourierSeries(coefficients=np.asarray(c), chart=chart or domain.chart)


def slid(domain: Domain, values: Array, reach: int) -> tuple[Array, Array]:
    """Return the extremes over ``reach`` fine steps on both sides."""
    mode: Literal["wrap", "nearest"] = "wrap" if domain.periodic else "nearest"
    width = min(2 * reach + 1, values.size)
    high = maximum_filter1d(values, width, mode=mode)
    low = minimum_filter1d(values, width, mode=mode)
    return high, low


def brute(g: Function, f: Function, domain: Domain, reach: int, reference: str) -> float:
    """Return the adversarial risk at r = reach fine steps by search over a very fine grid."""
    X = domain.grid(FINE)
    fit, target = g(X), f(X)
    if reference == "x'":
        fit, target = fit - target, np.zeros(FINE)
    high, low = slid(domain, fit, reach)
    return float(np.mean(np.maximum((high - target) ** 2, (low - target) ** 2)))


def risk(
    g: Function, f: Function, domain: Domain, r: float, reference: Reference = "x"
) -> RiskValue:
    return Adversarial(radius=r, reference=reference).evaluate(g, f, domain, 100)


@every
@both
@settings(max_examples=25)
@given(band=bands, other=bands, seed=seeds, reach=steps)
def test_the_stated_error_covers_a_fine_search(
    domain: Domain, reference: Reference, band: int, other: int, seed: int, reach: int
) -> None:
    g, f = wave(domain, band, seed), wave(domain, other, seed + 1)
    r = reach * domain.length / FINE
    found, expected = risk(g, f, domain, r, reference), brute(g, f, domain, reach, reference)
    assert abs(found.value - expected) <= found.error + 1e-3 * expected
    assert found.error <= 5e-3 * found.value


@settings(max_examples=20)
@given(band=bands, seed=seeds, reach=steps)
def test_fits_in_the_chart_of_the_lift(band: int, seed: int, reach: int) -> None:
    domain = Interval(-1, 2)
    g, f = wave(domain, band, seed, ArctanChart()), wave(domain, 5, seed + 1)
    found = risk(g, f, domain, reach * domain.length / FINE)
    expected = brute(g, f, domain, reach, "x")
    assert abs(found.value - expected) <= found.error + 1e-3 * expected


def without_ends(g: Function, domain: Domain, size: int) -> Sampled:
    """Sample g so that windows are rounded down to whole steps of the grid."""
    s = sampled(g, domain, size)
    return dataclasses.replace(s, shifted=lambda r: (s.values, s.values))


@every
def test_rounding_the_window_down_is_caught(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    g, f = wave(domain, 10, 1), wave(domain, 3, 2)
    reach = 21  # half a step of the grid of 768
    expected = brute(g, f, domain, reach, "x")
    r = reach * domain.length / FINE
    right = risk(g, f, domain, r)
    monkeypatch.setattr(module, "sampled", without_ends)
    wrong = risk(g, f, domain, r)
    assert abs(right.value - expected) <= right.error + 1e-3 * expected
    assert abs(wrong.value - expected) > wrong.error + 1e-3 * expected


@every
@settings(max_examples=20)
@given(band=bands, seed=seeds)
def test_radius_zero_is_the_clean_risk(domain: Domain, band: int, seed: int) -> None:
    g, f = wave(domain, band, seed), wave(domain, 9, seed + 1)
    clean, attacked = Clean().evaluate(g, f, domain, 100), risk(g, f, domain, 0.0)
    assert abs(clean.value - attacked.value) <= clean.error + attacked.error + 1e-9 * clean.value
    X = domain.grid(FINE)
    assert clean.value == pytest.approx(np.mean((g(X) - f(X)) ** 2), rel=1e-6)


@every
@both
@settings(max_examples=20)
@given(band=bands, seed=seeds, r=st.lists(st.floats(0, 4), min_size=2, max_size=4))
def test_attacks_cost_more_the_further_they_reach(
    domain: Domain, reference: Reference, band: int, seed: int, r: list[float]
) -> None:
    g, f = wave(domain, band, seed), wave(domain, 5, seed + 1)
    clean = Clean().evaluate(g, f, domain, 100).value
    radii = (0.0, *sorted(r))
    values = adversarial_risks(g, f, domain, radii, reference)
    for small, large in itertools.pairwise(values):
        assert small.value <= large.value * (1 + 1e-9)
    assert values[-1].value >= clean - values[0].error - 1e-9
    single = risk(g, f, domain, radii[-1], reference)
    assert abs(single.value - values[-1].value) <= single.error + values[-1].error


@every
def test_a_window_that_holds_the_domain(domain: Domain) -> None:
    g, f = wave(domain, 6, 1), wave(domain, 4, 2)
    X = domain.grid(FINE)
    top, bottom, target = g(X).max(), g(X).min(), f(X)
    expected = np.mean(np.maximum((top - target) ** 2, (bottom - target) ** 2))
    whole = domain.length / 2 if domain.periodic else domain.length
    for r in (whole, 3 * whole):
        found = risk(g, f, domain, r)
        assert found.value == pytest.approx(expected, abs=found.error + 1e-5 * expected)
    assert risk(g, f, domain, whole / 8).value < 0.99 * expected


@every
@both
@settings(max_examples=20)
@given(seed=seeds, scale=st.floats(-4, 4).map(lambda e: 10.0**e), r=st.floats(1e-4, 1))
def test_units_of_the_response_do_not_matter(
    domain: Domain, reference: Reference, seed: int, scale: float, r: float
) -> None:
    g, f = wave(domain, 12, seed), wave(domain, 5, seed + 1)
    before = risk(g, f, domain, r, reference)

    def changed(h: FourierSeries) -> FourierSeries:
        c = -scale * h.coefficients
        c[0] += 3 * scale
        return dataclasses.replace(h, coefficients=c)

    after = risk(changed(g), changed(f), domain, r, reference)
    assert after.value == pytest.approx(scale**2 * before.value, rel=1e-9)
    assert after.error == pytest.approx(scale**2 * before.error, rel=1e-5, abs=1e-9 * after.value)


@pytest.mark.parametrize("domain", DOMAINS[:2], ids=repr)
@settings(max_examples=20)
@given(seed=seeds, turn=st.floats(0, 1))
def test_rotating_both_functions_changes_nothing(domain: Domain, seed: int, turn: float) -> None:
    g, f = wave(domain, 12, seed), wave(domain, 5, seed + 1)

    def rotated(h: FourierSeries) -> FourierSeries:
        phase = np.exp(2j * np.pi * turn * np.arange(h.coefficients.size))
        return dataclasses.replace(h, coefficients=h.coefficients * phase)

    before, after = risk(g, f, domain, 0.03), risk(rotated(g), rotated(f), domain, 0.03)
    assert abs(before.value - after.value) <= before.error + after.error


@every
@settings(max_examples=20)
@given(seed=seeds, r=st.floats(1e-3, 1))
def test_the_moving_reference_is_the_risk_of_the_error(domain: Domain, seed: int, r: float) -> None:
    g, f = wave(domain, 12, seed), wave(domain, 12, seed + 1)
    error = dataclasses.replace(g, coefficients=g.coefficients - f.coefficients)
    zero = dataclasses.replace(g, coefficients=0 * g.coefficients)
    moving, fixed = risk(g, f, domain, r, "x'"), risk(error, zero, domain, r)
    assert abs(moving.value - fixed.value) <= moving.error + fixed.error
    # triangle inequality: sup |g(x') - f(x)| <= sup |g(x') - f(x')| + sup |f(x') - f(x)|
    modulus = risk(f, f, domain, r)
    bound = (np.sqrt(moving.value + moving.error) + np.sqrt(modulus.value + modulus.error)) ** 2
    assert risk(g, f, domain, r).value <= bound * (1 + 1e-3)


@every
@both
@settings(max_examples=6)
@given(seed=seeds, r=st.floats(1e-3, 1))
def test_agrees_with_the_windows_of_single_points(
    domain: Domain, reference: Reference, seed: int, r: float
) -> None:
    g, f = wave(domain, 4, seed), wave(domain, 3, seed + 1)
    found = risk(g, f, domain, r, reference)
    X = domain.grid(768)
    there = adversarial_risk(g, f, X, r, domain=domain, reference=reference)
    assert there == pytest.approx(found.value, abs=found.error + 2e-3 * found.value)


# Theory note B1, on the torus and the circle, where windows are translates.


def modulus(f: FourierSeries, domain: Domain, r: float) -> float:
    """Return sup over |h| <= r of E |f(x + 2h) - f(x)|^2, exactly by Parseval."""
    k = np.arange(f.coefficients.size)
    h = np.linspace(0, r, 400) / domain.length
    gain = 4 * np.sin(2 * np.pi * np.multiply.outer(h, k)) ** 2
    return float(np.max(2 * gain @ np.abs(f.coefficients) ** 2))


def midrange(f: FourierSeries, domain: Domain, r: float) -> Function:
    """Return the estimate halfway between the extremes of the target over each window."""
    size = 2**12
    values = f.on_grid(size)
    reach = int(np.ceil(r / domain.length * size))
    high, low = slid(domain, values, reach)
    middle = (high + low) / 2

    def call(X: Array) -> Array:
        z = domain.chart.coordinate(X)
        return np.asarray(np.interp(z * size, np.arange(size + 1), np.append(middle, middle[0])))

    return Plain(call=call)


@pytest.mark.parametrize("domain", DOMAINS[:2], ids=repr)
@settings(max_examples=30)
@given(band=st.integers(1, 12), seed=seeds, r=st.floats(1e-3, 0.24), near=st.floats(0, 1))
def test_no_estimate_beats_a_quarter_of_the_modulus(
    domain: Domain, band: int, seed: int, r: float, near: float
) -> None:
    f, radius = wave(domain, band, seed), r * domain.length
    other = wave(domain, band, seed + 1)
    mixed = (1 - near) * f.coefficients + near * other.coefficients
    floor = modulus(f, domain, radius) / 4
    estimates: tuple[Function, ...] = (
        dataclasses.replace(f, coefficients=mixed),
        f,
        midrange(f, domain, radius),
        dataclasses.replace(f, coefficients=np.zeros(1, dtype=np.complex128)),
    )
    for g in estimates:
        found = risk(g, f, domain, radius)
        assert floor <= found.value + found.error


def test_a_larger_constant_than_a_quarter_is_wrong() -> None:
    domain = Torus()
    f = FourierSeries(coefficients=np.array([0, 0.5 + 0j]), chart=domain.chart)
    r = 0.25  # half of the wave: the middle of the window's extremes is zero everywhere
    zero = dataclasses.replace(f, coefficients=np.zeros(1, dtype=np.complex128))
    found = risk(zero, f, domain, r)
    assert modulus(f, domain, r) / 4 == pytest.approx(found.value, rel=1e-3)
    assert 0.3 * modulus(f, domain, r) > found.value + found.error


@pytest.mark.parametrize("domain", DOMAINS[:2], ids=repr)
@settings(max_examples=25)
@given(band=st.integers(1, 30), seed=seeds, r=st.floats(-5, -0.3).map(lambda e: 10.0**e))
def test_the_modulus_of_the_target_is_at_most_its_gradient(
    domain: Domain, band: int, seed: int, r: float
) -> None:
    f, radius = wave(domain, band, seed), r * domain.length
    gradient = f.derivative().mean_square() / domain.length**2
    found = risk(f, f, domain, radius)
    assert found.value <= 2 * radius**2 * gradient + found.error


def test_a_constant_below_one_is_wrong() -> None:
    f, r = wave(Torus(), 5, 0), 1e-3
    found = risk(f, f, Torus(), r)
    gradient = f.derivative().mean_square()
    assert found.value - found.error > 0.95 * r**2 * gradient
    assert found.value <= 2 * r**2 * gradient
