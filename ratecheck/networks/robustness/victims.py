"""What evaluation attacks: a classifier with scores and their gradients."""

from __future__ import annotations

from typing import Protocol

from ratecheck.types import Array


class Victim(Protocol):
    """A classifier: the largest of its C scores is its answer.

    Kernel expansions are victims (`ratecheck.adversarial_flow.outputs.Outputs`), trained networks
    become one by `ratecheck.networks.Trained`.
    """

    def __call__(self, X: Array, /) -> Array:
        """Return the scores (n, C) of points (n, d)."""
        ...

    def pull_back(self, X: Array, R: Array, /) -> Array:
        """Return at each row x_i the gradient (n, d) of sum_c R_ic f_c, for R (n, C)."""
        ...
