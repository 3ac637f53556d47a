r"""The two feature maps: what a group of neurons contributes to kernel and gradients.

A fit is f(z) = <Phi(z), theta> with theta = Phi^T c, so f = sum_i c_i K(., x_i). Neurons enter
kernels and gradients as sums, hence block by block; no feature matrix of N x dk is ever formed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias, final

import numpy as np

from ratecheck import check
from ratecheck.numerics.activations import Activation
from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Neurons:
    """A group of b neurons: weights (d, b), and <w, z> at the test points (m, b)."""

    weights: Array
    at_test: Array


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Data:
    """Data X (N, d) and test points z (m, d) with their inner products, formed when needed."""

    X: Array
    z: Array

    @cached_property
    def gram(self) -> Array:
        """<x_i, x_j>, shape (N, N)."""
        return np.asarray(self.X @ self.X.T)

    @cached_property
    def inner(self) -> Array:
        """<x_i, z_j>, shape (N, m)."""
        return np.asarray(self.X @ self.z.T)


class Features(ABC):
    """A feature map Phi: R^d -> R^p of k neurons with an activation phi."""

    __slots__ = ()

    @property
    @abstractmethod
    def order(self) -> int:
        """Order of the derivative of phi of which features are made: 0 or 1."""

    @abstractmethod
    def parameters(self, d: int, k: int) -> int:
        """Return the number of parameters p."""

    @abstractmethod
    def kernel(self, moment: Array, data: Data) -> Array:
        """Return K(x_i, x_j) (N, N) from sum_w g(<w, x_i>) g(<w, x_j>), g = phi^(order)."""

    @abstractmethod
    def theta(self, values: Array, X: Array, c: Array) -> Array:
        """Return these neurons' parameters Phi^T c from g (N, b): (b,) or, of the NTK, (d, b)."""

    @abstractmethod
    def fitted(self, values: Array, X: Array, theta: Array) -> Array:
        """Return these neurons' share of Phi theta at the rows of X, (N,)."""

    @abstractmethod
    def gradients(
        self, phi: Activation, neurons: Neurons, values: Array, data: Data, C: Array
    ) -> Array:
        """Return the share of these neurons in grad f_t(z_j), shape (T, m, d).

        Parameters
        ----------
        phi : Activation
        neurons : Neurons
        values : ndarray, shape (N, b)
            g at the data.
        data : Data
        C : ndarray, shape (N, T)
            Coefficients c of T fits.
        """

    @abstractmethod
    def interaction(self, phi: Activation, neurons: Neurons, values: Array, data: Data) -> Array:
        """Return the share in the interaction matrices grad Phi(z_j) Phi(X)^T, (m, d, N)."""


@final
@dataclass(frozen=True, slots=True)
class RandomFeatures(Features):
    """Phi(x) = (phi(<w_1, x>), ..., phi(<w_k, x>)), p = k."""

    @property
    def order(self) -> int:
        """Features are values of phi."""
        return 0

    def parameters(self, d: int, k: int) -> int:
        """Return k."""
        return k

    def kernel(self, moment: Array, data: Data) -> Array:
        """Return the moment itself."""
        return moment

    def theta(self, values: Array, X: Array, c: Array) -> Array:
        """Return sum_i c_i phi(<w, x_i>)."""
        return np.asarray(c @ values)

    def fitted(self, values: Array, X: Array, theta: Array) -> Array:
        """Return sum_w theta_w phi(<w, x>)."""
        return np.asarray(values @ theta)

    def gradients(
        self, phi: Activation, neurons: Neurons, values: Array, data: Data, C: Array
    ) -> Array:
        """Return W (phi'(W^T z) o theta)."""
        slopes = phi.derivatives[1](neurons.at_test)  # (m, b)
        return _times_weights((C.T @ values)[:, None, :] * slopes, neurons.weights)

    def interaction(self, phi: Activation, neurons: Neurons, values: Array, data: Data) -> Array:
        """Return W diag(phi'(W^T z)) Phi^T."""
        slopes = phi.derivatives[1](neurons.at_test)
        return np.asarray(np.stack([(neurons.weights * s) @ values.T for s in slopes]))


@final
@dataclass(frozen=True, slots=True)
class TangentFeatures(Features):
    """Phi(x) = x (x) phi'(W^T x): the gradient of a two-layer network in its first layer, p = dk.

    A kinked phi' (relu) makes f jump where a neuron switches; gradients are those in between,
    so that they do not converge to those of the infinitely wide network.
    """

    @property
    def order(self) -> int:
        """Features are values of phi'."""
        return 1

    def parameters(self, d: int, k: int) -> int:
        """Return d k."""
        return d * k

    def kernel(self, moment: Array, data: Data) -> Array:
        """Return <x_i, x_j> times the moment."""
        return data.gram * moment

    def theta(self, values: Array, X: Array, c: Array) -> Array:
        """Return sum_i c_i x_i phi'(<w, x_i>), (d, b)."""
        return np.asarray(X.T @ (c[:, None] * values))

    def fitted(self, values: Array, X: Array, theta: Array) -> Array:
        """Return sum_w <theta_w, x> phi'(<w, x>)."""
        return np.asarray(np.einsum("nb,nb->n", X @ theta, values))

    def gradients(
        self, phi: Activation, neurons: Neurons, values: Array, data: Data, C: Array
    ) -> Array:
        """Return X^T (c o Phi' phi'_z) + W ((Phi'^T (c o X z)) o phi''_z) (theory note G)."""
        slopes, bends = (phi.derivatives[order](neurons.at_test) for order in (1, 2))
        shared = (values @ slopes.T).T  # (m, N)
        first = _rows(C.T[:, None, :] * shared) @ data.X
        moved = _rows(C.T[:, None, :] * data.inner.T) @ values  # (T m, b)
        second = _times_weights(
            moved.reshape(C.shape[1], -1, bends.shape[1]) * bends, neurons.weights
        )
        return np.asarray(first.reshape(second.shape) + second)

    def interaction(self, phi: Activation, neurons: Neurons, values: Array, data: Data) -> Array:
        """Return X^T diag(Phi' phi'_z) + W diag(phi''_z) Phi'^T diag(X z)."""
        slopes, bends = (phi.derivatives[order](neurons.at_test) for order in (1, 2))
        shared = (values @ slopes.T).T
        parts = [
            data.X.T * shared[j] + ((neurons.weights * bends[j]) @ values.T) * data.inner[:, j]
            for j in range(len(bends))
        ]
        return np.asarray(np.stack(parts))


def _rows(array: Array) -> Array:
    """Return (T, m, b) as (T m, b)."""
    return array.reshape(-1, array.shape[-1])


def _times_weights(array: Array, weights: Array) -> Array:
    """Return (T, m, b) times the transposed weights (d, b): (T, m, d)."""
    out = _rows(array) @ weights.T
    return np.asarray(out.reshape(*array.shape[:2], weights.shape[0]))


FeatureName: TypeAlias = Literal["rf", "ntk"]

FEATURES: Final[dict[str, Features]] = {"rf": RandomFeatures(), "ntk": TangentFeatures()}


def features_called(name: str) -> Features:
    """Return the feature map called "rf" or "ntk", or raise `InputError`."""
    check.choice("features", name, tuple(FEATURES))
    return FEATURES[name]
