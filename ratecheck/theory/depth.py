"""Laws of the ReLU kernels for every depth at once, by solving the recursion in sympy.

With L weight layers, bias variance b, and ``u = 1 - t``: every layer's correlation is
``rho_l = 1 - t/(1 + l b) + O(t^{3/2})`` and ``kappa_0(1 - y) = 1 - (sqrt 2/pi) y^{1/2} + ...``, so
that the coefficient ``e_l`` of ``t^{1/2}`` in Theta_l obeys

    e_{l+1} = e_l - (sqrt 2/pi) Theta_l(1)/sqrt(1 + l b),   e_1 = 0,   Theta_l(1) = l + b l (l+1)/2.

Theory note A3; `ratecheck.theory.decay` finds the same numbers layer by layer.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ratecheck.theory.arccosine import kappa0, kappa1

Expr = Any
L = sp.Symbol("L", integer=True, positive=True)
_LAYER = sp.Symbol("l", integer=True, positive=True)


def ntk_c_plus(bias: Expr = 0, depth: Expr = L) -> Expr:
    """Return the coefficient of ``t^{1/2}`` at u = 1, for a depth that may be a symbol.

    >>> ntk_c_plus()
    -sqrt(2)*L*(L - 1)/(2*pi)
    """
    b = sp.nsimplify(bias)
    if b == 0:
        e = sp.Function("e")
        rule = e(_LAYER + 1) - e(_LAYER) + sp.sqrt(2) / sp.pi * _LAYER
        return sp.factor(sp.rsolve(rule, e(_LAYER), {e(1): 0}).subs(_LAYER, depth))
    size = _LAYER + b * _LAYER * (_LAYER + 1) / 2
    terms = sp.Sum(size / sp.sqrt(1 + _LAYER * b), (_LAYER, 1, depth - 1))
    return -sp.sqrt(2) / sp.pi * (terms.doit() if sp.sympify(depth).is_Integer else terms)


def ntk_c_minus(depth: int) -> Expr:
    """Return the coefficient of ``t^{1/2}`` at u = -1 without bias.

    ``-(sqrt 2/pi) prod_{l=2}^{L-1} kappa_0(r_l)`` with r_2 = 0, r_{l+1} = kappa_1(r_l).

    >>> ntk_c_minus(4)
    -sqrt(2)*kappa0(1/pi)/(2*pi)
    """
    product, r = -sp.sqrt(2) / sp.pi, sp.Integer(0)
    for _ in range(2, depth):
        product, r = product * kappa0(r), kappa1(r)
    return product


def nngp_c_plus(depth: Expr = L) -> Expr:
    """Return the coefficient of ``t^{3/2}`` at u = 1 without bias, one share per composition.

    >>> nngp_c_plus()
    2*sqrt(2)*(L - 1)/(3*pi)
    """
    return 2 * sp.sqrt(2) * (depth - 1) / (3 * sp.pi)
