"""Exponents of the rates, as exact fractions.

All hold for the class ``H^s(R)`` on a d-dimensional domain with ``s > d/2``, iid noise of finite
variance, and sample size ``n``; radius ``r = n^{-a}``, time ``t = n^{a}``.
"""

from __future__ import annotations

from fractions import Fraction

from ratecheck.theory.exact import Exact, above_half_dimension, dimension, fraction
from ratecheck.types import InputError


def minimax_exponent(s: Exact, d: int) -> Fraction:
    """Exponent of ``n`` in the minimax L2 risk, ``-2s/(2s+d)``.

    Raises
    ------
    InputError
        If ``s <= d/2``, ``d < 1``, or ``s`` is no exact number.

    Notes
    -----
    Classical (theory note B1, T).

    Examples
    --------
    >>> minimax_exponent("3/2", 1)
    Fraction(-3, 4)
    """
    order = above_half_dimension("s", s, d)
    return -2 * order / (2 * order + d)


def adversarial_exponents(s: Exact, d: int) -> tuple[Fraction, Fraction]:
    """Exponents of ``n`` and of ``r`` in the adversarial minimax risk.

    ``inf sup E R_r ~ n^{-2s/(2s+d)} + r^{2 min(s, 1)}``  (Hou, Peng, Yang 2026, arXiv
    2604.25965: existence P, formula and proof D; theory note B1).

    Examples
    --------
    >>> adversarial_exponents("3/4", 1)
    (Fraction(-3, 5), Fraction(3, 2))
    """
    order = above_half_dimension("s", s, d)
    return minimax_exponent(order, d), 2 * min(order, Fraction(1))


def critical_radius_exponent(s: Exact, d: int) -> Fraction:
    """Exponent ``a`` at which ``r = n^{-a}`` changes regime: ``s / ((2s+d) min(s, 1))``.

    A larger ``a`` (smaller radius) leaves the n-term in charge.

    Examples
    --------
    >>> critical_radius_exponent("3/2", 1)
    Fraction(3, 8)
    """
    in_n, in_r = adversarial_exponents(s, d)
    return -in_n / in_r


def phase_exponent(s: Exact, d: int, a: Exact) -> Fraction:
    """Exponent of ``n`` in the adversarial minimax risk at ``r = n^{-a}``, ``a >= 0``.

    ``max(-2 a min(s, 1), -2s/(2s+d))``: a broken line with its corner at
    `critical_radius_exponent`.

    Examples
    --------
    >>> phase_exponent("3/2", 1, "1/4"), phase_exponent("3/2", 1, "1/2")
    (Fraction(-1, 2), Fraction(-3, 4))
    """
    in_n, in_r = adversarial_exponents(s, d)
    return max(-_nonnegative(a) * in_r, in_n)


def stopping_exponent(s: Exact, d: int, m: Exact) -> Fraction:
    """Exponent of ``n`` in the best stopping time, ``2m/(2s+d)``.

    ``m > d/2`` is the order of the kernel's Sobolev space; ``m = (d+1)/2`` for the NTK of a
    ReLU network. Theory note B2, D.

    Examples
    --------
    >>> stopping_exponent(2, 1, 1)
    Fraction(2, 5)
    """
    order = above_half_dimension("s", s, d)
    return 2 * above_half_dimension("m", m, d) / (2 * order + d)


def mistuned_exponent(s: Exact, d: int, m: Exact, a: Exact) -> Fraction:
    """Exponent of ``n`` in the worst-case L2 risk of gradient flow stopped at ``t = n^a``.

    Squared bias ``t^{-s/m}`` against variance ``t^{d/(2m)}/n``, hence
    ``max(-a s/m, a d/(2m) - 1)``; the minimum over ``a`` is `minimax_exponent`, at
    `stopping_exponent`. Theory note B2, D. The variance branch needs ``a <= 2m/d``: beyond it
    the fit interpolates and the effective dimension is ``n``.

    Examples
    --------
    >>> mistuned_exponent(2, 1, 1, "1/5"), mistuned_exponent(2, 1, 1, "4/5")
    (Fraction(-2, 5), Fraction(-3, 5))
    """
    order, kernel_order = above_half_dimension("s", s, d), above_half_dimension("m", m, d)
    power = _nonnegative(a)
    if power * dimension(d) > 2 * kernel_order:
        raise InputError(
            f"a must be at most 2m/d = {2 * kernel_order / d} (later times interpolate), got {a!r}"
        )
    return max(-power * order / kernel_order, power * d / (2 * kernel_order) - 1)


def _nonnegative(a: Exact) -> Fraction:
    if (power := fraction("a", a)) < 0:
        raise InputError(f"a must not be negative, got {a!r}: r = n^-a and t = n^a take a >= 0")
    return power
