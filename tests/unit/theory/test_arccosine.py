"""The arc-cosine functions in sympy: derivatives, reflections, values."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from ratecheck.theory.arccosine import kappa0, kappa1, kappa2
from ratecheck.theory.evaluate import value

u = sp.Symbol("u", real=True)


@pytest.mark.parametrize("kappa", [kappa0, kappa1, kappa2])
@pytest.mark.parametrize("at", ["-9/10", "-1/3", "2/7", "19/20"])
def test_derivative_and_reflection(kappa: type[sp.Function], at: str) -> None:
    point = sp.Rational(at)
    direct = sp.diff(kappa(u).doit(), u).subs(u, point)
    stated = sp.diff(kappa(u), u).subs(u, point)
    assert abs(value(direct - stated)) < 1e-25
    assert abs(value(direct - 2 * stated)) > 1e-3  # a factor 2 is seen
    assert abs(value(kappa(-u).subs(u, point) - kappa(u).doit().subs(u, -point))) < 1e-25


@pytest.mark.parametrize("kappa", [kappa0, kappa1, kappa2])
def test_special_values_are_the_closed_forms(kappa: type[sp.Function]) -> None:
    for point in (-1, 0, 1):
        assert sp.simplify(kappa(point) - kappa(u).doit().subs(u, point)) == 0


def test_many_digits() -> None:
    nested = kappa0(kappa1(kappa1(1 / sp.pi)))
    assert abs(sp.N(nested, 40) - sp.N(nested.doit(), 40)) < sp.Float("1e-38", 40)
    assert sp.latex(kappa0(u) ** 2) == r"\kappa_0\left(u\right)^{2}"
    with mpmath.workdps(25):
        assert abs(value(kappa2(sp.Rational(1, 2))) - 1 - mpmath.sqrt(27) / 4 / mpmath.pi) < 1e-24
