r"""Adv-NTK (Fu and Wang 2023, arXiv 2310.06112): training times learnt by attacking the fit.

.. math:: \min_{\xi \ge 0} \; \mathrm{mean}_{(x, y)} \; \max_{x' \in B(x)}
    \tfrac12 |f_\xi(x') - y|^2, \quad
    f_\xi(x) = \Theta(x, X) \Theta^{-1} (I - e^{-\Theta \, \mathrm{diag}(\xi)}) Y,

the mean over validation points that do not belong to X, by stochastic gradient descent with
normalised gradients; x' by projected gradient on the present f. All outputs share xi.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.adversarial_flow.attack import PGD
from ratecheck.adversarial_flow.flow import AdversarialFlow
from ratecheck.adversarial_flow.outputs import Outputs, square_loss
from ratecheck.adversarial_flow.parametrisation import parametrisation
from ratecheck.kernels import Kernel
from ratecheck.risk.attack import Region
from ratecheck.types import Array, InputError, IntArray

_SMALLEST = 1e-300  # of a gradient's norm: below it there is nothing to normalise


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Descent:
    """Settings of the descent in the variables u of xi = value(u) / s.

    s = mean Theta(x_i, x_i): times are learnt in units in which the kernel's mean diagonal is 1,
    so that a factor of the kernel changes nothing.

    Attributes
    ----------
    steps : int
    rate : float
        Euclidean length of each step of u (the gradient is normalised).
    batch : int
        Validation points of a step; the order is shuffled once they have all been used.
    start : float
        First time of every point, in those units.
    parametrisation : {"absolute", "softplus", "exp"}
    attack : PGD
    """

    steps: int = 50
    rate: float = 0.1
    batch: int = 128
    start: float = 0.05
    parametrisation: str = "absolute"
    attack: PGD = field(default_factory=PGD)

    def __post_init__(self) -> None:
        """Check the settings."""
        check.integer("steps", self.steps, low=1)
        check.positive("rate", self.rate)
        check.integer("batch", self.batch, low=1)
        parametrisation(self.parametrisation, self.start)


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Learnt:
    """What the descent found.

    Attributes
    ----------
    xi : ndarray, shape (n,)
    function : Outputs
        The fit with these times.
    clean, robust : ndarray, shape (steps,)
        Mean losses of each step's batch before the step, without and with the attack.
    """

    xi: Array
    function: Outputs
    clean: Array
    robust: Array


def learn_times(
    kernel: Kernel,
    fitting: tuple[Array, Array],
    validation: tuple[Array, Array],
    region: Region,
    rng: np.random.Generator,
    descent: Descent | None = None,
) -> Learnt:
    """Learn xi.

    Parameters
    ----------
    kernel : Kernel
        The tangent kernel Theta.
    fitting, validation : (array of shape (n, d), array of shape (n, C))
        Points and targets; those of the fit are centred by their mean, which every prediction
        gets back.
    region : Region
        Where the adversary may move a point.
    rng : Generator
        Order of the validation points, starts of the attacks.
    descent : Descent, optional
    """
    rules, (X, Y), (Z, V) = descent or Descent(), fitting, validation
    if X.shape[1] != Z.shape[1] or Y.shape[1] != V.shape[1]:
        raise InputError("fitting and validation data must have equally many columns")
    chart = parametrisation(rules.parametrisation, rules.start)
    family = _Family(kernel=kernel, X=X, Theta=kernel(X, X), Y=Y, offset=Y.mean(axis=0))
    scale = float(np.mean(np.diagonal(family.Theta)))
    u, losses = chart.inverse(np.full(len(X), float(rules.start))), []
    for rows in islice(_batches(len(Z), rules.batch, rng), rules.steps):
        flow, f = family.member(chart.value(u) / scale)
        moved = rules.attack(square_loss(f, V[rows]), Z[rows], region, rng)
        rise, loss = family.slope(flow, f, moved, V[rows])
        losses.append((_mean_loss(f(Z[rows]) - V[rows]), loss))
        step = chart.slope(u) * rise
        u = u - rules.rate * step / max(float(np.linalg.norm(step)), _SMALLEST)
    xi = chart.value(u) / scale
    clean, robust = np.array(losses).T
    return Learnt(xi=xi, function=family.member(xi)[1], clean=clean, robust=robust)


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Family:
    """All fits f_xi on one training set."""

    kernel: Kernel
    X: Array
    Theta: Array
    Y: Array
    offset: Array

    def member(self, xi: Array) -> tuple[AdversarialFlow, Outputs]:
        flow = AdversarialFlow(self.Theta, xi)
        weights = flow.weights(self.Y - self.offset)
        f = Outputs(kernel=self.kernel, centres=self.X, weights=weights, offset=self.offset)
        return flow, f

    def slope(self, flow: AdversarialFlow, f: Outputs, Z: Array, V: Array) -> tuple[Array, float]:
        """Return the gradient in xi of the mean loss at fixed points Z, and that loss."""
        rows = self.kernel(Z, self.X)
        errors = rows @ f.weights + f.offset - V
        pull = rows.T @ errors / len(Z)
        return flow.gradient(pull, self.Y - self.offset), _mean_loss(errors)


def _mean_loss(errors: Array) -> float:
    return 0.5 * float(np.sum(errors**2)) / len(errors)


def _batches(size: int, batch: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """Yield batches without replacement; what is left over after a pass is dropped."""
    count = min(batch, size)
    while True:
        order = rng.permutation(size)
        yield from order[: size - size % count].reshape(-1, count)
