"""Two precisions must agree; quadrature rules in integers integrate what they should."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import pytest

from ratecheck.numerics.mp import agreed, agreed_list
from ratecheck.numerics.mpquad import Rule, gauss_legendre, tanh_sinh
from ratecheck.types import UnsupportedError


def test_agreement_gives_the_digits_and_leaves_the_precision_alone() -> None:
    before = mpmath.mp.dps
    root = agreed(lambda: mpmath.sqrt(2), digits=40)
    pair = agreed_list(lambda: [mpmath.pi / 3, mpmath.e], digits=25)
    assert mpmath.mp.dps == before
    with mpmath.workdps(60):
        assert abs(root**2 - 2) < mpmath.mpf("1e-39")
        assert abs(pair[1] - mpmath.e) < mpmath.mpf("1e-25")


@pytest.mark.parametrize(
    "compute",
    [
        lambda: mpmath.mpf(1) / 3 + mpmath.mp.eps * 10**25,  # depends on the precision
        lambda: mpmath.mpf("nan"),
    ],
)
def test_disagreement_is_refused(compute: Callable[[], object]) -> None:
    with pytest.raises(UnsupportedError, match="two precisions"):
        agreed(compute, digits=20)
    with pytest.raises(UnsupportedError, match="two precisions"):
        agreed_list(lambda: [compute()], digits=20)


def test_scale_forgives_a_rounded_zero() -> None:
    assert abs(agreed(lambda: mpmath.sin(mpmath.pi), digits=20, scale=1.0)) < 1e-20
    with pytest.raises(UnsupportedError):
        agreed(lambda: mpmath.sin(mpmath.pi), digits=20)


def integral(rule: Rule, f: Callable[[mpmath.mpf], mpmath.mpf]) -> mpmath.mpf:
    unit = mpmath.mpf(2) ** -rule.bits
    return mpmath.fsum(
        w * unit * f(x * unit) for x, w in zip(rule.nodes, rule.weights, strict=True)
    )


def test_gauss_legendre_is_exact_to_its_degree_only() -> None:
    with mpmath.workdps(60):
        rule = gauss_legendre(12, 180)
        assert abs(integral(rule, lambda x: x**23) - mpmath.mpf(1) / 24) < 1e-50
        assert abs(integral(rule, lambda x: x**24) - mpmath.mpf(1) / 25) > 1e-20
        assert abs(integral(gauss_legendre(60, 180), mpmath.exp) - mpmath.e + 1) < 1e-50


def test_tanh_sinh_bears_singular_ends() -> None:
    with mpmath.workdps(50):
        rule = tanh_sinh(300, 150)
        assert abs(integral(rule, mpmath.sqrt) - mpmath.mpf(2) / 3) < 1e-35
        gauss = gauss_legendre(100, 150)
        assert abs(integral(gauss, mpmath.sqrt) - mpmath.mpf(2) / 3) > 1e-9
