"""A kernel's own definition over other arithmetics."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from ratecheck.kernels import (
    ArcCosine,
    DualActivation,
    Entry,
    MpmathField,
    PeriodicSobolev,
    registry,
)
from ratecheck.kernels.field import exact
from ratecheck.types import UnsupportedError

EXACT = [pytest.param(e, id=repr(e.kernel)) for e in registry() if "exact" in e.tags]
PLACES = (-1.0, -0.999999, -0.3, 0.0, 0.5, 0.9, 1 - 1e-6, 1 - 1e-12, 1.0)


@pytest.mark.parametrize("entry", EXACT)
def test_float_profile_is_the_exact_one(entry: Entry) -> None:
    u = np.array(PLACES)
    with mpmath.workdps(40):
        field = MpmathField()
        values = [float(entry.kernel.exact_profile(mpmath.mpf(x), field)) for x in PLACES]
    scale = max(1.0, np.abs(values).max())
    np.testing.assert_allclose(entry.kernel.profile(u), values, rtol=0, atol=2e-14 * scale)


def test_exact_profiles_of_an_algebra() -> None:
    K = 2.5 * (ArcCosine(order=1) + ArcCosine(order=0) * ArcCosine(order=2))
    with mpmath.workdps(30):
        value = float(K.exact_profile(mpmath.mpf("0.4"), MpmathField()))
    assert K.profile(np.array(0.4)) == pytest.approx(value, rel=1e-14)


def test_profile_works_over_sympy() -> None:
    import sympy

    class Symbols:  # the few functions that the arc-cosine kernel uses
        pi, sqrt, acos = sympy.pi, sympy.sqrt, sympy.acos

        def kappa1(self, u: Any) -> Any:
            return (u * (sympy.pi - sympy.acos(u)) + sympy.sqrt(1 - u * u)) / sympy.pi

    u = sympy.Symbol("u")
    value = ArcCosine(order=1).exact_profile(u, Symbols())  # type: ignore[arg-type]
    assert sympy.simplify(sympy.diff(value, u) - (1 - sympy.acos(u) / sympy.pi)) == 0


def test_parameters_stand_for_their_shortest_decimal() -> None:
    assert exact(0.1) == Fraction(1, 10)
    assert exact(2) == 2
    assert exact(1e-7) == Fraction(1, 10**7)
    assert exact(Fraction(1, 3)) == Fraction(1, 3)


def test_no_closed_form() -> None:
    with pytest.raises(UnsupportedError, match="Hermite series"):
        DualActivation(activation="tanh").exact_profile(mpmath.mpf(0), MpmathField())
    with pytest.raises(UnsupportedError, match="closed-form profile"):
        PeriodicSobolev(order=1).exact_profile(mpmath.mpf(0), MpmathField())
