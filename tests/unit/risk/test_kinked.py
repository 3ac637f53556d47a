from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratecheck as rc
from ratecheck.domains import Circle, Domain, Interval, Torus
from ratecheck.functions import Function, Plain
from ratecheck.kernels import Brownian, Kernel, LiftedNTK, PeriodicSobolev
from ratecheck.risk.adversarial import adversarial_risks
from ratecheck.risk.between import clean_risks_between
from ratecheck.risk.expansion import Expansion, as_expansion
from ratecheck.risk.kinked import _maxima, expansion_risks
from ratecheck.targets import Sobolev
from ratecheck.types import Array, InputError, UnsupportedError

RADII = (0.0, 0.01, 0.03, 0.1)
SETTINGS: list[tuple[Kernel, Domain]] = [
    (PeriodicSobolev(order=1), Torus()),
    (LiftedNTK(depth=2), Interval(0.0, 1.0)),
    (LiftedNTK(depth=3), Interval(-1.0, 1.0)),
]
ZERO = Plain(call=lambda X: np.zeros(len(X)))


def fitted(kernel: Kernel, domain: Domain, times: Array, n: int = 60) -> tuple[Expansion, Function]:
    rng = np.random.default_rng(7)
    f = Sobolev(2.0, radius=10.0, band=32).realise(domain, rng)
    X = domain.design(n, rng)
    estimator = rc.GradientFlow(operator="eigh")
    y = f(X) + 0.5 * rng.standard_normal(n)
    return as_expansion(estimator.path(estimator.prepare(kernel, X), y, times)), f


def by_hand(fits: Expansion, f: Function, domain: Domain, r: float, size: int) -> Array:
    """Look at every node, kink and window end in turn."""
    length = domain.length
    knots = fits.centres[:, 0]
    dense = np.concatenate([domain.grid(20 * size)[:, 0], knots])
    values = fits.values(dense[:, None])
    losses = []
    for x in domain.grid(size)[:, 0]:
        away = np.abs(dense - x)
        inside = (np.minimum(away, length - away) if domain.periodic else away) <= r
        ends = np.array([[x - r], [x + r]])
        if isinstance(domain, Interval):
            ends = np.clip(ends, domain.low, domain.high)
        seen = np.concatenate([values[inside], fits.values(ends)])
        losses.append(np.max((seen - f(np.array([[x]]))) ** 2, axis=0))
    return np.asarray(np.mean(losses, axis=0))


@pytest.mark.parametrize(("kernel", "domain"), SETTINGS, ids=repr)
def test_agrees_with_a_naive_search_at_every_time(kernel: Kernel, domain: Domain) -> None:
    fits, f = fitted(kernel, domain, np.array([1.0, 1e3, 1e5, 1e9]))
    found = expansion_risks(fits, f, domain, RADII)
    for r, row in zip(RADII, found, strict=True):
        slow = by_hand(fits, f, domain, r, 600)
        np.testing.assert_allclose([v.value for v in row], slow, rtol=0.015)
        assert all(v.error <= 5e-3 * v.value for v in row)


@pytest.mark.parametrize(("kernel", "domain"), SETTINGS, ids=repr)
def test_agrees_with_the_grid_where_fits_are_smooth(kernel: Kernel, domain: Domain) -> None:
    fits, f = fitted(kernel, domain, np.array([1.0, 100.0]))
    found = expansion_risks(fits, f, domain, RADII[1:])
    for t in range(2):
        column = fits.restricted([t])
        one = Plain(call=lambda X, c=column: c.values(X)[:, 0])  # type: ignore[misc] # bound now
        for row, slow in zip(found, adversarial_risks(one, f, domain, RADII[1:]), strict=True):
            assert abs(row[t].value - slow.value) <= row[t].error + slow.error + 2e-4 * slow.value


def test_clean_risks_by_hand() -> None:
    # between two kinks everything is a polynomial: f = 0, fit = tent of height 1, half-width 0.2
    centres, weights = np.array([[0.3], [0.5], [0.7]]), np.array([[-5.0], [10.0], [-5.0]])
    tent = Expansion(kernel=Brownian(), centres=centres, weights=weights)
    found = clean_risks_between(tent, ZERO, Interval(0.0, 1.0))[0]
    assert found.value == pytest.approx(2 * 0.2 / 3, abs=1e-14)
    assert found.error < 1e-14


