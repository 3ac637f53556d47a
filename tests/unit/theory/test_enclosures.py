"""Certified intervals: contain the tabulated values, exclude their neighbours."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ratecheck.kernels import NNGP, NTK, ArcCosine, Laplace, Matern
from ratecheck.theory.enclosures import enclose
from ratecheck.types import InputError, MissingExtraError, UnsupportedError

pytest.importorskip("flint")
PATH = Path(__file__).parents[2] / "reference" / "sphere_eigenvalues.json"
TABLE: dict[str, dict[str, list[str]]] = json.loads(PATH.read_text())["mu"]
ROUNDING = Fraction(1, 10**24)  # of the 25 tabulated digits


def check(name: str, kernel: Any, d: int, degrees: tuple[int, ...]) -> None:
    for found in enclose(kernel, d, degrees):
        table = Fraction(TABLE[name][f"S{d}"][found.degree])
        assert found.width < Fraction(1, 10**20)
        assert found.low - ROUNDING <= table <= found.high + ROUNDING
        assert table + Fraction(1, 10**19) not in found
        assert table * 2 not in found or table == 0


def test_depth_two_on_the_sphere_all_degrees() -> None:
    check("ntk2", NTK(depth=2), 2, tuple(range(41)))


def test_depth_three_on_the_sphere() -> None:
    check("ntk3", NTK(depth=3), 2, (0, 1, 2, 7, 20, 40))


@pytest.mark.slow
def test_depth_three_on_the_sphere_all_degrees() -> None:
    check("ntk3", NTK(depth=3), 2, tuple(range(41)))


@pytest.mark.parametrize(
    ("name", "kernel", "d"),
    [
        ("kappa2", ArcCosine(order=2), 1),
        ("ntk2_bias1", NTK(depth=2, bias=1.0), 2),
        ("laplace", Laplace(), 1),
    ],
)
def test_other_kernels(name: str, kernel: Any, d: int) -> None:
    check(name, kernel, d, (0, 1, 6))


def test_zeros_are_enclosed_and_positive_values_are_not_zero() -> None:
    zero, positive = enclose(NTK(depth=2), 3, (7, 8))
    assert Fraction(0) in zero
    assert positive.low > 0
    assert enclose(NNGP(depth=3, bias=0.1), 5, (4,), width=1e-12)[0].low > 0


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="width"):
        enclose(NTK(depth=2), 2, (1,), width=0.0)
    with pytest.raises(InputError, match="degrees"):
        enclose(NTK(depth=2), 2, (-1,))
    with pytest.raises(UnsupportedError, match="Bessel"):
        enclose(Matern(nu=0.8, length=1.0), 2, (1,))
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(MissingExtraError, match="python-flint"):
        enclose(NTK(depth=2), 2, (1,))
