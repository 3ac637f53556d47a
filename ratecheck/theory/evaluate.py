"""Numerical values of exact constants, bottom-up and each sub-expression once.

sympy's own ``evalf`` visits the nested constants of a deep network exponentially often.
"""

from __future__ import annotations

from functools import reduce
from operator import add, mul
from typing import Any

import mpmath
import sympy as sp


def value(x: Any, digits: int = 30) -> Any:
    """Return an exact real constant as an mpmath number with about ``digits`` digits.

    >>> mpmath.nstr(value(sp.sqrt(2) * sp.pi, 30), 20)
    '4.442882938158366247'
    """
    with mpmath.workdps(digits + 10):
        return _walk(sp.sympify(x), {})


def _walk(x: Any, known: dict[Any, Any]) -> Any:
    if x not in known:
        known[x] = _node(x, known)
    return known[x]


def _node(x: Any, known: dict[Any, Any]) -> Any:
    if isinstance(x, sp.Rational):
        return mpmath.mpf(int(x.p)) / int(x.q)
    if not x.args or not isinstance(x, sp.Add | sp.Mul | sp.Pow | sp.Function):
        return mpmath.mpf(sp.N(x, mpmath.mp.dps)._mpf_)
    parts = [_walk(part, known) for part in x.args]
    if isinstance(x, sp.Pow):
        return mpmath.power(*parts)
    if isinstance(x, sp.Add | sp.Mul):
        return reduce(add if isinstance(x, sp.Add) else mul, parts)
    if hasattr(x, "numeric"):
        return x.numeric(*parts)
    return getattr(mpmath, x.func.__name__)(*parts)
