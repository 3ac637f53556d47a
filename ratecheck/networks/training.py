"""Training with checkpoints: standard or adversarial, of a network or of its linearisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ratecheck import check
from ratecheck.networks.backend import Params, jax
from ratecheck.networks.ball import PGD
from ratecheck.networks.losses import admit
from ratecheck.networks.method import Method, Visit
from ratecheck.networks.model import Model, host
from ratecheck.networks.objective import Objective
from ratecheck.networks.targets import targets_of
from ratecheck.types import Array, InputError, RatecheckError, Status


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Training:
    """A finished training.

    Attributes
    ----------
    times : ndarray, shape (T + 1,)
        Of the checkpoints, the start (0) first: flow time, or epochs of SGD.
    params : tuple of T + 1 parameter trees
        Numpy arrays.
    losses : ndarray, shape (T,)
        Training loss at each checkpoint after the start (of SGD: its mean over the last epoch).
    status : Status
        DIVERGED when loss or parameters ceased to be finite: later checkpoints are absent.
    """

    times: Array
    params: tuple[Params, ...]
    losses: Array
    status: Status

    @property
    def final(self) -> Params:
        """Parameters at the last checkpoint."""
        return self.params[-1]

    def completed(self) -> Training:
        """Return itself, or raise `RatecheckError` if it diverged."""
        if self.status is not Status.CONVERGED:
            raise RatecheckError(f"after time {self.times[-1]:g}: {self.status.value}")
        return self


def train(
    model: Model,
    params: Params,
    X: Array,
    y: Any,  # noqa: ANN401 - labels or values, checked
    *,
    method: Method,
    loss: str = "square",
    attack: PGD | None = None,
    clean_share: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Training:
    """Train from ``params``; the same arguments give the same bits.

    Parameters
    ----------
    model : Model
        A network, or what `linearise` or `centre` makes of it.
    params : tree of arrays
        Where to start, such as ``network.init(rng, d)``.
    X : ndarray, shape (n, d)
    y : ndarray
        Integer labels (n,), values (n,) for a single output, or targets (n, C).
    method : Flow or SGD
    loss : {"square", "cross_entropy"}
        (f - y)^2 / 2 summed over outputs, or the softmax cross-entropy; its mean is minimised.
    attack : PGD, optional
        Train on attacked points: every gradient is taken where the attack, run on the present
        parameters, has led.
    clean_share : float
        Weight of the clean loss beside the attacked one.
    rng : Generator, optional
        Order of the batches and starts of the attacks; needed for SGD and for random starts.

    Returns
    -------
    Training

    Raises
    ------
    InputError
        Wrong shapes, labels out of range, points outside the attack's box, a missing generator.
    """
    X = check.points("X", X)
    admit(loss, model.scores)
    data = X, targets_of(y, model.scores, len(X))
    objective = Objective(loss=loss, attack=attack, clean_share=clean_share)
    if attack is not None:
        attack.ball.admit(X)
    visits = method.visits(objective, model, params, data, _generator(rng, method, attack))
    kept = [Visit(0.0, params, np.nan)]
    for visit in visits:
        if not _is_finite(visit):
            return _training(kept, Status.DIVERGED)
        kept.append(visit)
    return _training(kept, Status.CONVERGED)


def _generator(
    rng: np.random.Generator | None, method: Method, attack: PGD | None
) -> np.random.Generator:
    if rng is None and (method.is_random or (attack is not None and attack.random)):
        raise InputError("this training draws random numbers: pass rng=streams.generator(...)")
    return np.random.default_rng(0) if rng is None else rng  # a default that is never drawn from


def _is_finite(visit: Visit) -> bool:
    leaves = jax.tree.leaves(visit.params)
    return bool(np.isfinite(visit.loss) and all(np.isfinite(leaf).all() for leaf in leaves))


def _training(visits: list[Visit], status: Status) -> Training:
    return Training(
        times=np.array([visit.time for visit in visits]),
        params=tuple(host(visit.params) for visit in visits),
        losses=np.array([visit.loss for visit in visits[1:]]),
        status=status,
    )
