"""The stopping time that the theory prescribes, with its constant."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.stopping.base import (
    Choice,
    Context,
    OracleContext,
    Path,
    StoppingRule,
    blind,
    planned_choice,
)
from ratecheck.stopping.setting import Setting
from ratecheck.types import InputError

#: Doublings of the time after which a bound that still falls is taken to have no minimum.
_DOUBLINGS = 400


@final
@dataclass(frozen=True, slots=True)
class TheoryTime(StoppingRule):
    """Stop at the minimiser of the worst-case risk bound of the declared class.

    The bound is ``R^2 sup_mu (mu/c)^(s/m) residual(mu, t)^2 + sigma^2 N_2(t)/n`` with c the
    ``scale`` of the setting; for gradient flow its first term is
    ``R^2 c^(-s/m) (s / (2 e m t))^(s/m)`` (theory note B2). It holds for every function of the
    ball, so that s, R and sigma fix the time and no constant is tuned; t grows like
    n^(2m/(2s+d)).
    """

    def planned(self, setting: Setting) -> tuple[float, ...]:
        """The time that minimises the worst-case bound of the setting."""
        return (_minimiser(setting),)

    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose the time that minimises the worst-case bound, whatever the data."""
        return planned_choice(path, _minimiser(blind(self, context).setting))


def worst_case_bias(setting: Setting, t: float) -> float:
    """Return the squared bias at time ``t`` of the worst function of the declared ball."""
    s = setting.declared("smoothness", "TheoryTime")
    radius = setting.declared("radius", "TheoryTime")
    power = s / setting.order
    ball = radius**2 * math.pow(setting.scale, -power)
    # a filter that saturates has its supremum at the largest eigenvalue: scale that to one
    top = setting.largest_eigenvalue if math.isfinite(setting.filter.qualification) else 1.0
    unit = setting.filter.worst_case_bias(s, setting.order, np.array([t * top]))[0]
    return ball * math.pow(top, power) * float(unit)


def variance(setting: Setting, t: float) -> float:
    """Return ``sigma^2 N_2(t) / n``."""
    sigma = setting.declared("sigma", "TheoryTime")
    return sigma**2 * setting.effective_dimension(t) / setting.size


@functools.lru_cache(maxsize=64)  # planned() and every replicate ask the same question
def _minimiser(setting: Setting) -> float:
    if setting.declared("sigma", "TheoryTime") == 0:
        raise InputError(
            "TheoryTime has no finite time for sigma=0 (the bound falls for ever): use FixedTime(t)"
        )
    low, high = _bracket(setting)
    return _refined(lambda t: worst_case_bias(setting, t) + variance(setting, t), low, high)


def _bracket(setting: Setting) -> tuple[float, float]:
    """Return times half and twice the best one among ``2^j / mu_max``.

    The variance never falls: once it exceeds the best bound seen, no later time can be better.
    """
    best, best_time = math.inf, 0.0
    t = 1 / setting.largest_eigenvalue
    for _ in range(_DOUBLINGS):
        spread = variance(setting, t)
        if spread > best:
            break
        if (bound := spread + worst_case_bias(setting, t)) < best:
            best, best_time = bound, t
        t *= 2
    return best_time / 2, best_time * 2


def _refined(bound: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda u: bound(math.exp(u)),
        bounds=(math.log(low), math.log(high)),
        method="bounded",
        options={"xatol": 1e-7},
    )
    return math.exp(float(found.x))
