r"""Kernels on an interval, checked symbolically: eigenpairs, and the kink of the lifted NTK.

An eigenpair is right if ``int_0^1 K(x, y) phi(y) dy - lambda phi(x)`` simplifies to 0 for symbolic
x and index. Kernels are written as ``low`` (for y <= x) and ``high`` (for y >= x). Theory note A4.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import sympy as sp

from ratecheck.theory.expansions import expansion
from ratecheck.theory.fields import Zonal
from ratecheck.types import InputError, UnsupportedError

Expr = Any
x, y = sp.symbols("x y", real=True)
j = sp.Symbol("j", integer=True, positive=True)
c = sp.Symbol("c", positive=True)
w = sp.Symbol("omega", positive=True)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Eigenpair:
    """A kernel on [0, 1] in two branches with an eigenfunction and its eigenvalue.

    ``condition`` is a mapping (as pairs) of substitutions that the index satisfies, such as the
    characteristic equation ``omega tan omega = 1``.
    """

    low: Expr
    high: Expr
    function: Expr
    value: Expr
    condition: tuple[tuple[Expr, Expr], ...] = ()

    def residual(self) -> Expr:
        """Return ``int_0^1 K(x, y) phi(y) dy - lambda phi(x)``, simplified."""
        rest = sp.expand(sp.expand_trig(sp.expand(self.raw_residual())))
        return sp.simplify(sp.simplify(rest).subs(self.condition))

    def raw_residual(self) -> Expr:
        """Return the same as it comes out of the integration; cheap, for numerical checks."""
        inserted = self.function.subs(x, y)
        left, right = (_antiderivative(p, inserted) for p in (self.low, self.high))
        whole = left.subs(y, x) - left.subs(y, 0) + right.subs(y, 1) - right.subs(y, x)
        return whole - self.value * self.function


def _antiderivative(p: Expr, f: Expr) -> Expr:
    """Return int p f dy for ``f'' = -omega^2 f`` and p a polynomial or ``p'' = c^2 p``.

    Green's identity: ``omega^2 int p f = p' f - p f' - int p'' f``; sympy's own integration
    takes a hundred times longer for the Bernoulli polynomials.
    """
    rate = sp.simplify(-sp.diff(f, y, 2) / f)
    ends = sp.diff(p, y) * f - p * sp.diff(f, y)
    bend = sp.diff(p, y, 2)
    if bend == 0:
        return ends / rate
    if p.is_polynomial(y):
        return (ends - _antiderivative(bend, f)) / rate
    if (ratio := sp.simplify(bend / p)).has(y):
        raise UnsupportedError(f"{p} is neither a polynomial in y nor a hyperbolic function of it")
    return ends / (rate + ratio)


def brownian() -> Eigenpair:
    """Kernel min(x, y): ``sin((j - 1/2) pi x)``, ``1/((j - 1/2) pi)^2``."""
    rate = (j - sp.Rational(1, 2)) * sp.pi
    return Eigenpair(low=y, high=x, function=sp.sin(rate * x), value=1 / rate**2)


def brownian_plus_one() -> Eigenpair:
    """Kernel 1 + min(x, y): ``cos(omega (1 - x))``, ``1/omega^2`` where omega tan omega = 1."""
    return Eigenpair(
        low=1 + y,
        high=1 + x,
        function=sp.cos(w * (1 - x)),
        value=1 / w**2,
        condition=((sp.cos(w), w * sp.sin(w)),),
    )


def neumann() -> Eigenpair:
    """Kernel of ``int f'^2 + c^2 f^2``: ``cos(j pi x)``, ``1/(c^2 + pi^2 j^2)``."""
    scale = c * sp.sinh(c)
    return Eigenpair(
        low=sp.cosh(c * y) * sp.cosh(c * (1 - x)) / scale,
        high=sp.cosh(c * x) * sp.cosh(c * (1 - y)) / scale,
        function=sp.cos(j * sp.pi * x),
        value=1 / (c**2 + sp.pi**2 * j**2),
    )


def periodic(order: int) -> Eigenpair:
    """Kernel ``(-1)^{m-1} B_{2m}({x - y})/(2m)!``: ``cos(2 pi j x)``, ``(2 pi j)^{-2m}``."""
    if not 1 <= order <= 8:
        raise InputError(f"order must lie between 1 and 8, got {order}")
    scale = sp.Integer(-1) ** (order - 1) / sp.factorial(2 * order)
    return Eigenpair(
        low=sp.expand(scale * sp.bernoulli(2 * order, x - y)),
        high=sp.expand(scale * sp.bernoulli(2 * order, x - y + 1)),
        function=sp.cos(2 * sp.pi * j * x),
        value=(2 * sp.pi * j) ** (-2 * order),
    )


def lifted_ntk_branch(side: int) -> Expr:
    """Lifted NTK of depth 2 on the line less its output bias, for x > y (side 1) or x < y (-1).

    ``K = (2 (1 + x y)(pi - theta) + |x - y|)/pi``, theta = |arctan x - arctan y|.
    """
    angle = side * (sp.atan(x) - sp.atan(y))
    return (2 * (1 + x * y) * (sp.pi - angle) + side * (x - y)) / sp.pi


def jump_on_diagonal(above: Expr, below: Expr) -> Expr:
    """Return the jump of dK/dx where x passes y, from the branches for x > y and x < y."""
    return sp.simplify((sp.diff(above, x) - sp.diff(below, x)).subs(x, y))


def lifted_jump(kernel: Zonal) -> Expr:
    """Return the same jump for any depth, from the angular profile's expansion at u = 1.

    On the line ``K = sqrt(1+x^2) sqrt(1+y^2) kappa(cos delta)`` with delta the difference of the
    arctangents; ``kappa = p(t) + c t^{1/2}`` and ``t = delta^2/2`` give ``c |x - y|/sqrt 2``, hence
    the jump ``sqrt(2) c`` at every x: ``-L(L-1)/pi`` for the bias-free NTK of depth L.
    """
    end = expansion(kernel, 1)
    if end.nu != Fraction(1, 2):
        raise UnsupportedError(f"{kernel!r} has no kink: its first singular power is {end.nu}")
    return sp.expand(sp.sqrt(2) * end.c)


def interval_constant(jump: Expr, length: Expr = 1) -> Expr:
    """Return the limit of ``lambda_i i^2`` on an interval: ``-jump length^2/pi^2``.

    For the lifted NTK of depth 2 that is ``2 (b-a)^2/pi^3``.

    >>> interval_constant(-2 / sp.pi)
    2/pi**3
    """
    return -jump * sp.sympify(length) ** 2 / sp.pi**2
