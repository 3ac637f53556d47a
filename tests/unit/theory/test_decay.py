"""Eigendecay: exact coefficients, every registered kernel, parity, refusals, mutated laws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp

from ratecheck.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Brownian,
    DualActivation,
    Gaussian,
    Laplace,
    LiftedNTK,
    Matern,
)
from ratecheck.kernels.catalogue import registry
from ratecheck.theory import depth as by_recursion
from ratecheck.theory.confirm import compare, ratio_table, refined
from ratecheck.theory.decay import EigenDecay, Law, decay_constant, eigendecay
from ratecheck.theory.evaluate import value
from ratecheck.theory.funk_hecke import eigenvalues
from ratecheck.theory.puiseux import is_zero
from ratecheck.types import InputError, UnsupportedError

HALF, PI = Fraction(1, 2), sp.pi
ROOT = sp.sqrt(2) / sp.pi
EXACT = [entry.kernel for entry in registry() if "exact" in entry.tags]


@pytest.mark.parametrize(
    ("kernel", "nu", "c_plus", "c_minus"),
    [
        (ArcCosine(order=0), HALF, -ROOT, ROOT),
        (ArcCosine(order=1), 3 * HALF, 2 * ROOT / 3, 2 * ROOT / 3),
        (ArcCosine(order=2), 5 * HALF, -16 * ROOT / 15, 16 * ROOT / 15),
        (NTK(depth=2), HALF, -ROOT, -ROOT),
        (NTK(depth=2, bias=1.0), HALF, -2 / PI, 0),
        (LiftedNTK(depth=4), HALF, -12 / PI, 0),
        (Laplace(scale=0.3), HALF, -sp.sqrt(2) / sp.Rational(3, 10), 0),
        (Matern(nu=1.5, length=1.0), 3 * HALF, 6 * sp.sqrt(6) / 3, 0),
    ],
)
def test_coefficients(kernel: Any, nu: Fraction, c_plus: Any, c_minus: Any) -> None:
    law = eigendecay(kernel, 3)
    assert law.nu == nu
    assert law.exponent == -3 - 2 * nu
    assert is_zero(law.c_plus - c_plus)
    assert is_zero(law.c_minus - c_minus)


@pytest.mark.parametrize("L", range(2, 9))
def test_layers_agree_with_the_recursion_for_every_depth(L: int) -> None:
    law, flat = eigendecay(NTK(depth=L), L), eigendecay(NNGP(depth=L), L)
    assert is_zero(law.c_plus - by_recursion.ntk_c_plus().subs(by_recursion.L, L))
    assert is_zero(law.c_minus - by_recursion.ntk_c_minus(L))
    assert is_zero(flat.c_plus - by_recursion.nngp_c_plus(L))
    assert not is_zero(law.c_plus + ROOT * L * (L + 1) / 2)  # mutated: L - 1 -> L + 1
    assert law.exponent == -L - 1
    assert law.sorted_exponent == Fraction(-(L + 1), L)
    assert law.sobolev_order == Fraction(L + 1, 2)


@pytest.mark.parametrize(("L", "b"), [(2, 0.1), (4, 1.0), (6, 0.25)])
def test_bias_agrees_with_the_recursion(L: int, b: float) -> None:
    law = eigendecay(NTK(depth=L, bias=b), 2)
    assert is_zero(law.c_plus - by_recursion.ntk_c_plus(bias=b, depth=L))
    assert law.c_minus == 0
    assert (law.even_law, law.odd_law) == (Law.POWER, Law.POWER)


def test_dimension_may_be_a_symbol() -> None:
    d = sp.Symbol("d", positive=True)
    law = eigendecay(NTK(depth=3), d)
    for size in (1, 2, 9):
        fixed = eigendecay(NTK(depth=3), size)
        assert (
            sp.simplify(sp.sympify(law.exponent).subs(d, size) - sp.Rational(fixed.exponent)) == 0
        )
        assert sp.simplify(law.constant.subs(d, size) - fixed.constant) == 0
        assert abs(value(law.sorted_constant.subs(d, size) - fixed.sorted_constant)) < 1e-20


@pytest.mark.parametrize(
    ("kernel", "even", "odd", "last"),
    [
        (ArcCosine(order=0), Law.ZERO, Law.POWER, 0),
        (ArcCosine(order=1), Law.POWER, Law.ZERO, 1),
        (ArcCosine(order=2), Law.ZERO, Law.POWER, 2),
        (NTK(depth=2), Law.POWER, Law.ZERO, 1),
        (DualActivation(activation="abs"), Law.POWER, Law.ZERO, -1),
        (NTK(depth=3), Law.POWER, Law.POWER, None),
    ],
)
def test_parity(kernel: Any, even: Law, odd: Law, last: int | None) -> None:
    law = eigendecay(kernel, 2)
    assert (law.even_law, law.odd_law) == (even, odd)
    assert last in (law.even_last, law.odd_last)
    assert (law.even == 0) == (even is not Law.POWER)
    assert (law.odd == 0) == (odd is not Law.POWER)


def test_a_parity_may_decay_faster_without_vanishing() -> None:
    law = eigendecay(NTK(depth=2) + ArcCosine(order=2), 2)
    assert (law.even_law, law.odd_law) == (Law.POWER, Law.FASTER)
    assert law.faster_exponent == -2 - 5  # kappa_2 brings t^{5/2}, odd


def test_analytic_profiles_decay_faster_than_any_power() -> None:
    law = eigendecay(Gaussian(length=0.8), 2)
    assert (law.exponent, law.nu) == (-sp.oo, sp.oo)
    assert law.even_law is law.odd_law is Law.RAPID
    square = eigendecay(DualActivation(activation="square"), 2)
    assert (square.even_law, square.even_last, square.odd_last) == (Law.ZERO, 2, -1)
    with pytest.raises(UnsupportedError, match="decay rapidly"):
        law.finite_k(60)


@pytest.mark.parametrize("kernel", EXACT, ids=repr)
def test_every_registered_kernel_has_a_law(kernel: Any) -> None:
    law = eigendecay(kernel, 2)
    assert law.even >= 0
    assert law.odd >= 0
    assert law.is_power == (law.nu != sp.oo)
    if law.is_power:
        assert float(law.sorted_constant) > 0


@pytest.mark.parametrize(
    ("kernel", "d"),
    [
        (ArcCosine(order=1), 1),
        (ArcCosine(order=2), 4),
        (NNGP(depth=3), 2),
        (NTK(depth=2), 2),
        (NTK(depth=3), 9),
        (NTK(depth=8, bias=0.1), 3),
        (LiftedNTK(depth=3), 1),
        (Laplace(), 9),
        (Matern(nu=1.5, length=1.0), 2),
    ],
)
def test_law_against_quadrature(kernel: Any, d: int) -> None:
    assert all(row.holds for row in ratio_table(kernel, d, (60, 61)))


def mutations(law: EigenDecay) -> dict[str, EigenDecay]:
    up = Fraction(law.nu) + 1
    return {
        "sign of c_minus": replace(law, c_minus=-law.c_minus),
        "sign of c_plus": replace(law, c_plus=-law.c_plus),
        "factor 2": replace(law, constant=2 * law.constant),
        "nu + 1": replace(law, nu=up, constant=decay_constant(law.d, up)),
        "d + 1": replace(law, d=law.d + 1),
        "C of d + 1": replace(law, constant=decay_constant(law.d + 1, Fraction(law.nu))),
    }


@pytest.mark.parametrize("name", mutations(eigendecay(NTK(depth=3), 2)))
def test_mutated_laws_are_rejected(name: str) -> None:
    kernel = NTK(depth=3)
    law = eigendecay(kernel, 2)
    assert all(row.holds for row in compare(law, kernel, 2, (60, 61)))
    assert not all(row.holds for row in compare(mutations(law)[name], kernel, 2, (60, 61)))


def test_a_missing_zero_is_rejected() -> None:
    law = eigendecay(NTK(depth=2), 2)  # predicts zeros at odd degrees; with bias there are none
    biased = NTK(depth=2, bias=1.0)
    assert not any(row.holds for row in compare(law, biased, 2, (60, 61)))


@pytest.mark.parametrize(
    ("kernel", "d"), [(NTK(depth=3), 2), (NTK(depth=2, bias=1.0), 3), (Laplace(), 9)]
)
def test_constants_to_fifteen_digits(kernel: Any, d: int) -> None:
    with mpmath.workdps(40):
        exact = eigenvalues(kernel, d, (200,), digits=32 + 2 * d)[200]
        assert abs(exact / refined(kernel, d, 200, Fraction(9, 2)) - 1) < 1e-16
        assert abs(exact / refined(kernel, d, 200, Fraction(1, 2)) - 1) > 1e-5  # first term alone


@pytest.mark.parametrize("kernel", [Laplace(scale=0.3), Matern(nu=3.5, length=0.7)], ids=repr)
def test_short_lengths_need_the_next_power(kernel: Any) -> None:
    row = ratio_table(kernel, 2, (60,))[0]
    assert not row.holds
    second = refined(kernel, 2, 60, Fraction(eigendecay(kernel, 2).nu) + 1)
    assert abs(float(row.eigenvalue / second) - 1) < row.allowed / 10


@dataclass(frozen=True)
class Unbounded:
    """Not a kernel: its profile has a pole at u = 1."""

    def exact_profile(self, u: Any, field: Any) -> Any:
        return 1 / (1 - u) + field.pi


def test_refusals() -> None:
    with pytest.raises(UnsupportedError, match=r"Brownian\(\) has no"):
        eigendecay(Brownian(), 2)
    with pytest.raises(UnsupportedError, match="needs a zonal kernel"):
        eigendecay("NTK", 2)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(UnsupportedError, match="closed form"):
        eigendecay(DualActivation(activation="tanh"), 2)
    with pytest.raises(UnsupportedError, match=r"t\^2 log t"):
        eigendecay(Matern(nu=2.0, length=1.0), 2)
    with pytest.raises(UnsupportedError, match="unbounded"):
        eigendecay(Unbounded(), 2)
    with pytest.raises(InputError, match="d must be an integer >= 1, got 0"):
        eigendecay(NTK(depth=2), 0)
    with pytest.raises(UnsupportedError, match="no power law"):
        ratio_table(Gaussian(length=1.0), 2)
