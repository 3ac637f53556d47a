"""Accuracies under attack, each and the pointwise worst case over all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.adversarial_flow.outputs import Scores
from ratecheck.networks.robustness.base import Attack
from ratecheck.networks.robustness.criteria import margins
from ratecheck.types import Array, InputError, IntArray


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Evaluation:
    """Margins under each attack.

    Attributes
    ----------
    clean : ndarray, shape (n,)
        Margins of the clean points.
    attacked : mapping of str to ndarray (n,)
        Margins of the points that each attack found.
    """

    clean: Array
    attacked: Mapping[str, Array]

    @property
    def worst(self) -> Array:
        """Smallest margin (n,) of each point over all attacks and the clean point."""
        return np.asarray(np.min([self.clean, *self.attacked.values()], axis=0))

    def accuracy(self, attack: str | None = None) -> float:
        """Return the share of points that keep a positive margin; under all attacks unless named.

        Raises
        ------
        InputError
            If there was no such attack.
        """
        if attack is not None and attack not in self.attacked:
            raise InputError(f"no attack {attack!r}; there are {', '.join(self.attacked)}")
        return float(np.mean((self.worst if attack is None else self.attacked[attack]) > 0))


def evaluate(
    victim: Scores,
    X: Array,
    labels: IntArray,
    attacks: tuple[Attack, ...],
    rng: np.random.Generator,
    found_elsewhere: Mapping[str, Array] | None = None,
) -> Evaluation:
    """Attack a classifier and return its margins.

    Parameters
    ----------
    victim : Scores
    X : ndarray, shape (n, d)
    labels : ndarray of int, shape (n,)
    attacks : tuple of Attack
        Run in this order with one generator; their names must differ.
    rng : Generator
    found_elsewhere : mapping of str to ndarray (n, d), optional
        Points that an attack found for another classifier: transfer. They must lie in the balls
        of all attacks.

    Raises
    ------
    InputError
        Attacks with one name, or of different balls; transferred points outside.
    """
    names = [attack.name for attack in attacks]
    if len({attack.ball for attack in attacks}) != 1 or len(set(names)) < len(names):
        raise InputError(f"attacks need one ball and different names, got {names}")
    points = dict(found_elsewhere or {})
    for name, Z in points.items():
        _admit(attacks[0], name, X, Z)
    for attack in attacks:
        points[attack.name] = attack(victim, X, labels, rng)
    return Evaluation(
        clean=margins(victim(X), labels),
        attacked={name: margins(victim(Z), labels) for name, Z in points.items()},
    )


def _admit(attack: Attack, name: str, X: Array, Z: Array) -> None:
    ball = attack.ball
    if Z.shape != X.shape or ball.distances(X, Z).max() > ball.radius * (1 + 1e-9) + 1e-12:
        raise InputError(f"points of {name!r} leave the balls of radius {ball.radius}")
    ball.admit(Z)
