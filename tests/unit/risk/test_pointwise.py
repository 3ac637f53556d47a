from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.domains import Circle, Interval, Sphere, Torus
from ratecheck.risk import adversarial_risk
from ratecheck.types import Array, InputError, UnsupportedError


def wave(X: Array) -> Array:
    return np.asarray(np.sin(2 * np.pi * X[:, 0]))


def zero(X: Array) -> Array:
    return np.zeros(len(X))


@given(r=st.floats(0, 3), x=st.floats(-2, 2))
def test_on_the_line_windows_are_never_cut(r: float, x: float) -> None:
    found = adversarial_risk(lambda X: X[:, 0], zero, np.array([[x]]), r)
    assert found == pytest.approx((abs(x) + r) ** 2, rel=1e-12, abs=1e-15)


@given(r=st.floats(1e-3, 0.24), x=st.floats(0, 1, exclude_max=True))
def test_a_wave_on_the_torus(r: float, x: float) -> None:
    found = adversarial_risk(wave, zero, np.array([[x]]), r, domain=Torus())
    away = abs((x - 0.25) % 0.5)
    nearest = max(min(away, 0.5 - away) - r, 0)
    assert found == pytest.approx(np.cos(2 * np.pi * nearest) ** 2, abs=5e-5)


def test_windows_are_cut_on_an_interval_and_wrap_on_the_torus() -> None:
    X = np.array([[0.95]])
    cut = adversarial_risk(lambda X: X[:, 0], zero, X, 0.2, domain=Interval())
    wrapped = adversarial_risk(lambda X: 1 - X[:, 0], zero, X, 0.2, domain=Torus())
    assert cut == pytest.approx(1.0)
    assert wrapped > 0.9
    assert adversarial_risk(lambda X: 1 - X[:, 0], zero, X, 0.2, domain=Interval()) < 0.07


def test_the_circle_measures_angles() -> None:
    X = np.array([[1.0, 0.0]])
    found = adversarial_risk(lambda X: X[:, 1], zero, X, 0.3, domain=Circle())
    assert found == pytest.approx(np.sin(0.3) ** 2)


def test_references() -> None:
    X = np.linspace(0, 0.99, 30)[:, None]
    assert adversarial_risk(wave, wave, X, 0.1, domain=Torus(), reference="x'") == 0.0
    assert adversarial_risk(wave, wave, X, 0.1, domain=Torus()) > 0.05


def test_radius_zero_is_the_mean_square_over_the_points() -> None:
    X = np.linspace(0, 0.99, 30)[:, None]
    assert adversarial_risk(wave, zero, X, 0.0) == pytest.approx(np.mean(wave(X) ** 2))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"radius": -1.0}, InputError, "radius must not be negative"),
        ({"radius": 0.1, "reference": "z"}, InputError, "reference must be one of"),
        ({"radius": 0.1, "domain": Sphere(2)}, InputError, "3 columns"),
        ({"radius": 0.1, "domain": Interval(0, 0.5)}, InputError, "outside"),
        ({"radius": 0.1, "X": np.zeros((3, 2))}, UnsupportedError, "operator=.eigh"),
        ({"radius": 0.1, "f": lambda X: X}, InputError, "must return shape"),
    ],
)
def test_refusals(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    values: dict[str, Any] = {"f_hat": wave, "f": zero, "X": np.full((3, 1), 0.9)} | arguments
    with pytest.raises(error, match=message):
        adversarial_risk(**values)
