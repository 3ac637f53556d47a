"""Kernels on the line, symbolically; each with a mutated version that leaves a residual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import mpmath
import pytest
import sympy as sp

from ratecheck.kernels import NNGP, NTK
from ratecheck.theory import line
from ratecheck.theory.line import Eigenpair
from ratecheck.types import InputError, UnsupportedError

PAIRS: dict[str, Callable[[], Eigenpair]] = {
    "brownian": line.brownian,
    "brownian plus one": line.brownian_plus_one,
    "neumann": line.neumann,
    "periodic 1": lambda: line.periodic(1),
    "periodic 2": lambda: line.periodic(2),
    "periodic 3": lambda: line.periodic(3),
    "periodic 4": lambda: line.periodic(4),
}


@pytest.mark.parametrize("name", PAIRS)
def test_integral_equation_holds(name: str) -> None:
    assert PAIRS[name]().residual() == 0


def size(pair: Eigenpair) -> float:
    """Residual at one point, relative to the eigenvalue; omega is the first root of theory A4."""
    symbols = (line.x, line.j, line.c, line.w)
    relative = sp.lambdify(symbols, pair.raw_residual() / pair.value, "mpmath")
    return abs(float(relative(mpmath.mpf(2) / 7, 2, mpmath.mpf(3) / 2, 0.8603335890193798)))


@pytest.mark.parametrize("name", PAIRS)
def test_mutated_pairs_leave_a_residual(name: str) -> None:
    pair = PAIRS[name]()
    assert size(pair) < 1e-10
    assert size(replace(pair, value=2 * pair.value)) > 0.1
    assert size(replace(pair, low=-pair.low)) > 0.1
    assert size(replace(pair, high=2 * pair.high)) > 0.1


def test_characteristic_equation_matters() -> None:
    assert replace(line.brownian_plus_one(), condition=()).residual() != 0


def test_green_identity_differentiates_back() -> None:
    f = sp.cos(2 * line.y)
    for p in (line.y**3, sp.cosh(3 * line.y)):
        found = sp.diff(line._antiderivative(p, f), line.y)
        assert sp.simplify(found - p * f) == 0


def test_lifted_ntk_kink_and_curvature() -> None:
    above, below = line.lifted_ntk_branch(1), line.lifted_ntk_branch(-1)
    assert line.jump_on_diagonal(above, below) == -2 / sp.pi
    for side, branch in ((1, above), (-1, below)):
        bend = sp.diff(branch, line.x, 2)
        stated = 4 * side * (line.x - line.y) / (sp.pi * (1 + line.x**2) ** 2)
        assert sp.simplify(bend - stated) == 0
        assert sp.simplify(bend + stated) != 0


@pytest.mark.parametrize("L", [2, 3, 5])
def test_kink_at_any_depth_from_the_profile(L: int) -> None:
    jump = line.lifted_jump(NTK(depth=L))
    assert sp.simplify(jump + sp.Integer(L * (L - 1)) / sp.pi) == 0


def test_interval_law_of_the_lifted_ntk() -> None:
    a, b = sp.symbols("a b", real=True)
    found = line.interval_constant(line.lifted_jump(NTK(depth=2)), b - a)
    assert sp.simplify(found - 2 * (b - a) ** 2 / sp.pi**3) == 0


def test_refusals() -> None:
    with pytest.raises(InputError, match="order"):
        line.periodic(0)
    with pytest.raises(UnsupportedError, match="neither a polynomial"):
        line._antiderivative(sp.log(line.y + 1), sp.cos(line.y))
    with pytest.raises(UnsupportedError, match="no kink"):
        line.lifted_jump(NNGP(depth=2))
