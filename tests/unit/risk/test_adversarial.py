from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from ratecheck.domains import Circle, Cube, Interval, Torus
from ratecheck.functions import FourierSeries, Plain
from ratecheck.risk import Adversarial, adversarial_risks
from ratecheck.schedules import power
from ratecheck.targets import Lacunary
from ratecheck.types import Array, InputError, UnsupportedError


def series(*c: complex) -> FourierSeries:
    return FourierSeries(coefficients=np.array(c, dtype=np.complex128), chart=Torus().chart)


def test_a_cosine_against_zero_by_hand() -> None:
    # sup over the window of cos^2: 1 where it holds an extremum, else the value at its near end
    r = 0.1
    found = Adversarial(radius=r).evaluate(series(0, 0.5), series(0), Torus(), 10)
    x = (np.arange(200_000) + 0.5) / 200_000
    away = np.maximum(np.minimum(np.mod(x, 0.5), 0.5 - np.mod(x, 0.5)) - r, 0)
    expected = np.mean(np.cos(2 * np.pi * away) ** 2)
    assert abs(found.value - expected) <= found.error
    assert found.value != pytest.approx(0.5, rel=0.2)


def test_a_line_on_the_interval_by_hand() -> None:
    # f_hat = x, f = 0 on [0, 1], windows cut at the ends: E min(x + r, 1)^2
    r = 0.2
    line = Plain(call=lambda X: X[:, 0])
    zero = Plain(call=lambda X: np.zeros(len(X)))
    found = Adversarial(radius=r).evaluate(line, zero, Interval(), 10)
    expected = (1 - r**3) / 3 + r
    assert found.value == pytest.approx(expected, abs=found.error)
    uncut = 1 / 3 + r + r**2
    assert abs(found.value - uncut) > found.error


def test_radii_on_the_circle_are_angles() -> None:
    f = FourierSeries(coefficients=np.array([0, 0.5 + 0j]), chart=Circle().chart)
    zero = FourierSeries(coefficients=np.zeros(1, dtype=np.complex128), chart=Circle().chart)
    there = Adversarial(radius=0.1).evaluate(series(0, 0.5), series(0), Torus(), 10)
    here = Adversarial(radius=0.2 * np.pi).evaluate(f, zero, Circle(), 10)
    assert here.value == pytest.approx(there.value, abs=here.error + there.error)


def test_all_norms_agree_in_one_dimension() -> None:
    f_hat, zero = series(0.3, 0.5j, 0.2), Plain(call=lambda X: np.zeros(len(X)))
    euclidean, maximum = (
        Adversarial(radius=0.1, norm=norm).evaluate(f_hat, zero, Torus(), 10)
        for norm in (2, np.inf)
    )
    assert euclidean == maximum
    assert Adversarial(radius=0.1, norm=np.inf).name == Adversarial(radius=0.1).name


def fast_and_slow(frequency: int, amplitude: float) -> FourierSeries:
    c = np.zeros(frequency + 1, dtype=np.complex128)
    c[1], c[frequency] = 1.0, amplitude
    return FourierSeries(coefficients=c, chart=Torus().chart)


@pytest.mark.parametrize("frequency", [767, 768, 1000, 1024, 1536, 3000])
@pytest.mark.parametrize("reach", [10, 983])
def test_a_weak_fast_wave_does_not_hide_between_the_nodes(frequency: int, reach: int) -> None:
    g, f = fast_and_slow(frequency, 0.05), series(0, 0.5 + 0.5j)
    size = 3 * 2**15
    found = adversarial_risks(g, f, Torus(), (reach / size,))[0]
    values, target = g.on_grid(size), f.on_grid(size)
    high = maximum_filter1d(values, 2 * reach + 1, mode="wrap")
    low = minimum_filter1d(values, 2 * reach + 1, mode="wrap")
    expected = np.mean(np.maximum(high - target, target - low) ** 2)
    assert found.value == pytest.approx(expected, abs=found.error + 1e-3)


@pytest.mark.parametrize("smoothness", [0.6, 0.75])
@pytest.mark.parametrize("domain", [Torus(), Interval()], ids=repr)
def test_lacunary_targets_do_not_fold_to_a_constant(
    smoothness: float, domain: Torus | Interval
) -> None:
    f = Lacunary(smoothness).realise(domain, np.random.default_rng(0))
    g = FourierSeries(coefficients=f.coefficients[:40], chart=f.chart)
    found = adversarial_risks(g, f, domain, (0.0,))[0]
    rest = 2 * float(np.sum(np.abs(f.coefficients[40:]) ** 2))
    assert found.value == pytest.approx(rest, rel=0.02)


def test_radius_rules() -> None:
    risk = Adversarial(radius=power(c=0.5, exponent=-0.5))
    assert risk.radius_at(100) == pytest.approx(0.05)
    assert risk.name == "adversarial(r=0.5 n^-0.5)"
    assert Adversarial(radius=0.25).name == "adversarial(r=0.25)"
    assert Adversarial(radius=0.25).radius_at(7) == 0.25
    assert Adversarial(radius=0.25, reference="x'").name == "adversarial(r=0.25, x')"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"radius": -0.1}, "radius must not be negative"),
        ({"radius": float("inf")}, "radius must be finite"),
        ({"radius": 0.1, "reference": "y"}, "reference must be one of"),
        ({"radius": 0.1, "norm": 1}, "norm must be one of"),
    ],
)
def test_refusals(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Adversarial(**arguments)


def test_a_schedule_that_turns_negative_is_refused() -> None:
    with pytest.raises(InputError, match="radius must not be negative"):
        Adversarial(radius=lambda n: 1.0 - n).radius_at(5)


def test_two_dimensions_are_refused() -> None:
    zero = Plain(call=lambda X: np.zeros(len(X)))
    for domain, message in ((Torus(2), "Fourier series of its own"), (Cube(2), "one dimension")):
        with pytest.raises(UnsupportedError, match=message):
            Adversarial(radius=0.1).evaluate(zero, zero, domain, 10)


def test_zero_risk_is_no_division_by_zero() -> None:
    found = Adversarial(radius=0.1).evaluate(series(0), series(0), Torus(), 10)
    assert (found.value, found.error) == (0.0, 0.0)


def test_rough_functions_end_at_the_largest_grid_with_an_honest_error() -> None:
    def rough(X: Array) -> Array:
        return np.asarray(np.sin(1e7 * X[:, 0] ** 2))

    found = Adversarial(radius=1e-3).evaluate(
        Plain(call=rough), Plain(call=lambda X: np.zeros(len(X))), Interval(), 10
    )
    assert found.error > 5e-3 * found.value
