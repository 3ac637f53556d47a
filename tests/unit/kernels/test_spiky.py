"""The interpolant of a spiky-smooth kernel is a ridge fit with spikes."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.estimators import Ridge
from ratecheck.kernels import Kernel, Matern, PeriodicSobolev, Sum, spiky_smooth
from ratecheck.types import InputError

SMOOTH: tuple[tuple[Kernel, int], ...] = (
    (PeriodicSobolev(order=1), 1), (PeriodicSobolev(order=2), 1), (Matern(nu=1.5, length=0.5), 3),
)  # fmt: skip


@pytest.mark.parametrize(("kernel", "d"), SMOOTH, ids=str)
@pytest.mark.parametrize("spike", ["laplace", "gaussian"])
def test_interpolant_is_ridge_plus_spikes(kernel: Kernel, d: int, spike: str) -> None:
    rng = np.random.default_rng(d)
    n, weight, scale = 30, 0.7, 1e-6
    X, y = rng.random((n, d)), rng.standard_normal(n)
    both = spiky_smooth(kernel, weight, scale, spike)  # type: ignore[arg-type] # a parameter
    coefficients = np.linalg.solve(both(X, X), y)
    ridge = Ridge()
    path = ridge.path(ridge.prepare(kernel, X), y, np.array([n / weight]))
    far = rng.random((50, d))
    assert both(far, X) @ coefficients == pytest.approx(ridge.predict(path, far)[0], abs=1e-8)
    at_knots = both(X, X) @ coefficients
    assert at_knots == pytest.approx(y, abs=1e-9)
    residual = y - ridge.predict(path, X)[0]
    assert weight * coefficients == pytest.approx(residual, abs=1e-8)
    beside = X.copy()
    beside[:, 0] += scale
    height = {"laplace": np.exp(-1), "gaussian": np.exp(-0.5)}[spike]
    seen = both(beside, X) @ coefficients - ridge.predict(path, beside)[0]
    assert seen == pytest.approx(height * residual, abs=1e-5)


def test_control_wide_spikes_are_no_ridge() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.random((30, 1)), rng.standard_normal(30)
    kernel = PeriodicSobolev(order=1)
    both = spiky_smooth(kernel, 0.7, 0.1)
    ridge = Ridge()
    path = ridge.path(ridge.prepare(kernel, X), y, np.array([30 / 0.7]))
    far = rng.random((50, 1))
    fit = both(far, X) @ np.linalg.solve(both(X, X), y)
    assert np.abs(fit - ridge.predict(path, far)[0]).max() > 0.1


def test_it_is_made_of_the_algebra() -> None:
    kernel = spiky_smooth(PeriodicSobolev(order=1), 2.0, 1e-3)
    assert isinstance(kernel, Sum)
    assert repr(kernel) == repr(spiky_smooth(PeriodicSobolev(order=1), 2.0, 1e-3))
    X = np.array([[0.25]])
    assert kernel.diagonal(X)[0] == pytest.approx(2.0 + 1.0 + 1 / 12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"smooth": 3.0}, "smooth must be a kernel"),
        ({"weight": 0.0}, "weight"),
        ({"scale": -1.0}, "scale"),
        ({"spike": "box"}, "spike must be one of"),
        ({"scale": float("nan")}, "scale"),
    ],
)
def test_refused(arguments: dict[str, object], message: str) -> None:
    good: dict[str, object] = {"smooth": PeriodicSobolev(order=1), "weight": 1.0, "scale": 0.1}
    with pytest.raises(InputError, match=message):
        spiky_smooth(**(good | arguments))  # type: ignore[arg-type] # on purpose
