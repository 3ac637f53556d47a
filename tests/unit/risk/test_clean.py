from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ratecheck.charts import TorusChart
from ratecheck.domains import Circle, Domain, Interval, Sphere, Torus
from ratecheck.estimators import GradientFlow
from ratecheck.functions import FourierSeries, Function, Plain
from ratecheck.kernels import NTK, Kernel, Laplace, LiftedNTK, PeriodicSobolev
from ratecheck.risk import Clean, clean_risks
from ratecheck.targets import Sobolev
from ratecheck.types import UnsupportedError

CASES: tuple[tuple[Domain, Kernel], ...] = (
    (Torus(), PeriodicSobolev(order=1)),
    (Circle(), NTK(depth=3)),
    (Interval(-1, 1), LiftedNTK(depth=2)),
    (Interval(-1, 1), Laplace(scale=0.5)),
    (Interval(), PeriodicSobolev(order=1)),  # fits in another chart than the target's
)


def value(f_hat: Function, f: Function, domain: Domain) -> float:
    return Clean().evaluate(f_hat, f, domain, 1).value


def series(domain: Domain, *c: complex, offset: float = 0.0) -> FourierSeries:
    coefficients = np.array(c, dtype=np.complex128)
    return FourierSeries(coefficients=coefficients, chart=domain.chart, offset=offset)


@pytest.mark.parametrize(("domain", "kernel"), CASES, ids=repr)
@pytest.mark.parametrize("n", [40, 500])
def test_risks_of_a_path_are_the_mean_squares_of_its_functions(
    domain: Domain, kernel: Kernel, n: int
) -> None:
    rng = np.random.default_rng(1)
    f = Sobolev(1.0, band=300).realise(domain, rng)
    X = domain.design(n, rng)
    y = f(X) + 0.3 * rng.standard_normal(n)
    estimator = GradientFlow()
    path = estimator.path(estimator.prepare(kernel, X), y, np.array([1.0, 10.0, 100.0]))
    found = clean_risks(path, f, domain)
    grid = domain.grid(4_001)
    for i in range(3):
        fit = path.function(i)
        direct = float(np.mean((fit(grid) - f(grid)) ** 2))
        assert found[i] == pytest.approx(direct, rel=2e-4)
        assert value(fit, f, domain) == pytest.approx(direct, rel=2e-4)
    assert found[0] != pytest.approx(found[2], rel=1e-2)


def test_offsets_count() -> None:
    f = series(Torus(), 0.0, 0.5)
    lifted = series(Torus(), 0.0, 0.5, offset=2.0)
    assert value(lifted, f, Torus()) == pytest.approx(4.0)
    assert value(f, lifted, Torus()) == pytest.approx(4.0)


def test_sines_and_cosines_on_half_a_circle_are_not_orthogonal() -> None:
    domain = Interval()
    f, g = series(domain, 1.0), series(domain, 0.0, -0.5j)  # 1 and sin(pi x)
    assert value(f, g, domain) == pytest.approx(1 - 4 / np.pi + 0.5, rel=1e-6)
    assert value(f, g, domain) != pytest.approx(1.5, rel=0.1)  # the sum of squares


def test_a_series_of_another_period_is_integrated_over_the_domain() -> None:
    wave = FourierSeries(coefficients=np.array([0, 0.5 + 0j]), chart=TorusChart())
    zero = dataclasses.replace(wave, coefficients=np.zeros(1, dtype=np.complex128))
    # E cos^2(2 pi x) over [0, 1/8]
    expected = 0.5 + 0.5 * np.sin(np.pi / 2) / (np.pi / 2)
    assert value(wave, zero, Interval(0, 0.125)) == pytest.approx(expected, rel=1e-6)


def test_quadrature_states_an_error_and_sums_do_not() -> None:
    f = series(Torus(), 0.0, 0.5)
    exact = Clean().evaluate(f, series(Torus(), 0.0), Torus(), 1)
    assert (exact.value, exact.error) == (0.5, 0.0)
    line = Plain(call=lambda X: X[:, 0])
    found = Clean().evaluate(line, Plain(call=lambda X: 0 * X[:, 0]), Interval(), 1)
    assert 0 < abs(found.value - 1 / 3) <= found.error


def test_higher_dimensions_are_refused() -> None:
    zero = Plain(call=lambda X: np.zeros(len(X)))
    with pytest.raises(UnsupportedError, match="one dimension"):
        Clean().evaluate(zero, zero, Sphere(2), 1)


def test_names() -> None:
    assert Clean().name == "clean"
    assert Clean().radius_at(10) == 0.0
