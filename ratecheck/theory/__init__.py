"""Exact theory: claims, exponents, extreme values, eigenvalue decay; imports no numpy.

Claims and exponents need the standard library only and are loaded at once; names that need
sympy, mpmath or python-flint resolve on first use.

Notation: ``s`` smoothness of the target, ``d`` dimension, ``m`` order of the kernel's Sobolev
space, ``n`` sample size, ``r`` radius of the attack, ``t`` time of the flow, ``k`` degree.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ratecheck.theory.claims import Claim
from ratecheck.theory.exponents import (
    adversarial_exponents,
    critical_radius_exponent,
    minimax_exponent,
    mistuned_exponent,
    phase_exponent,
    stopping_exponent,
)
from ratecheck.theory.extremes import (
    expected_max_square,
    expected_max_square_digits,
    gaussian_asymptote,
)
from ratecheck.theory.statements import adversarial_minimax, clean_minimax, mistuned, phase
from ratecheck.theory.windows import expected_window_maximum, interpolant_risk_bounds

if TYPE_CHECKING:
    from ratecheck.theory.confirm import ratio_table
    from ratecheck.theory.decay import EigenDecay, eigendecay
    from ratecheck.theory.derivation import derivation_latex, derivation_text
    from ratecheck.theory.enclosures import enclose

__all__ = [
    "Claim",
    "EigenDecay",
    "adversarial_exponents",
    "adversarial_minimax",
    "clean_minimax",
    "critical_radius_exponent",
    "derivation_latex",
    "derivation_text",
    "eigendecay",
    "enclose",
    "expected_max_square",
    "expected_max_square_digits",
    "expected_window_maximum",
    "gaussian_asymptote",
    "interpolant_risk_bounds",
    "minimax_exponent",
    "mistuned",
    "mistuned_exponent",
    "phase",
    "phase_exponent",
    "ratio_table",
    "stopping_exponent",
]

_HOMES = {  # names that need sympy, by the sub-module that holds them
    "EigenDecay": "decay",
    "derivation_latex": "derivation",
    "derivation_text": "derivation",
    "eigendecay": "decay",
    "enclose": "enclosures",
    "ratio_table": "confirm",
}


def __getattr__(name: str) -> object:
    """Load the sub-module that holds ``name`` on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
