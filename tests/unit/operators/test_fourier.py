from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.domains import Circle, Domain, Interval, Torus
from ratecheck.estimators import GradientFlow, SpectralEstimator
from ratecheck.filters import GradientFlowFilter
from ratecheck.functions import FourierSeries
from ratecheck.kernels import NTK, Kernel, LiftedNTK, PeriodicSobolev
from ratecheck.operators import FourierGram
from ratecheck.operators import fourier as module
from ratecheck.operators.prepare import gram_operator
from ratecheck.path import Path
from ratecheck.types import Array, Status

TIMES = np.geomspace(1.0, 1e3, 12)


def operator(kernel: Kernel, X: Array) -> FourierGram:
    found = gram_operator(kernel, X, "fourier")
    assert isinstance(found, FourierGram)
    return found


def path(of: FourierGram, y: Array) -> Path:
    reduction = of.reduce(y, TIMES, 1e-8)
    return Path(times=TIMES, filter=GradientFlowFilter(), operator=of, reduction=reduction)


def data(domain: Domain, n: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = domain.design(n, rng)
    return X, np.cos(4 * X[:, 0]) + 0.5 * rng.standard_normal(n)


def test_the_band_is_four_times_the_last_active_frequency() -> None:
    X, _ = data(Torus(), 100)
    of = operator(PeriodicSobolev(order=1), X)
    assert of.band((2 * np.pi * 20.5) ** 2) == 4 * 22
    assert of.band(1e-3) == 32
    assert of.band(1e300) == (of.coefficients.size - 1) // 2


def test_parity_zeros_do_not_shorten_the_band() -> None:
    X, _ = data(Circle(), 100)
    of = operator(NTK(depth=2), X)
    last = int(np.flatnonzero(of.coefficients >= 1e-4)[-1])
    active = int(np.count_nonzero(of.coefficients >= 1e-4))
    assert active < 0.6 * last
    assert of.band(1e4) == 4 * (last + 2)


@given(exponent=st.integers(-9, 9), n=st.sampled_from([100, 3000]))
@settings(max_examples=12)
def test_units_of_the_response_do_not_matter(exponent: int, n: int) -> None:
    X, y = data(Torus(), n)
    of = operator(PeriodicSobolev(order=1), X)
    ours = path(of, y * 10.0**exponent).coordinates / 10.0**exponent
    assert ours == pytest.approx(path(of, y).coordinates, abs=1e-9)


def test_small_responses_would_drown_beside_the_weights() -> None:
    # one transform carries design and data together; its error is relative to the larger part
    X, y = data(Torus(), 500)
    of = operator(PeriodicSobolev(order=1), X)
    _, right = of._transform(1e-9 * y, 64, float(np.mean((1e-9 * y) ** 2)))
    _, unscaled = of._transform(1e-9 * y, 64, 1.0)
    _, exact = of._transform(y, 64, float(np.mean(y**2)))
    assert right == pytest.approx(1e-9 * exact, abs=1e-20)
    assert unscaled != pytest.approx(1e-9 * exact, abs=1e-19)


CASES: tuple[tuple[Kernel, Domain], ...] = (
    (PeriodicSobolev(order=1), Torus()),
    (LiftedNTK(depth=3), Interval(-1, 1)),
)


@pytest.mark.parametrize(("kernel", "domain"), CASES, ids=repr)
def test_the_routes_agree(kernel: Kernel, domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = data(domain, 2000)
    of = operator(kernel, X)
    dense = path(of, y)
    monkeypatch.setattr(module, "DENSE_BELOW", 0)
    iterative = path(of, y)
    assert dense.reduction.ritz.values.size > iterative.reduction.ritz.values.size
    new = domain.grid(50)
    a, b = (p.operator.predict(p.coordinates, new) for p in (dense, iterative))
    assert a == pytest.approx(b, abs=1e-5)
    assert (np.sqrt(np.mean((a - b) ** 2, axis=1)) <= 2 * (dense.errors + iterative.errors)).all()
    assert dense.square_traces == pytest.approx(iterative.square_traces, rel=0.05)


def test_a_design_that_leaves_gaps_is_fitted_or_says_that_it_is_not() -> None:
    rng = np.random.default_rng(1)
    X = np.sort(0.1 * rng.random((4000, 1)), axis=0)
    y = np.sin(40 * X[:, 0]) + 0.3 * rng.standard_normal(4000)
    times = np.geomspace(1, (2 * np.pi * 60) ** 2, 20)
    fast, slow = GradientFlow(operator="fourier"), GradientFlow(operator="markov")
    ours = fast.path(fast.prepare(PeriodicSobolev(order=1), X), y, times)
    exact = slow.path(slow.prepare(PeriodicSobolev(order=1), X), y, times)
    gap = ours.operator.predict(ours.coordinates, X) - exact.operator.predict(exact.coordinates, X)
    distance = np.sqrt(np.mean(gap**2, axis=1))
    assert ours.status[0] is Status.BUDGET or (distance <= ours.errors + exact.errors).all()


def test_the_constant_of_the_lift_is_its_own_coordinate() -> None:
    X, y = data(Interval(-1, 1), 200)
    of = operator(LiftedNTK(depth=2), X)
    assert of.constant == 1.0
    f = path(of, y + 5).function(11)
    assert isinstance(f, FourierSeries)
    assert f.offset != 0.0
    without = dataclasses.replace(of, constant=0.0)
    g = path(without, y + 5).function(11)
    assert isinstance(g, FourierSeries)
    assert g.offset == 0.0
    assert np.abs(f(X) - g(X)).max() > 1e-3


def test_tolerance_chooses_the_number_of_poles() -> None:
    X, y = data(Torus(), 6000)
    times = np.geomspace(1, (2 * np.pi * 60) ** 2, 20)
    ranks = []
    for tolerance in (1e-4, 1e-6, 1e-9):
        estimator = SpectralEstimator(filter=GradientFlowFilter(), tolerance=tolerance)
        fit = estimator.path(estimator.prepare(PeriodicSobolev(order=1), X), y, times)
        ranks.append(fit.reduction.ritz.values.size)
        assert fit.reduction.ritz.errors(fit._weigh, times)[:-4].max() <= 30 * tolerance
    assert ranks[0] < ranks[1] < ranks[2]


def test_without_a_constant_there_is_no_offset_not_even_rounding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # an offset would send every sampling of the fit down the slow route
    X, y = data(Torus(), 2000)
    monkeypatch.setattr(module, "DENSE_BELOW", 0)
    fit = path(operator(PeriodicSobolev(order=1), X), y)
    for i in range(TIMES.size):
        f = fit.function(i)
        assert isinstance(f, FourierSeries)
        assert f.offset == 0.0


@pytest.mark.parametrize(
    ("kernel", "domain", "wrong"),
    [
        (PeriodicSobolev(order=1), Torus(), False),
        (LiftedNTK(depth=2), Interval(-1, 1), True),
        (NTK(depth=3), Circle(), True),
    ],
    ids=["torus", "lifted", "circle"],
)
def test_up_to_interpolation_no_wrong_fit_goes_without_a_status(
    kernel: Kernel, domain: Domain, wrong: bool
) -> None:
    """The band limit fails long before the data are interpolated; a status says so."""
    X, y = data(domain, 64)
    times = np.geomspace(1.0, 1e6, 7)
    fits = {}
    for name in ("fourier", "eigh"):
        gram = gram_operator(kernel, X, name)
        reduction = gram.reduce(y, times, 1e-8)
        found = Path(times=times, filter=GradientFlowFilter(), operator=gram, reduction=reduction)
        fits[name] = found, gram.predict(found.coordinates, X)
    (ours, values), (exact, right) = fits["fourier"], fits["eigh"]
    lost = np.mean((values - right) ** 2, axis=1)
    variance = exact.square_traces * exact.residuals / y.size
    fine = np.array([status is Status.CONVERGED for status in ours.status])
    assert (lost[fine] <= 0.03 * variance[fine]).all()
    assert (lost[~fine] > 0.03 * variance[~fine]).any() or not wrong
    assert not fine.all()
