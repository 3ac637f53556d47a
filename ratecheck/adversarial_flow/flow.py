r"""Linearised adversarial training in closed form: the operator P(Xi) and its derivative in Xi.

With tangent kernel Theta (n x n, on the training points) and Xi = diag(xi), xi >= 0, the fit is
(theory note F; Fu and Wang 2023, arXiv 2310.06112)

.. math:: f(x) = \Theta(x, X) P y, \quad P = \Theta^{-1} (I - e^{-\Theta \Xi}),

for a start f_0 = 0. xi_i is the training time of point i, lengthened by the attack on it: Xi = t I
is gradient flow at time t without attack. There is no 1/n in the exponent: on the time scale of
`GradientFlow`, which is that of K/n, the time is n xi.

Numerically P = D psi(M) D with M = D Theta D, D = Xi^{1/2}, psi(z) = (1 - e^{-z})/z: no inverse of
Theta, which may be singular, and zeros in xi are allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.adversarial_flow import divided
from ratecheck.adversarial_flow.spectrum import Scaled, scaled
from ratecheck.types import Array, BoolArray, InputError, IntArray

_ASYMMETRY: Final = 1e-10  # of Theta, relative; kernels give exactly symmetric matrices
_BLOCK: Final = 256  # rows
_SMALL_SIZE: Final = 1.0  # xi_i Theta_ii below which a quotient by xi_i may be avoided ...
_SMALL_SHARE: Final = 1e-4  # ... and is, if it is also below this share of the largest one


@final
@dataclass(frozen=True, eq=False)
class AdversarialFlow:
    """P(Xi) for one tangent kernel matrix and one Xi; one eigendecomposition serves everything.

    Parameters
    ----------
    Theta : array of shape (n, n)
        Symmetric, positive semi-definite.
    xi : array of shape (n,)
        Diagonal of Xi, >= 0.

    Raises
    ------
    InputError
        Wrong shapes, NaN, an asymmetric or indefinite Theta, negative or overflowing xi.

    Examples
    --------
    >>> import numpy as np
    >>> flow = AdversarialFlow(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([0.5, 0.0]))
    >>> flow.weights(np.ones(2)) * 2 / (1 - np.exp(-1))
    array([1., 0.])
    """

    Theta: Array
    xi: Array

    def __post_init__(self) -> None:
        """Validate."""
        matrix = check.points("Theta", self.Theta)
        if matrix.shape[0] != matrix.shape[1]:
            raise InputError(f"Theta must be square, got shape {matrix.shape}")
        if _asymmetry(matrix) > _ASYMMETRY * max(float(matrix.max()), -float(matrix.min())):
            raise InputError("Theta must be symmetric: take (Theta + Theta^T)/2 if it should be")
        times = check.values("xi", self.xi, length=len(matrix))
        if times.min() < 0:
            raise InputError(f"xi must not be negative, got {times.min()!r}: parametrise it")
        object.__setattr__(self, "Theta", matrix)
        object.__setattr__(self, "xi", times)

    @cached_property
    def spectrum(self) -> Scaled:
        """Eigenpairs of D Theta D where xi > 0."""
        return scaled(self.Theta, self.xi)

    @cached_property
    def operator(self) -> Array:
        """P, shape (n, n), symmetric, 0 <= P <= Theta^{-1} in the Loewner order."""
        found = self.spectrum
        half = found.vectors * np.sqrt(divided.psi(found.values))
        half *= found.roots[:, None]
        out = np.zeros_like(self.Theta)
        out[np.ix_(found.rows, found.rows)] = half @ half.T
        return out

    def weights(self, y: Array) -> Array:
        """Return P y, of the shape of y, (n,) or (n, m); the fit is Theta(x, X) P y."""
        columns = self._columns("y", y)
        out = np.zeros_like(columns)
        found = self.spectrum
        inner = divided.psi(found.values)[:, None] * self._loadings(columns)
        out[found.rows] = found.roots[:, None] * (found.vectors @ inner)
        return out.reshape(np.shape(y))

    def gradient(self, a: Array, y: Array, *, per_column: bool = False) -> Array:
        r"""Return d(a^T P y)/d xi, by the formula of Daleckii and Krein.

        .. math:: g_i = \int_0^1 (e^{-s \Theta \Xi} a)_i (e^{-(1-s) \Theta \Xi} y)_i \, ds.

        Parameters
        ----------
        a, y : array of shape (n,) or (n, m)
            Equal shapes; with m columns the scalar is sum_k a_k^T P y_k = tr(a^T P y).
        per_column : bool
            Return the gradient of each a_k^T P y_k instead of that of their sum.

        Returns
        -------
        array of shape (n,), or (n, m) with ``per_column``

        Notes
        -----
        Row i > 0 of the integrand is sum_p U_ip e^{-s l_p} (U^T D a)_p / d_i. Where xi_i is zero
        or small beside the others it is a_i - sum_p (Theta D U)_ip phi_s(l_p) (U^T D a)_p, with
        phi_s(l) = (1 - e^{-s l})/l, which divides by nothing.
        """
        left, right = self._columns("a", a), self._columns("y", y)
        if left.shape != right.shape:
            raise InputError(f"a and y must have equal shapes, got {np.shape(a)}, {np.shape(y)}")
        if not per_column:
            return self._gradient(left, right)
        columns = [self._gradient(left[:, [k]], right[:, [k]]) for k in range(left.shape[1])]
        return np.stack(columns, axis=-1)

    def _gradient(self, a: Array, y: Array) -> Array:
        found = self.spectrum
        out: Array = np.einsum("ik,ik->i", a, y)  # right where nothing has been trained
        if found.rows.size == 0:
            return out
        alpha, eta = self._loadings(a), self._loadings(y)
        if (rest := self._spared).size:
            first = divided.phi(found.values, 2, 1)
            cross = self._bridge @ np.hstack((alpha * first, eta * first))
            own = np.hstack((y[rest], a[rest]))
            out[rest] -= np.einsum("ij,ij->i", own, cross)
            out[rest] += _forms(self._bridge, (alpha @ eta.T) * self._rest)
        divisible = self.spectrum.sizes.size - np.count_nonzero(self._is_small)  # the first ones
        rows = found.rows[:divisible]
        out[rows] = _forms(found.vectors[:divisible], self._paired(alpha, eta)) / self.xi[rows]
        return out

    def _paired(self, alpha: Array, eta: Array) -> Array:
        """Return (alpha eta^T) times the divided differences, in blocks that stay in cache."""
        values, out = self.spectrum.values, alpha @ eta.T
        for i in range(0, values.size, _BLOCK):
            block = slice(i, i + _BLOCK)
            out[block] *= divided.pair(values[block], values)
        return np.asarray(out)

    @cached_property
    def _is_small(self) -> BoolArray:
        sizes = self.spectrum.sizes
        return np.asarray(sizes < min(_SMALL_SIZE, _SMALL_SHARE * sizes[0]))

    @cached_property
    def _spared(self) -> IntArray:
        """Return the indices whose gradient is computed without division by xi_i."""
        rows = self.spectrum.rows[self._is_small]
        return np.asarray(np.concatenate((rows, np.flatnonzero(self.xi == 0))))

    @cached_property
    def _bridge(self) -> Array:
        """Return the rows of Theta D U for those indices."""
        found = self.spectrum
        block = self.Theta[np.ix_(self._spared, found.rows)]
        return np.asarray((block * found.roots) @ found.vectors)

    @cached_property
    def _rest(self) -> Array:
        return divided.rest(self.spectrum.values)

    def _loadings(self, columns: Array) -> Array:
        """Return U^T D v for each column v, shape (k, m)."""
        found = self.spectrum
        return np.asarray(found.vectors.T @ (found.roots[:, None] * columns[found.rows]))

    def _columns(self, name: str, v: Array) -> Array:
        array = np.asarray(v, dtype=np.float64)
        columns = check.points(name, array[:, None] if array.ndim == 1 else array)
        if len(columns) != self.xi.size:
            raise InputError(f"{name} must have {self.xi.size} rows, got shape {array.shape}")
        return columns


def _asymmetry(matrix: Array) -> float:
    """Return the largest |Theta_ij - Theta_ji|."""
    blocks = [slice(i, i + _BLOCK) for i in range(0, len(matrix), _BLOCK)]
    return max(float(np.abs(matrix[b] - matrix[:, b].T).max()) for b in blocks)


def _forms(rows: Array, matrix: Array) -> Array:
    """Return u^T matrix u for each row u."""
    blocks = [rows[i : i + _BLOCK] for i in range(0, len(rows), _BLOCK)]
    parts = [np.einsum("ij,ij->i", block @ matrix, block) for block in blocks]
    return np.concatenate(parts) if parts else np.empty(0)


def adversarial_flow_operator(Theta: Array, xi: Array) -> Array:
    """Return P = Theta^{-1} (I - e^{-Theta Xi}), shape (n, n); the fit is Theta(x, X) P y.

    Parameters
    ----------
    Theta : array of shape (n, n)
        Tangent kernel on the training points, symmetric, positive semi-definite, perhaps singular.
    xi : array of shape (n,)
        Diagonal of Xi, >= 0; no 1/n in the exponent.

    Raises
    ------
    InputError
        Wrong shapes, NaN, an asymmetric or indefinite Theta, negative or overflowing xi.

    Examples
    --------
    >>> import numpy as np
    >>> adversarial_flow_operator(np.eye(1), np.array([np.log(2)]))
    array([[0.5]])
    """
    return AdversarialFlow(Theta, xi).operator


def adversarial_flow_gradient(
    Theta: Array, xi: Array, a: Array, y: Array, *, per_column: bool = False
) -> Array:
    """Return d(a^T P y)/d xi, shape (n,); see `AdversarialFlow.gradient`.

    Parameters
    ----------
    Theta : array of shape (n, n)
        Tangent kernel on the training points, symmetric, positive semi-definite, perhaps singular.
    xi : array of shape (n,)
        Diagonal of Xi, >= 0, zeros and huge entries included.
    a, y : array of shape (n,) or (n, m)
        With m columns, the gradient of the sum of a_k^T P y_k over the columns.
    per_column : bool
        Return the m gradients (n, m) instead.

    Raises
    ------
    InputError
        Wrong shapes, NaN, an asymmetric or indefinite Theta, negative or overflowing xi.

    Examples
    --------
    >>> import numpy as np
    >>> adversarial_flow_gradient(np.eye(1), np.array([np.log(2)]), np.ones(1), np.ones(1))
    array([0.5])
    """
    return AdversarialFlow(Theta, xi).gradient(a, y, per_column=per_column)
