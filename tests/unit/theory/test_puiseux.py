"""Series in fractional powers against values of the functions they expand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp

from ratecheck.theory.evaluate import value
from ratecheck.theory.fields import MpmathField, SeriesField, SymbolField
from ratecheck.theory.puiseux import Series, is_zero
from ratecheck.types import UnsupportedError

Formula = Callable[[Any, Any], Any]
FORMULAS: dict[str, Formula] = {
    "kappa0": lambda u, f: f.kappa0(u),
    "kappa1": lambda u, f: f.kappa1(u),
    "kappa2": lambda u, f: f.kappa2(u),
    "root": lambda u, f: f.sqrt(2 - 2 * u),
    "angle": lambda u, f: f.acos(u) * f.asin(u) - f.pi,
    "quotient": lambda u, f: (1 + u * u) / (3 - f.kappa1(u)),
    "waves": lambda u, f: f.exp(-f.sqrt(1 - u)) * f.cosh(u) + f.sinh(-u),
    "bessel": lambda u, f: (
        f.power(1 - u, Fraction(2, 5)) * f.besselk(Fraction(4, 5), f.sqrt(1 - u))
    ),
    "nested": lambda u, f: f.kappa0(f.kappa1(f.kappa1(u))) / f.gamma(Fraction(1, 3)),
}


def error(series: Series, formula: Formula, end: int, t: Any) -> Any:
    total = sum(value(c, 60) * t ** mpmath.mpf(sp.Rational(p)) for p, c in series.terms.items())
    return abs(total - formula(end * (1 - t), MpmathField()))


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("end", [1, -1])
def test_error_is_of_the_stated_order(name: str, end: int) -> None:
    formula, field = FORMULAS[name], SeriesField(Fraction(5, 2))
    series = formula(field.variable(end), field)
    with mpmath.workdps(60):
        for t in (mpmath.mpf("1e-8"), mpmath.mpf("1e-14")):
            assert error(series, formula, end, t) < 100 * t ** mpmath.mpf(sp.Rational(series.order))
        if len(series.terms) > 1:  # a mutated coefficient is seen
            last = max(series.terms)
            wrong = Series({**series.terms, last: 2 * series.terms[last]}, series.order, False)
            t = mpmath.mpf("1e-14")
            assert error(wrong, formula, end, t) > 100 * t ** mpmath.mpf(sp.Rational(series.order))


def test_smoothness_is_tracked() -> None:
    field = SeriesField(Fraction(3, 2))
    assert field.kappa1(field.variable(1) / 2).smooth
    assert not field.kappa1(field.variable(1)).smooth
    assert field.kappa1(field.variable(1)).fractional() is None  # t^{3/2} lies beyond the cap
    wide = SeriesField(Fraction(5, 2))
    assert wide.kappa1(wide.variable(1)).fractional() == (
        Fraction(3, 2),
        2 * sp.sqrt(2) / (3 * sp.pi),
    )


def test_refusals() -> None:
    field = SeriesField(Fraction(3, 2))
    u = field.variable(1)
    with pytest.raises(UnsupportedError, match="unbounded"):
        (1 / (1 - u)).at_zero()
    with pytest.raises(UnsupportedError, match="vanishes at t = 0"):
        u.compose([sp.Integer(1)])
    with pytest.raises(UnsupportedError, match="no term is known"):
        1 / (u - u)
    with pytest.raises(UnsupportedError, match="log t"):
        field.besselk(Fraction(2), 1 - u)


def test_zero_is_decided_exactly() -> None:
    assert is_zero(sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6))
    assert is_zero((sp.pi + 1) ** 2 - sp.pi**2 - 2 * sp.pi - 1)
    assert not is_zero(sp.Rational(1, 10**20))


def test_symbols_give_the_closed_forms_back() -> None:
    u = sp.Symbol("u", real=True)
    for name in ("kappa0", "kappa1", "kappa2"):
        symbolic = FORMULAS[name](u, SymbolField()).doit().subs(u, sp.Rational(1, 3))
        with mpmath.workdps(30):
            direct = FORMULAS[name](mpmath.mpf(1) / 3, MpmathField())
            assert abs(value(symbolic) - direct) < 1e-28
