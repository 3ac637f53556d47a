"""The written derivation: says what the law says."""

from __future__ import annotations

import pytest

from ratecheck import theory
from ratecheck.kernels import NTK, DualActivation, Gaussian


def test_text_of_the_three_layer_kernel() -> None:
    text = theory.derivation_text(NTK(depth=3), 2, degrees=(60, 61))
    for part in (
        "(-3*sqrt(2)/pi) t^1/2",
        "c_minus          = -sqrt(2)/(2*pi)",
        "k^(-3)",
        "i^(-3/2)",
        "H^(3/2)",
        "2.52133135371126e-6",
    ):
        assert part in text
    assert text.count("\n") < 30


def test_text_says_which_degrees_vanish() -> None:
    text = theory.derivation_text(NTK(depth=2), 2, degrees=(60, 61))
    assert "odd degrees vanish above 1" in text
    assert "exact zero" in text


def test_text_of_analytic_profiles() -> None:
    assert "faster than any power" in theory.derivation_text(Gaussian(length=1.0), 2)
    square = theory.derivation_text(DualActivation(activation="square"), 3)
    assert "even degrees vanish above 2" in square
    assert "analytic" in theory.derivation_latex(Gaussian(length=1.0), 2)


@pytest.mark.parametrize("degrees", [(), (60, 61)])
def test_latex_is_balanced(degrees: tuple[int, ...]) -> None:
    latex = theory.derivation_latex(NTK(depth=2), 2, degrees=degrees)
    assert latex.count(r"\begin{") == latex.count(r"\end{") == 1 + bool(degrees)
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left(") == latex.count(r"\right)")
    assert r"c_- = - \frac{\sqrt{2}}{\pi}" in latex
    assert ("exact zero" in latex) == bool(degrees)
