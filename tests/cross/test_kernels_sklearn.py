"""Kernels against scikit-learn's independent implementation."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.kernels import Gaussian, Laplace, Matern

gp = pytest.importorskip("sklearn.gaussian_process.kernels")
pairwise = pytest.importorskip("sklearn.metrics.pairwise")

X = np.random.default_rng(0).standard_normal((20, 4))
Y = np.random.default_rng(1).standard_normal((15, 4))


@pytest.mark.parametrize("nu", [0.5, 0.8, 1.5, 2.5, 3.1])
@pytest.mark.parametrize("length", [0.3, 2.0])
def test_matern(nu: float, length: float) -> None:
    expected = gp.Matern(length_scale=length, nu=nu)(X, Y)
    np.testing.assert_allclose(Matern(nu=nu, length=length)(X, Y), expected, rtol=1e-11)
    other = Matern(nu=nu + 0.1, length=length)(X, Y)
    assert np.abs(other - expected).max() > 1e-6


@pytest.mark.parametrize("length", [0.3, 2.0])
def test_gaussian(length: float) -> None:
    expected = gp.RBF(length_scale=length)(X, Y)
    np.testing.assert_allclose(Gaussian(length=length)(X, Y), expected, rtol=1e-12)


def test_laplace_uses_the_euclidean_distance() -> None:
    line = pairwise.laplacian_kernel(X[:, :1], Y[:, :1], gamma=0.5)
    np.testing.assert_allclose(Laplace(scale=2.0)(X[:, :1], Y[:, :1]), line, rtol=1e-13)
    plane = pairwise.laplacian_kernel(X, Y, gamma=0.5)  # l1 distance
    assert np.abs(Laplace(scale=2.0)(X, Y) - plane).max() > 1e-2


def test_gradient_of_matern() -> None:
    kernel, weights = Matern(nu=2.5, length=0.9), np.linspace(-1, 1, len(Y))
    reference, step = gp.Matern(length_scale=0.9, nu=2.5), 1e-6
    numeric = [
        (reference(X + h, Y) - reference(X - h, Y)) @ weights / (2 * step)
        for h in step * np.eye(X.shape[1])
    ]
    np.testing.assert_allclose(kernel.gradient(X, Y, weights), np.stack(numeric, 1), atol=1e-8)
