"""Worst-case risks on given points: equispaced limits, real fits, the target of WorstCase."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ratecheck import bounds
from ratecheck.charts import TorusChart
from ratecheck.domains import Torus
from ratecheck.estimators import CutOff, GradientFlow, Ridge, SpectralEstimator
from ratecheck.filters import CutOffFilter, Filter, GradientFlowFilter, RidgeFilter
from ratecheck.functions import FourierSeries
from ratecheck.kernels import PeriodicSobolev
from ratecheck.risk import Clean
from ratecheck.targets import WorstCase
from ratecheck.targets.base import FitSetting
from ratecheck.types import Array, ComplexArray, InputError

FILTERS: tuple[Filter, ...] = (GradientFlowFilter(), RidgeFilter(), CutOffFilter())
KERNEL = PeriodicSobolev(order=1)


def norm(coefficients: ComplexArray, s: float) -> float:
    k = np.arange(coefficients.size)
    return float(2 * np.sum((2 * np.pi * k) ** (2 * s) * np.abs(coefficients) ** 2))


@pytest.mark.parametrize("estimator", FILTERS, ids=repr)
@pytest.mark.parametrize(("s", "t"), [(1.0, 200.0), (1.5, 1500.0)])
def test_equispaced_points_give_the_sequence_model(estimator: Filter, s: float, t: float) -> None:
    n = 300
    found = bounds.worst_case_on_points(estimator, np.arange(n) / n, t, s, 1, 2.0, 0.5, band=140)
    exact = bounds.worst_case_risk(estimator, n, t, s, 1, 2.0, 0.5)
    assert found.squared_bias == pytest.approx(exact.squared_bias, abs=0, rel=1e-8)
    assert found.variance == pytest.approx(exact.variance, abs=0, rel=2e-2)
    assert norm(found.coefficients, s) == pytest.approx(4, abs=0, rel=1e-9)


@pytest.mark.parametrize("estimator", FILTERS, ids=repr)
def test_the_extremal_wave_is_the_target_of_worst_case(estimator: Filter) -> None:
    n, s, t = 200, 1.5, 800.0
    setting = FitSetting(time=t, residual=estimator.residual, eigenvalues=KERNEL.fourier)
    target = WorstCase(s, 1.0, band=90).realise(Torus(d=1), np.random.default_rng(0), setting)
    found = bounds.worst_case_on_points(estimator, np.arange(n) / n, t, s, 1, band=90)
    exact = bounds.worst_case_risk(estimator, n, t, s, 1)
    k = int(np.abs(target.coefficients).argmax())
    assert k == exact.frequency
    assert k == np.abs(found.coefficients).argmax()
    left = estimator.residual(KERNEL.fourier(k)[-1:], np.array([t]))[0, 0]
    bias = 2 * abs(target.coefficients[k]) ** 2 * left**2
    assert bias == pytest.approx(found.squared_bias, abs=0, rel=1e-8)
    assert found.squared_bias == pytest.approx(exact.squared_bias, abs=0, rel=1e-8)


def bias_of_fit(estimator: SpectralEstimator, X: Array, t: float, c: ComplexArray) -> float:
    """The clean risk of a real fit to noiseless values of a Fourier series."""
    f = FourierSeries(coefficients=c, chart=TorusChart())
    state = estimator.prepare(KERNEL, X)
    path = estimator.path(state, f(X), np.array([t]))
    return Clean().evaluate(path.function(0), f, Torus(d=1), len(X)).value


@pytest.mark.parametrize("estimator", [GradientFlow(), Ridge(), CutOff()], ids=repr)
def test_real_fits_attain_the_supremum_and_never_exceed_it(estimator: Any) -> None:
    n, s, t, rng = 100, 1.0, 300.0, np.random.default_rng(3)
    X = np.sort(rng.random(n))[:, None]
    worst = bounds.worst_case_on_points(estimator.filter, X, t, s, 1)
    attained = bias_of_fit(estimator, X, t, worst.coefficients)
    assert attained == pytest.approx(worst.squared_bias, abs=0, rel=5e-3)
    for width in (3, 10, 50):
        c = np.append(0j, rng.standard_normal(width) + 1j * rng.standard_normal(width))
        c /= norm(c, s) ** 0.5
        assert bias_of_fit(estimator, X, t, c) <= worst.squared_bias
    wave = bounds.worst_case_risk(estimator.filter, n, t, s, 1)
    assert worst.squared_bias > float(wave.squared_bias) * 1.02  # random points mix the waves
    assert worst.value > bounds.minimax_lower_bound(n, s)


def test_the_variance_is_that_of_fits_to_noise_and_the_band_suffices() -> None:
    n, t, rng = 60, 200.0, np.random.default_rng(5)
    X = np.sort(rng.random(n))[:, None]
    found = bounds.worst_case_on_points(FILTERS[0], X, t, 1, 1, sigma=0.7)
    flow, torus = GradientFlow(), Torus(d=1)
    state = flow.prepare(KERNEL, X)
    flat = FourierSeries(coefficients=np.zeros(1, dtype=np.complex128), chart=TorusChart())
    risks = []
    for _ in range(200):
        path = flow.path(state, 0.7 * rng.standard_normal(n), np.array([t]))
        risks.append(Clean().evaluate(path.function(0), flat, torus, n).value)
    spread = float(np.std(risks) / len(risks) ** 0.5)
    assert found.variance == pytest.approx(np.mean(risks), abs=4 * spread)
    assert found.variance / 0.7 != pytest.approx(np.mean(risks), abs=4 * spread)  # mutated
    wider = bounds.worst_case_on_points(FILTERS[0], X, t, 1, 1, sigma=0.7, band=480)
    assert wider.value == pytest.approx(found.value, abs=0, rel=2e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros(4001)}, "at most 4000"),
        ({"X": np.zeros((3, 2))}, "1 columns"),
        ({"s": 0.5}, "s must exceed"),
        ({"m": 0.5}, "m must exceed"),
        ({"t": 0.0}, "t must be"),
        ({"band": 0}, "band must be"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"X": np.arange(9) / 9, "t": 1.0, "s": 1, "m": 1} | change
    with pytest.raises(InputError, match=message):
        bounds.worst_case_on_points(FILTERS[0], **arguments)
