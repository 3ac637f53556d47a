"""The fitted finite-width function itself: values and gradients anywhere, for attacks and checks.

A second route to the gradient: through the parameters theta, of which there are k or d k, not
through the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.functions import Function
from ratecheck.numerics.activations import Activation
from ratecheck.random_features.features import Features
from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureFunction(Function):
    """f(x) = <Phi(x), theta>.

    Attributes
    ----------
    features : Features
    activation : Activation
    weights : ndarray, shape (d, k)
    theta : ndarray, shape (k,) or, of tangent features, (d, k)
    """

    features: Features
    activation: Activation
    weights: Array
    theta: Array

    def __call__(self, X: Array) -> Array:
        """Return the values at the rows of X, shape (n,)."""
        values = self.activation.derivatives[self.features.order](X @ self.weights)
        return self.features.fitted(values, X, self.theta)

    def gradient(self, X: Array) -> Array:
        """Return the gradients at the rows of X, shape (n, d)."""
        return self.with_gradient(X)[1]

    def with_gradient(self, X: Array) -> tuple[Array, Array]:
        """Return values (n,) and gradients (n, d)."""
        inner = X @ self.weights
        order = self.features.order
        values, slopes = (self.activation.derivatives[order + i](inner) for i in (0, 1))
        if order == 0:
            return values @ self.theta, (slopes * self.theta) @ self.weights.T
        outer = X @ self.theta  # (n, k)
        gradients = values @ self.theta.T + (outer * slopes) @ self.weights.T
        return np.einsum("nk,nk->n", outer, values), gradients