def test_clean_risks_need_far_fewer_nodes_than_a_grid() -> None:
    fits, f = fitted(LiftedNTK(depth=2), Interval(0.0, 1.0), np.array([1e9]))
    found = clean_risks_between(fits, f, Interval(0.0, 1.0))[0]
    X = Interval(0.0, 1.0).grid(2**18)
    slow = float(np.mean((fits.values(X)[:, 0] - f(X)) ** 2))
    assert found.value == pytest.approx(slow, rel=1e-6)
    assert found.error < 1e-6 * found.value


def test_a_peak_between_nodes_is_seen() -> None:
    # a tent of half-width 1e-6 at a point of no grid: K = min is piecewise linear
    centre, width = 0.1234567, 1e-6
    centres = np.array([[centre - width], [centre], [centre + width]])
    weights = np.array([[-1.0], [2.0], [-1.0]]) / width
    tent = Expansion(kernel=Brownian(), centres=centres, weights=weights)
    found = expansion_risks(tent, ZERO, Interval(0.0, 1.0), (0.05,))[0][0]
    assert found.value == pytest.approx(0.1, rel=2e-3)  # the windows that hold the peak
    one = Plain(call=lambda X: tent.values(X)[:, 0])
    assert adversarial_risks(one, ZERO, Interval(0.0, 1.0), (0.05,))[0].value < 0.05


def test_a_line_on_the_interval_by_hand() -> None:
    line = Expansion(kernel=Brownian(), centres=np.array([[1.0]]), weights=np.array([[1.0]]))
    r = 0.2
    found = expansion_risks(line, ZERO, Interval(0.0, 1.0), (r,))[0][0]
    assert found.value == pytest.approx((1 - r**3) / 3 + r, abs=found.error)


@pytest.mark.parametrize("r", [0.5, 0.7, 3.0])
def test_a_window_of_the_whole_torus_holds_every_peak(r: float) -> None:
    fits, _ = fitted(PeriodicSobolev(order=1), Torus(), np.array([1e9]))
    found = expansion_risks(fits, ZERO, Torus(), (r,))[0][0]
    dense = np.concatenate([Torus().grid(5000), fits.centres])
    assert found.value == pytest.approx(float(np.max(fits.values(dense) ** 2)), rel=1e-5)


def test_coordinates_of_the_torus_are_taken_modulo_one() -> None:
    fits, f = fitted(PeriodicSobolev(order=1), Torus(), np.array([1e9]))
    moved = Expansion(kernel=fits.kernel, centres=fits.centres - 3.0, weights=fits.weights)
    here = expansion_risks(fits, f, Torus(), (0.03,))[0][0]
    there = expansion_risks(moved, f, Torus(), (0.03,))[0][0]
    assert there.value == pytest.approx(here.value, rel=1e-8)


def test_the_risk_grows_with_the_radius() -> None:
    fits, f = fitted(LiftedNTK(depth=2), Interval(0.0, 1.0), np.array([10.0, 1e4, 1e8]))
    radii = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    table = [[v.value for v in row] for row in expansion_risks(fits, f, Interval(0.0, 1.0), radii)]
    assert (np.diff(table, axis=0) > 0).all()


@given(
    size=st.integers(1, 40),
    seed=st.integers(0, 999),
    pairs=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), min_size=1, max_size=20),
)
@settings(max_examples=40)
def test_range_maxima(size: int, seed: int, pairs: list[tuple[int, int]]) -> None:
    values = np.random.default_rng(seed).standard_normal((size, 2))
    ranges = [sorted((a % size, b % size)) for a, b in pairs]
    lows, highs = (np.array([r[k] for r in ranges], dtype=np.int64) for k in (0, 1))
    expected = [values[a : b + 1].max(axis=0) for a, b in ranges]
    np.testing.assert_array_equal(_maxima(values, lows, highs + 1), expected)


def test_refusals() -> None:
    fits, f = fitted(PeriodicSobolev(order=1), Torus(), np.array([1.0]), n=10)
    with pytest.raises(InputError, match="radius must not be negative"):
        expansion_risks(fits, f, Torus(), (-0.1,))
    with pytest.raises(UnsupportedError, match="torus or an interval"):
        expansion_risks(fits, f, Circle(), (0.1,))
    with pytest.raises(UnsupportedError, match="one dimension"):
        expansion_risks(fits, f, Torus(2), (0.1,))
