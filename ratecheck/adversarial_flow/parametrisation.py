r"""How non-negative training times are written as functions of free variables.

The published code has xi = \|u\| and starts at u = 0. It moves from there only because its
automatic differentiation takes +1 for the derivative of the absolute value at 0; with sign(0) = 0,
as in numpy, every gradient is zero for ever (theory note F). `ABSOLUTE` says +1 in so many words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Parametrisation:
    """xi = value(u), with its derivative and its inverse on ``lowest`` < xi (or <=)."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    inverse: Callable[[Array], Array]
    starts_at_zero: bool


def _softplus_inverse(xi: Array) -> Array:
    return np.asarray(xi + np.log(-np.expm1(-xi)))


ABSOLUTE: Final = Parametrisation(
    value=np.abs,
    slope=lambda u: np.where(u < 0, -1.0, 1.0),
    inverse=lambda xi: xi,
    starts_at_zero=True,
)
SOFTPLUS: Final = Parametrisation(
    value=lambda u: np.logaddexp(0.0, u),
    slope=lambda u: 0.5 * (1.0 + np.tanh(0.5 * u)),
    inverse=_softplus_inverse,
    starts_at_zero=False,
)
EXPONENTIAL: Final = Parametrisation(
    value=np.exp, slope=np.exp, inverse=np.log, starts_at_zero=False
)
PARAMETRISATIONS: Final = {"absolute": ABSOLUTE, "softplus": SOFTPLUS, "exp": EXPONENTIAL}


def parametrisation(name: str, start: float) -> Parametrisation:
    """Return a parametrisation by its name, or raise `InputError` if it cannot start there."""
    found: Parametrisation = PARAMETRISATIONS[
        check.choice("parametrisation", name, PARAMETRISATIONS)
    ]
    if check.nonnegative("start", start) == 0 and not found.starts_at_zero:
        raise InputError(f"start must be positive for parametrisation {name!r}: it never gives 0")
    return found
