"""Linearised adversarial training in closed form, and Adv-NTK, which learns its times.

`AdvNTK` and `AdvNTKClassifier` are scikit-learn estimators; scikit-learn is imported when one of
them is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ratecheck.adversarial_flow.attack import PGD, Restarts, ball, margins, survivors
from ratecheck.adversarial_flow.flow import (
    AdversarialFlow,
    adversarial_flow_gradient,
    adversarial_flow_operator,
)
from ratecheck.adversarial_flow.learning import Descent, Learnt, learn_times
from ratecheck.adversarial_flow.outputs import Outputs

if TYPE_CHECKING:
    from ratecheck.adversarial_flow.estimators import AdvNTK as AdvNTK
    from ratecheck.adversarial_flow.estimators import AdvNTKClassifier as AdvNTKClassifier

_LAZY: Final = ("AdvNTK", "AdvNTKClassifier")

__all__ = [
    "PGD",
    "AdvNTK",
    "AdvNTKClassifier",
    "AdversarialFlow",
    "Descent",
    "Learnt",
    "Outputs",
    "Restarts",
    "adversarial_flow_gradient",
    "adversarial_flow_operator",
    "ball",
    "learn_times",
    "margins",
    "survivors",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - classes
    if name in _LAZY:
        return getattr(import_module("ratecheck.adversarial_flow.estimators"), name)
    raise AttributeError(f"module 'ratecheck.adversarial_flow' has no attribute {name!r}")
