r"""Decay of the eigenvalues of zonal kernels on spheres, derived from the kernel's own formula.

If ``kappa(1-t) = p_1(t) + c_1 t^nu + ...`` and ``kappa(-1+t) = p_{-1}(t) + c_{-1} t^nu + ...`` with
polynomials p and a power ``nu > 0`` that is no integer, the Funk-Hecke eigenvalues on S^d are

.. math:: \mu_k \sim (c_1 + (-1)^k c_{-1})\, C(d,\nu)\, k^{-d-2\nu}, \qquad C(d,\nu)
   = \frac{\Gamma(\frac{d+1}2)\, 2^{\nu+d-1}\, \Gamma(\nu+\frac d2)}{\sqrt\pi\,\Gamma(-\nu)}

(Bietti and Bach 2021, Theorem 1, arXiv 2009.14397: recalled, M; the constant D; theory note A3).
The theorem also asks that derivatives of kappa admit the differentiated expansions; compositions
of the functions in `ratecheck.theory.fields` do, since their expansions converge near the ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias, final

import sympy as sp

from ratecheck.theory.exact import dimension
from ratecheck.theory.expansions import Expansion, even_part_degree, expansion
from ratecheck.theory.fields import Zonal
from ratecheck.theory.puiseux import Expr, is_zero
from ratecheck.types import UnsupportedError

Dimension: TypeAlias = "int | Expr"
_LATER_POWERS = 4  # how many cancelling powers are passed before giving up


class Law(Enum):
    """What the eigenvalues of one parity do; the value is a sentence."""

    POWER = "follow the power law"
    FASTER = "decay faster than the power law"
    ZERO = "vanish above a finite degree"
    RAPID = "decay faster than any power"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class EigenDecay:
    """Asymptotic law of the eigenvalues of a zonal kernel on S^d.

    Attributes
    ----------
    kernel : str
        ``repr`` of the kernel.
    d : int or sympy symbol
        Dimension of the sphere in R^{d+1}.
    exponent : Fraction or expression
        Power of the degree k, ``-d - 2 nu``; ``-oo`` for analytic profiles.
    nu : Fraction or oo
        Lowest power of t, over both ends, that is no integer.
    c_plus, c_minus : expression
        Exact coefficients of ``t^nu`` at u = 1 and u = -1.
    constant : expression
        ``C(d, nu)``.
    even, odd : expression
        Coefficients of ``k^exponent`` for even and odd k: ``(c_plus +- c_minus) constant``; 0 if
        that parity does not follow the law.
    even_law, odd_law : Law
        What each parity does.
    even_last, odd_last : int or None
        With `Law.ZERO`, the last degree whose eigenvalue may differ from 0 (-1: none).
    faster_exponent : Fraction, expression or None
        Power of k in the parity that decays faster, where it was found.
    """

    kernel: str
    d: Dimension
    exponent: Fraction | Expr
    nu: Fraction | Expr
    c_plus: Expr
    c_minus: Expr
    constant: Expr
    even: Expr
    odd: Expr
    even_law: Law
    odd_law: Law
    even_last: int | None = None
    odd_last: int | None = None
    faster_exponent: Fraction | Expr | None = None

    @property
    def is_power(self) -> bool:
        """Whether at least one parity follows a power law."""
        return Law.POWER in (self.even_law, self.odd_law)

    @property
    def sorted_exponent(self) -> Fraction | Expr:
        """Power of the sorted index i, counted with multiplicity: ``-(d + 2 nu)/d``."""
        return self.exponent / self.d

    @property
    def sorted_constant(self) -> Expr:
        """Limit of ``lambda_i i^{(d + 2 nu)/d}``.

        Degrees up to k of one parity carry ``k^d/d!`` modes (twice that for both), so that
        ``(sum_p A_p^{d/(d+2nu)} / d!)^{(d+2nu)/d}`` over the parities that follow the law.
        """
        power = -sp.sympify(self.sorted_exponent)
        modes = sum(a ** (1 / power) for a in (self.even, self.odd) if a != 0)
        return (modes / sp.gamma(sp.sympify(self.d) + 1)) ** power

    @property
    def sobolev_order(self) -> Fraction | Expr:
        """Order m = d/2 + nu of the Sobolev space that is the RKHS (if both parities follow)."""
        return -self.exponent / 2

    def finite_k(self, k: int) -> Expr:
        """Return ``(c_1 + (-1)^k c_{-1}) C Gamma(k-nu)/Gamma(k+nu+d)``, relative error O(k^-2)."""
        if not self.is_power:
            raise UnsupportedError(f"{self.kernel} has no power law: eigenvalues decay rapidly")
        nu, amplitude = sp.Rational(self.nu), self.c_plus + (-1) ** k * self.c_minus
        return amplitude * self.constant * sp.gamma(k - nu) / sp.gamma(k + nu + self.d)


def eigendecay(kernel: Zonal, d: Dimension) -> EigenDecay:
    """Derive the decay of the eigenvalues of a zonal kernel on S^d.

    Parameters
    ----------
    kernel : Zonal
        A kernel with ``exact_profile(u, field)``: ArcCosine, NNGP, NTK, LiftedNTK, Laplace,
        Matern, DualActivation in closed form, and their sums, products and multiples.
    d : int or sympy symbol
        Dimension of the sphere, >= 1; a symbol gives formulas in d.

    Raises
    ------
    InputError
        If d is no integer >= 1.
    UnsupportedError
        If the kernel is not zonal, or its expansion has a logarithm (integer nu).

    Examples
    --------
    >>> from ratecheck.kernels import NTK
    >>> law = eigendecay(NTK(depth=3), 2)
    >>> law.exponent, law.nu, law.c_plus, law.c_minus
    (Fraction(-3, 1), Fraction(1, 2), -3*sqrt(2)/pi, -sqrt(2)/(2*pi))
    """
    size = d if isinstance(d, sp.Expr) else dimension(d)
    if not hasattr(kernel, "exact_profile"):
        raise UnsupportedError(f"{kernel!r} has no profile: eigendecay needs a zonal kernel")
    plus, minus = expansion(kernel, 1), expansion(kernel, -1)
    if plus.nu is None and minus.nu is None:
        return _rapid(kernel, size)
    nu = min(e.nu for e in (plus, minus) if e.nu is not None)
    return _power(kernel, size, nu, _at(plus, nu), _at(minus, nu))


def decay_constant(d: Dimension, nu: Fraction) -> Expr:
    """Return ``C(d, nu)``; positive for nu in (1, 2), negative for nu in (0, 1) and (2, 3).

    Examples
    --------
    >>> decay_constant(2, Fraction(1, 2))
    -sqrt(2)/4
    """
    order = sp.Rational(nu)
    top = (
        sp.gamma((sp.sympify(d) + 1) / 2)
        * 2 ** (order + d - 1)
        * sp.gamma(order + sp.sympify(d) / 2)
    )
    return sp.simplify(top / (sp.sqrt(sp.pi) * sp.gamma(-order)))


def _at(e: Expansion, nu: Fraction) -> Expr:
    return e.c if e.nu == nu else sp.Integer(0)


def _power(kernel: Zonal, d: Dimension, nu: Fraction, c_plus: Expr, c_minus: Expr) -> EigenDecay:
    constant = decay_constant(d, nu)
    even, odd = (_amplitude(c_plus + sign * c_minus) for sign in (1, -1))
    even_law, even_last = _parity(kernel, even, 1)
    odd_law, odd_last = _parity(kernel, odd, -1)
    return EigenDecay(
        kernel=repr(kernel),
        d=d,
        exponent=_exponent(d, nu),
        nu=nu,
        c_plus=c_plus,
        c_minus=c_minus,
        constant=constant,
        even=sp.expand(even * constant),
        odd=sp.expand(odd * constant),
        even_law=even_law,
        odd_law=odd_law,
        even_last=even_last,
        odd_last=odd_last,
        faster_exponent=_faster(kernel, d, nu, even_law, odd_law),
    )


def _amplitude(c: Expr) -> Expr:
    return sp.Integer(0) if is_zero(c) else sp.expand(c)


def _parity(kernel: Zonal, amplitude: Expr, sign: int) -> tuple[Law, int | None]:
    if amplitude != 0:
        return Law.POWER, None
    last = even_part_degree(kernel, sign)
    return (Law.FASTER, None) if last is None else (Law.ZERO, last)


def _exponent(d: Dimension, nu: Fraction) -> Fraction | Expr:
    return -d - 2 * (nu if isinstance(d, int) else sp.Rational(nu))


def _faster(
    kernel: Zonal, d: Dimension, nu: Fraction, even: Law, odd: Law
) -> Fraction | Expr | None:
    """Return the exponent of the parity that beats the power law, from the next power of t."""
    if Law.FASTER not in (even, odd):
        return None
    sign, power = 1 if even is Law.FASTER else -1, nu
    for _ in range(_LATER_POWERS):
        ends = [expansion(kernel, end, beyond=power) for end in (1, -1)]
        power = min(e.nu for e in ends if e.nu is not None)
        if not is_zero(_at(ends[0], power) + sign * _at(ends[1], power)):
            return _exponent(d, power)
    return None


def _rapid(kernel: Zonal, d: Dimension) -> EigenDecay:
    """Return the law of a profile that is analytic on the whole of [-1, 1]."""
    zero = sp.Integer(0)
    last = [even_part_degree(kernel, sign) for sign in (1, -1)]
    laws = [Law.RAPID if degree is None else Law.ZERO for degree in last]
    return EigenDecay(
        kernel=repr(kernel),
        d=d,
        exponent=-sp.oo,
        nu=sp.oo,
        c_plus=zero,
        c_minus=zero,
        constant=zero,
        even=zero,
        odd=zero,
        even_law=laws[0],
        odd_law=laws[1],
        even_last=last[0],
        odd_last=last[1],
    )
