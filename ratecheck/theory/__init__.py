"""Exact theory: claims, exponents, extreme values, eigenvalue decay; imports no numpy.

Claims and exponents need the standard library only and are loaded at once; names that need
sympy, mpmath or python-flint resolve on first use.

Notation: ``s`` smoothness of the target, ``d`` dimension, ``m`` order of the kernel's Sobolev
space, ``n`` sample size, ``r`` radius of the attack, ``t`` time of the flow, ``k`` degree.
"""

from __future__ import annotations

from ratecheck.theory.claims import Claim
from ratecheck.theory.exponents import (
    adversarial_exponents,
    critical_radius_exponent,
    minimax_exponent,
    mistuned_exponent,
    phase_exponent,
    stopping_exponent,
)
from ratecheck.theory.statements import adversarial_minimax, clean_minimax, mistuned, phase

__all__ = [
    "Claim",
    "adversarial_exponents",
    "adversarial_minimax",
    "clean_minimax",
    "critical_radius_exponent",
    "minimax_exponent",
    "mistuned",
    "mistuned_exponent",
    "phase",
    "phase_exponent",
    "stopping_exponent",
]
