"""Attacks that measure robustness, against networks and kernel expansions alike.

A robust accuracy is an upper bound until the attack is strong; what is quoted is the pointwise
worst case over several, as RobustBench does. Attacks ask a classifier for its scores and for
gradients of sums of them; kernel expansions (`ratecheck.adversarial_flow.Outputs`) have these, and
`Trained` networks. No module here needs jax.

>>> import numpy as np
>>> from ratecheck.networks import MLP, PGD, Ball, Trained
>>> from ratecheck.networks.robustness import Ascent, AutoPGD, evaluate
>>> rng = np.random.default_rng(0)
>>> X, y = rng.random((30, 4)), np.arange(30) % 3
>>> network = MLP(depth=2, width=8, outputs=3)
>>> victim = Trained(model=network, params=network.init(rng, dimension=4))
>>> ball = Ball(radius=0.05)
>>> attacks = Ascent(pgd=PGD(ball=ball)), AutoPGD(region=ball, steps=20, criterion="dlr")
>>> found = evaluate(victim, X, y, attacks, rng)
>>> found.accuracy() <= found.accuracy("PGD 10 x 1 cross_entropy") <= 1.0
True
"""

from __future__ import annotations

from ratecheck.networks.robustness.accuracy import Evaluation, evaluate
from ratecheck.networks.robustness.ascent import Ascent, AutoPGD
from ratecheck.networks.robustness.base import Attack
from ratecheck.networks.robustness.criteria import margins
from ratecheck.networks.robustness.search import BlockSearch

__all__ = [
    "Ascent",
    "Attack",
    "AutoPGD",
    "BlockSearch",
    "Evaluation",
    "evaluate",
    "margins",
]
