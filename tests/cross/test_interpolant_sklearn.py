"""Interpolants against scikit-learn's Gaussian process without noise."""

from __future__ import annotations

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.kernels import Kernel, Laplace, Matern

gaussian_process = pytest.importorskip("sklearn.gaussian_process")
kernels = pytest.importorskip("sklearn.gaussian_process.kernels")


@pytest.mark.parametrize(
    ("kernel", "nu", "columns"),
    [(Laplace(scale=0.4), 0.5, 1), (Laplace(scale=0.4), 0.5, 3), (Matern(1.5, 0.4), 1.5, 2)],
)
def test_mean_of_the_process_is_the_interpolant(kernel: Kernel, nu: float, columns: int) -> None:
    rng = np.random.default_rng(0)
    X, y, new = rng.random((120, columns)), rng.standard_normal(120), rng.random((50, columns))
    peer = kernels.Matern(length_scale=0.4, nu=nu)
    process = gaussian_process.GaussianProcessRegressor(peer, alpha=1e-14, optimizer=None)
    expected = process.fit(X, y).predict(new)
    interpolant = rc.Interpolant()
    path = interpolant.path(interpolant.prepare(kernel, X), y)
    assert interpolant.predict(path, new)[0] == pytest.approx(expected, abs=1e-7)
    likelihood = process.log_marginal_likelihood_value_
    _, logdet = np.linalg.slogdet(kernel(X, X))
    assert -2 * likelihood == pytest.approx(
        path.norm_squared + logdet + 120 * np.log(2 * np.pi), rel=1e-9
    )
    ridge = gaussian_process.GaussianProcessRegressor(peer, alpha=1e-2, optimizer=None)
    assert interpolant.predict(path, new)[0] != pytest.approx(
        ridge.fit(X, y).predict(new), abs=1e-3
    )
