"""Networks of finite width, their training and their empirical tangent kernels (extra ``nn``).

Without jax and optax this package imports, and asking it for a name raises `MissingExtraError`.
Numbers are float64 throughout; random numbers come from numpy generators that the caller passes.

Train a network, standard and adversarially, and look at its kernel:

>>> import numpy as np
>>> from ratecheck.networks import MLP, PGD, SGD, Ball, empirical_ntk, kernel_distance, train
>>> rng = np.random.default_rng(0)                  # in a study: a named stream
>>> X, y = rng.random((40, 5)), np.arange(40) % 2   # points in the attack's box, labels
>>> network = MLP(depth=3, width=32, bias=0.1, outputs=2)
>>> start = network.init(rng, dimension=5)
>>> method = SGD(rate=0.1, epochs=4, batch=20, momentum=0.9, checkpoints=(2, 4))
>>> attack = PGD(ball=Ball(radius=0.05, norm=np.inf), steps=5)   # norm=2; box=(0, 1) by default
>>> usual = train(network, start, X, y, method=method, loss="cross_entropy", rng=rng)
>>> robust = train(
...     network, start, X, y, method=method, loss="cross_entropy", attack=attack, rng=rng
... )
>>> robust.times, robust.status.name
(array([0., 2., 4.]), 'CONVERGED')
>>> first, last = (empirical_ntk(network, params, X) for params in robust.params[::2])
>>> 0 < kernel_distance(first, last) < 1
True

``Flow(times=(1.0, 10.0))`` in place of ``SGD`` is gradient flow. The linearised model at a
checkpoint is trained by the same function, from that checkpoint on:

>>> from ratecheck.networks import linearise
>>> frozen = linearise(network, robust.final, centred=True)
>>> swapped = train(
...     frozen, robust.final, X, y, method=method, loss="cross_entropy", attack=attack, rng=rng
... )
>>> frozen(swapped.final, X).shape                  # scores of any model: model(params, X)
(40, 2)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ratecheck.networks.ball import PGD as PGD
    from ratecheck.networks.ball import Ball as Ball
    from ratecheck.networks.convnet import ConvNet as ConvNet
    from ratecheck.networks.diagnostics import alignment as alignment
    from ratecheck.networks.diagnostics import effective_rank as effective_rank
    from ratecheck.networks.diagnostics import eigenvectors as eigenvectors
    from ratecheck.networks.diagnostics import kernel_distance as kernel_distance
    from ratecheck.networks.diagnostics import specialisation as specialisation
    from ratecheck.networks.flow import Flow as Flow
    from ratecheck.networks.linear import centre as centre
    from ratecheck.networks.linear import linearise as linearise
    from ratecheck.networks.mlp import MLP as MLP
    from ratecheck.networks.sgd import SGD as SGD
    from ratecheck.networks.tangent import empirical_ntk as empirical_ntk
    from ratecheck.networks.targets import one_hot as one_hot
    from ratecheck.networks.trained import Trained as Trained
    from ratecheck.networks.training import Training as Training
    from ratecheck.networks.training import train as train

_MODULES: Final = {
    "ball": ("Ball", "PGD"),
    "convnet": ("ConvNet",),
    "diagnostics": (
        "alignment",
        "effective_rank",
        "eigenvectors",
        "kernel_distance",
        "specialisation",
    ),
    "flow": ("Flow",),
    "linear": ("centre", "linearise"),
    "mlp": ("MLP",),
    "sgd": ("SGD",),
    "targets": ("one_hot",),
    "tangent": ("empirical_ntk",),
    "trained": ("Trained",),
    "training": ("Training", "train"),
}
_NAMES: Final = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - classes and functions alike
    if name not in _NAMES:
        raise AttributeError(f"module 'ratecheck.networks' has no attribute {name!r}")
    import_module("ratecheck.networks.backend")  # says which extra is missing
    return getattr(import_module(f"ratecheck.networks.{_NAMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_NAMES)
