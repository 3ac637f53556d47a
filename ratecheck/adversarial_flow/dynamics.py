r"""Adversarial training by small steps, in the three readings of "linearised" (theory note F).

A network f(theta, x) is trained on (x_i, y_i) by descent along
sum_i (f(x'_i) - y_i) df(x'_i)/dtheta, where x'_i is reached from x_i by gradient ascent on
(f - y_i)^2 / 2 in x, at rate eta_i for a unit of time: the attack is a flow, without projection,
repeated at every step. Three models:

- ``network``: all of it.
- ``linear``: f and its derivative in theta are replaced by those of the model linearised in theta
  at the start, f_0(x) + J(x)(theta - theta_0), J = df_0/dtheta; points still move.
- ``frozen``: linearised at the start in x as well. Then the attack multiplies residual i by
  e^{eta_i k_i}, k_i = |df_0/dx (x_i)|^2, the descent is along J(x_i), and with Theta = J J^T

      dr/dt = -Theta A(t) r,    A(t) = diag(e^{eta_i(t) k_i}).

The closed form of `AdversarialFlow`, r = e^{-Theta Xi(t)} r_0 with Xi(t) = int_0^t A, solves the
last equation when the matrices Theta A(t) at different times commute, as they do when A(t) keeps
its proportions, A(t) = c(t) A_0 (derived here); otherwise it is only the first term of a Magnus
series. What "frozen" leaves out, the change of J between x_i and x'_i and that of df/dx during
training, is of the same first order in eta as the amplification that it keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from ratecheck import check
from ratecheck.types import Array

Model = Literal["network", "linear", "frozen"]


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Shallow:
    """f(x) = w^{-1/2} sum_j a_j tanh(<b_j, x>), parameters a (w,) and b (w, d)."""

    a: Array
    b: Array

    @classmethod
    def draw(cls, width: int, dimension: int, rng: np.random.Generator) -> Shallow:
        """Return a network with standard normal parameters."""
        check.integer("width", width, low=1)
        return cls(a=rng.standard_normal(width), b=rng.standard_normal((width, dimension)))

    def plus(self, step: Shallow, factor: float) -> Shallow:
        """Return the network with parameters moved by ``factor`` times those of ``step``."""
        return Shallow(a=self.a + factor * step.a, b=self.b + factor * step.b)

    def values(self, X: Array) -> Array:
        """Return f at the rows of X, shape (n,)."""
        return np.asarray(np.tanh(X @ self.b.T) @ self.a * self._scale)

    def inputs(self, X: Array) -> Array:
        """Return df/dx, shape (n, d)."""
        return np.asarray((1 - np.tanh(X @ self.b.T) ** 2) * self.a @ self.b * self._scale)

    def pulled(self, X: Array, v: Array) -> Shallow:
        """Return sum_i v_i df(x_i)/dtheta, as a network."""
        T = np.tanh(X @ self.b.T)
        slopes = (v[:, None] * (1 - T**2)) * self.a
        return Shallow(a=self._scale * (v @ T), b=self._scale * (slopes.T @ X))

    def pushed(self, X: Array, step: Shallow) -> Array:
        """Return J(x_i) step, shape (n,)."""
        T = np.tanh(X @ self.b.T)
        moved = (1 - T**2) * self.a * (X @ step.b.T)
        return np.asarray(self._scale * (T @ step.a + moved.sum(axis=1)))

    def pushed_inputs(self, X: Array, step: Shallow) -> Array:
        """Return d(J(x) step)/dx, shape (n, d)."""
        T = np.tanh(X @ self.b.T)
        S = 1 - T**2
        inner = S * step.a - 2 * T * S * self.a * (X @ step.b.T)
        return np.asarray(self._scale * (inner @ self.b + (S * self.a) @ step.b))

    def kernel(self, X: Array, Y: Array) -> Array:
        """Return J(X) J(Y)^T, shape (n, m)."""
        T, U = np.tanh(X @ self.b.T), np.tanh(Y @ self.b.T)
        slopes = ((1 - T**2) * self.a**2) @ (1 - U**2).T
        return np.asarray(self._scale**2 * (T @ U.T + slopes * (X @ Y.T)))

    @property
    def _scale(self) -> float:
        return float(self.a.size**-0.5)


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Attack:
    """Gradient ascent in x for a unit of time, in ``steps`` steps.

    Attributes
    ----------
    rates : callable
        Training time -> eta (n,).
    steps : int
    """

    rates: Callable[[float], Array]
    steps: int


def simulate(
    model: Model,
    start: Shallow,
    data: tuple[Array, Array],
    new: Array,
    attack: Attack,
    duration: float,
    steps: int,
) -> Array:
    """Return the predictions (m,) at points ``new`` (m, d) after training by small steps.

    Parameters
    ----------
    model : {"network", "linear", "frozen"}
    start : Shallow
        theta_0.
    data : (array of shape (n, d), array of shape (n,))
    new : array of shape (m, d)
    attack : Attack
    duration : float
        t.
    steps : int
        Euler steps of the training.
    """
    check.choice("model", model, ("network", "linear", "frozen"))
    check.positive("duration", duration)
    check.integer("steps", steps, low=1)
    h = duration / steps
    if model == "frozen":
        return _frozen(start, data, new, attack, h, steps)
    X, y = data
    moved = Shallow(a=np.zeros_like(start.a), b=np.zeros_like(start.b))
    for k in range(steps):
        Z, eta = X, attack.rates(k * h)[:, None] / attack.steps
        for _ in range(attack.steps):
            values, slopes = _fit(model, start, moved, Z)
            Z = Z + eta * (values - y)[:, None] * slopes
        residual = _fit(model, start, moved, Z)[0] - y
        at = start.plus(moved, 1.0) if model == "network" else start
        moved = moved.plus(at.pulled(Z, residual), -h)
    return _fit(model, start, moved, new)[0]


def _fit(model: Model, start: Shallow, moved: Shallow, Z: Array) -> tuple[Array, Array]:
    """Return values (n,) and derivatives in x (n, d)."""
    if model == "network":
        now = start.plus(moved, 1.0)
        return now.values(Z), now.inputs(Z)
    values = start.values(Z) + start.pushed(Z, moved)
    return values, start.inputs(Z) + start.pushed_inputs(Z, moved)


def _frozen(
    start: Shallow, data: tuple[Array, Array], new: Array, attack: Attack, h: float, steps: int
) -> Array:
    X, y = data
    k, Theta, cross = sensitivities(start, X), start.kernel(X, X), start.kernel(new, X)
    residual, out = start.values(X) - y, start.values(new)
    for step in range(steps):
        attacked = residual
        for _ in range(attack.steps):
            attacked = attacked + attack.rates(step * h) * k / attack.steps * attacked
        residual, out = residual - h * (Theta @ attacked), out - h * (cross @ attacked)
    return out


def sensitivities(start: Shallow, X: Array) -> Array:
    """Return k_i = |df_0/dx (x_i)|^2, shape (n,)."""
    slopes = start.inputs(X)
    return np.asarray(np.einsum("ij,ij->i", slopes, slopes))
