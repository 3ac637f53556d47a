from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.charts import ArctanChart
from ratecheck.domains import Circle, Domain, Interval, Torus
from ratecheck.functions import FourierSeries, Function, Plain
from ratecheck.risk.windows import Sampled, sampled, translated
from ratecheck.types import Array

DOMAINS: tuple[Domain, ...] = (Torus(), Circle(), Interval(-1, 2))
every = pytest.mark.parametrize("domain", DOMAINS, ids=repr)
seeds = st.integers(0, 10**6)


def wave(domain: Domain, band: int, seed: int, offset: float = 0.0) -> FourierSeries:
    rng = np.random.default_rng(seed)
    c = rng.standard_normal(band + 1) + 1j * rng.standard_normal(band + 1)
    c[0] = c[0].real
    return FourierSeries(coefficients=c, chart=domain.chart, offset=offset)


def positions(domain: Domain, X: Array) -> Array:
    """Return the arc length along the domain of points X, from its start."""
    if isinstance(domain, Circle):
        return np.mod(np.arctan2(X[:, 1], X[:, 0]), 2 * np.pi)
    return X[:, 0] - (domain.low if isinstance(domain, Interval) else 0.0)


@every
@given(size=st.integers(1, 20), r=st.floats(-5, 5))
def test_translation_moves_by_the_distance(domain: Domain, size: int, r: float) -> None:
    X = domain.grid(size)
    moved = translated(domain, X, r)
    assert domain.contains(moved).all()
    expected = positions(domain, X) + r
    if domain.periodic:
        turn = 2 * np.pi / domain.length
        a, b = np.exp(1j * turn * positions(domain, moved)), np.exp(1j * turn * expected)
        assert a == pytest.approx(b, abs=1e-12)
    else:
        expected = np.clip(expected, 0, domain.length)
        assert positions(domain, moved) == pytest.approx(expected, abs=1e-12)


@every
@given(band=st.integers(0, 30), seed=seeds, r=st.floats(0, 2))
def test_sampling_is_evaluation(domain: Domain, band: int, seed: int, r: float) -> None:
    g = wave(domain, band, seed)
    s = sampled(g, domain, 24)
    X = domain.grid(24)
    assert s.spacing == pytest.approx(domain.length / 24)
    assert s.values == pytest.approx(g(X), abs=1e-9)
    left, right = s.shifted(r)
    assert left == pytest.approx(g(translated(domain, X, -r)), abs=1e-9)
    assert right == pytest.approx(g(translated(domain, X, r)), abs=1e-9)


def test_an_offset_is_sampled_too() -> None:
    g = wave(Torus(), 4, 0, offset=2.0)
    s = sampled(g, Torus(), 16)
    assert s.values == pytest.approx(g(Torus().grid(16)), abs=1e-10)
    assert s.values != pytest.approx(g.on_grid(16), abs=1)


def test_series_in_other_charts_are_evaluated() -> None:
    g = FourierSeries(coefficients=np.array([0.5, 1 + 1j]), chart=ArctanChart())
    s = sampled(g, Interval(-1, 2), 12)
    assert s.values == pytest.approx(g(Interval(-1, 2).grid(12)), abs=1e-12)


def plain(domain: Domain, function: Function, size: int) -> Sampled:
    return sampled(Plain(call=function.__call__), domain, size)


@every
@settings(max_examples=12)
@given(band=st.integers(1, 12), seed=seeds, r=st.floats(1e-4, 4), routes=st.booleans())
def test_extremes_bracket_a_fine_search(
    domain: Domain, band: int, seed: int, r: float, routes: bool
) -> None:
    g, size, count = wave(domain, band, seed), 512, 501
    s = sampled(g, domain, size) if routes else plain(domain, g, size)
    high, low = s.extremes(r)
    places = np.arange(0, size, 73)
    X = domain.grid(size)[places]
    nodes = np.concatenate([translated(domain, X, h) for h in np.linspace(-r, r, count)])
    values = g(nodes).reshape(count, places.size)
    top, bottom, slack = values.max(axis=0), values.min(axis=0), s.overshoot()
    # the search itself misses at most (step)^2 |g''| / 8
    bend = 2 * np.sum(
        (2 * np.pi * np.arange(band + 1) / domain.length) ** 2 * np.abs(g.coefficients)
    )
    missed = float((2 * r / (count - 1)) ** 2 * bend / 8) + 1e-9
    assert (high[places] <= top + missed).all()
    assert (high[places] >= top - slack - 1e-9).all()
    assert (low[places] >= bottom - missed).all()
    assert (low[places] <= bottom + slack + 1e-9).all()
    assert (high >= s.values).all()
    assert (low <= s.values).all()


def rounded_down(s: Sampled, r: float) -> Array:
    """Return the maxima over the whole nodes of each window only: the mutation to be caught."""
    reach = int(r / s.spacing)
    rolled = [np.roll(s.values, k) for k in range(-reach, reach + 1)]
    return np.asarray(np.max(rolled, axis=0))


def test_the_ends_of_the_window_count() -> None:
    g = FourierSeries(coefficients=np.array([0, 0.5 + 0j]), chart=Torus().chart)
    s = sampled(g, Torus(), 64)
    for r in (0.3 / 64, 1.7 / 64, 4.5 / 64):
        high, _ = s.extremes(r)
        x = np.arange(64) / 64
        away = np.maximum(np.minimum(x, 1 - x) - r, 0)  # distance of the window from the maximum
        assert high == pytest.approx(np.cos(2 * np.pi * away), abs=s.overshoot())
        assert (rounded_down(s, r) < high - 3 * s.overshoot()).any()


@every
def test_half_a_period_or_the_whole_interval_sees_everything(domain: Domain) -> None:
    g = wave(domain, 5, 3)
    s = sampled(g, domain, 200)
    r = domain.length / 2 if domain.periodic else domain.length
    high, low = s.extremes(r)
    fine = g(domain.grid(20_000))
    assert high == pytest.approx(np.full(200, fine.max()), abs=2 * s.overshoot())
    assert low == pytest.approx(np.full(200, fine.min()), abs=2 * s.overshoot())
    assert np.ptp(s.extremes(r / 4)[0]) > 0.1


@given(band=st.integers(1, 12), seed=seeds)
def test_overshoot_covers_what_lies_between_nodes(band: int, seed: int) -> None:
    g = wave(Torus(), band, seed)
    size = 16 * band
    s = sampled(g, Torus(), size)
    fine = g.on_grid(64 * size).reshape(size, 64)
    between = fine.max(axis=1) - np.maximum(s.values, np.roll(s.values, -1))
    assert between.max() <= s.overshoot()


def test_overshoot_is_sharp_for_a_maximum_between_two_nodes() -> None:
    size = 64
    c = np.array([0, 0.5 * np.exp(-1j * np.pi / size)])
    s = sampled(FourierSeries(coefficients=c, chart=Torus().chart), Torus(), size)
    missed = 1 - s.values.max()
    assert 0.9 * s.overshoot() < missed <= s.overshoot()
