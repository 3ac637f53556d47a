"""What training minimises: the mean loss, at clean or at attacked points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from ratecheck import check
from ratecheck.networks.attacks import attacked
from ratecheck.networks.backend import Params, jax, jnp
from ratecheck.networks.ball import PGD
from ratecheck.networks.losses import LOSSES
from ratecheck.networks.model import Model
from ratecheck.types import InputError


@final
@jax.tree_util.register_static
@dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """Mean loss over the points: clean, attacked, or a mixture of both.

    Parameters
    ----------
    loss : {"square", "cross_entropy"}
    attack : PGD or None
    clean_share : float
        Weight in [0, 1] of the clean loss beside the attacked one; 0.5 weighs both equally.
    """

    loss: str
    attack: PGD | None = None
    clean_share: float = 0.0

    def __post_init__(self) -> None:
        """Check every parameter."""
        check.choice("loss", self.loss, tuple(LOSSES))
        if not 0 <= check.number("clean_share", self.clean_share) <= 1:
            raise InputError(f"clean_share must be in [0, 1], got {self.clean_share!r}")

    def __call__(
        self, model: Model, params: Params, X: jax.Array, targets: jax.Array, start: jax.Array
    ) -> jax.Array:
        """Return the mean loss; attacks start from X + start."""
        if self.attack is None:
            return self._mean(model, params, X, targets)
        Z = attacked(self.attack, self.loss, model, params, X, targets, start)
        hard = self._mean(model, params, Z, targets)
        if not self.clean_share:
            return hard
        easy = self._mean(model, params, X, targets)
        return self.clean_share * easy + (1.0 - self.clean_share) * hard

    def _mean(self, model: Model, params: Params, X: jax.Array, targets: jax.Array) -> jax.Array:
        return jnp.mean(LOSSES[self.loss](model.apply(params, X), targets))
