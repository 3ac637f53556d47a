"""The claims that studies check, made from exponents: one factory for each statement."""

from __future__ import annotations

from fractions import Fraction

from ratecheck.theory.claims import Claim
from ratecheck.theory.exact import Exact, fraction
from ratecheck.theory.exponents import (
    critical_radius_exponent,
    minimax_exponent,
    mistuned_exponent,
    phase_exponent,
    stopping_exponent,
)
from ratecheck.types import Bound

_HPY = "Hou, Peng, Yang 2026 (arXiv 2604.25965); formula and proof re-derived"


def adversarial_minimax(s: Exact, d: int) -> Claim:
    """Claim that the adversarial risk falls like ``n^{-2s/(2s+d)}`` at small enough radii.

    Ledger A1. That the theorem exists is confirmed from the public abstract (P); the formula is
    derived in the theory note, B1 (D).

    Examples
    --------
    >>> print(adversarial_minimax("3/2", 1))
    adversarial minimax, s=3/2, d=1: adversarial ~ n^(-3/4), matching [B1 D]
    """
    corner = critical_radius_exponent(s, d)
    return Claim(
        name=f"adversarial minimax, s={fraction('s', s)}, d={d}",
        exponent=minimax_exponent(s, d),
        kind=Bound.MATCHING,
        regime=f"r <= c n^-a with a >= {corner}, estimator at its best time",
        source=_HPY,
        tag="B1 D",
        quantity="adversarial",
        ledger="A1",
    )


def clean_minimax(s: Exact, d: int) -> Claim:
    """Claim that the L2 risk falls like ``n^{-2s/(2s+d)}`` (classical).

    Examples
    --------
    >>> clean_minimax(1, 1).exponent
    Fraction(-2, 3)
    """
    return Claim(
        name=f"clean minimax, s={fraction('s', s)}, d={d}",
        exponent=minimax_exponent(s, d),
        kind=Bound.MATCHING,
        regime="r = 0, estimator at its best time",
        source="Stone 1982; Pinsker 1980",
        tag="B1 T",
        quantity="clean",
        ledger="A1",
    )


def mistuned(s: Exact, d: int, m: Exact, a: Exact, *, quantity: str = "clean") -> Claim:
    """Claim about gradient flow stopped at ``t = c n^a``, right or wrong ``a``; ledger R2.

    Examples
    --------
    >>> mistuned(2, 1, 1, "2/5").exponent == clean_minimax(2, 1).exponent
    True
    """
    side = _side(fraction("a", a), stopping_exponent(s, d, m))
    return Claim(
        name=f"time n^{fraction('a', a)}, s={fraction('s', s)}, d={d}, m={fraction('m', m)}",
        exponent=mistuned_exponent(s, d, m, a),
        kind=Bound.MATCHING,
        regime=f"t = c n^a, {side}; worst case over the Sobolev ball",
        source="derived",
        tag="B2 D",
        quantity=quantity,
        ledger="R2",
    )


def phase(s: Exact, d: int, a: Exact) -> Claim:
    """Claim about the adversarial risk at ``r = c n^-a``, on either side of the corner; ledger A2.

    Examples
    --------
    >>> phase("3/4", 1, "1/5").exponent
    Fraction(-3, 10)
    """
    small = fraction("a", a) >= critical_radius_exponent(s, d)
    return Claim(
        name=f"radius n^-{fraction('a', a)}, s={fraction('s', s)}, d={d}",
        exponent=phase_exponent(s, d, a),
        kind=Bound.MATCHING,
        regime=f"r = c n^-a, {'n-term' if small else 'r-term'} rules",
        source=_HPY,
        tag="B1 D",
        quantity="adversarial",
        ledger="A2",
    )


def _side(a: Fraction, best: Fraction) -> str:
    if a == best:
        return "the best exponent"
    return "too early: bias rules" if a < best else "too late: variance rules"
