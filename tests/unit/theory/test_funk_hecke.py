"""Funk-Hecke to many digits against the stored tables and exact identities."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mpmath
import pytest

from ratecheck.kernels import NTK, ArcCosine, Gaussian, Laplace, LiftedNTK, Matern
from ratecheck.theory.funk_hecke import eigenvalues, multiplicity
from ratecheck.types import InputError

PATH = Path(__file__).parents[2] / "reference" / "sphere_eigenvalues.json"
TABLE: dict[str, dict[str, list[str]]] = json.loads(PATH.read_text())["mu"]
KERNELS: dict[str, Any] = {
    "kappa0": ArcCosine(order=0),
    "kappa2": ArcCosine(order=2),
    "ntk2": NTK(depth=2),
    "ntk5": NTK(depth=5),
    "ntk3_bias1": NTK(depth=3, bias=1.0),
    "ntk2_lift": LiftedNTK(depth=2),
    "laplace": Laplace(),
}


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("d", [1, 2])
def test_tables_to_twenty_digits(name: str, d: int) -> None:
    computed = eigenvalues(KERNELS[name], d, range(61))
    with mpmath.workdps(40):
        for k, text in enumerate(TABLE[name][f"S{d}"]):
            assert abs(computed[k] - mpmath.mpf(text)) < 1e-23


def test_traces_and_multiplicities() -> None:
    """A polynomial profile: sum_k mu_k N(d, k) = kappa(1), exactly."""
    for d in (1, 2, 5):
        mu = eigenvalues(ArcCosine(order=1), d, range(120))
        partial = sum(mu[k] * multiplicity(d, k) for k in mu)
        assert 0.999 < partial < 1
        wrong = sum(mu[k] * multiplicity(d + 1, k) for k in mu)
        assert not 0.999 < wrong < 1


def test_even_degrees_of_the_step() -> None:
    mu = eigenvalues(ArcCosine(order=0), 7, range(12))
    assert all(abs(mu[k]) < 1e-30 for k in range(2, 12, 2))
    assert all(mu[k] > 1e-12 for k in range(1, 12, 2))


def test_singular_angle_takes_the_other_rule() -> None:
    mu = eigenvalues(Matern(nu=0.5, length=1.0), 2, (3,))[3]
    assert abs(mu - mpmath.mpf(TABLE["laplace"]["S2"][3])) < 1e-14
    rough = eigenvalues(Matern(nu=0.8, length=0.7), 1, (2, 3), digits=12)
    assert rough[2] > rough[3] > 0


def test_smooth_kernels_reach_any_accuracy() -> None:
    """exp(-(1-u)) on S^1 has Bessel coefficients e^{-1} I_k(1)."""
    mu = eigenvalues(Gaussian(length=1.0), 1, (0, 5), digits=40)
    with mpmath.workdps(50):
        for k in mu:
            assert abs(mu[k] - mpmath.besseli(k, 1) / mpmath.e) < 1e-40


def test_refusals() -> None:
    with pytest.raises(InputError, match="at least one"):
        eigenvalues(NTK(depth=2), 2, ())
    with pytest.raises(InputError, match=">= 0"):
        eigenvalues(NTK(depth=2), 2, (-1, 3))
    with pytest.raises(InputError, match="d must be an integer"):
        eigenvalues(NTK(depth=2), 0, (1,))
