"""Eigenvalues on spheres: the table, closed forms, parity, traces, asymptotics, refusals."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.kernels import (
    NTK,
    ArcCosine,
    Brownian,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
)
from ratecheck.spectra import multiplicity, sphere_eigenvalues
from ratecheck.spectra.closed import arc_cosine_eigenvalues, times_cosine
from ratecheck.spectra.sphere import HIGHEST_DEGREE
from ratecheck.theory.decay import eigendecay
from ratecheck.theory.evaluate import value
from ratecheck.types import Array, InputError, UnsupportedError
from tests.reference import make_sphere_eigenvalues as maker

REFERENCE = Path(__file__).parents[2] / "reference" / "sphere_eigenvalues.json"
TABLE: dict[str, dict[str, list[str]]] = json.loads(REFERENCE.read_text(encoding="utf-8"))["mu"]
KERNELS: dict[str, Kernel] = {
    **{f"kappa{n}": ArcCosine(order=n) for n in (0, 1, 2)},
    **{f"ntk{L}": NTK(depth=L) for L in (2, 3, 5)},
    **{f"ntk{L}_bias1": NTK(depth=L, bias=1.0) for L in (2, 3, 5)},
    "ntk2_lift": LiftedNTK(depth=2),
    "laplace": Laplace(),
}
DIMENSIONS = (1, 2, 3, 9)
ABSOLUTE = 5e-13


def counts(d: int, degrees: int) -> Array:
    return np.array([float(multiplicity(d, k)) for k in range(degrees + 1)])


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("name", KERNELS)
def test_the_table(name: str, d: int) -> None:
    exact = np.array([float(x) for x in TABLE[name][f"S{d}"]])
    for method in ("auto", "quadrature"):
        found = sphere_eigenvalues(KERNELS[name], d, 60, method=method)
        np.testing.assert_allclose(found, exact, rtol=0, atol=ABSOLUTE)
    assert np.abs(sphere_eigenvalues(KERNELS[name], d + 1, 60) - exact).max() > 1e-4  # another d


@pytest.mark.parametrize(("name", "d"), [("ntk2", 3), ("ntk3_bias1", 1), ("laplace", 9)])
def test_the_script_makes_the_table(name: str, d: int) -> None:
    with mpmath.workdps(50):
        made = maker.moments(name, d, 6, 48)
        for found, stored in zip(made, TABLE[name][f"S{d}"], strict=False):
            assert abs(found - mpmath.mpf(stored)) < mpmath.mpf(10) ** -20
    assert set(TABLE) == set(KERNELS) == set(maker.KERNELS)
    assert {len(row) for rows in TABLE.values() for row in rows.values()} == {61}


@given(st.sampled_from([0, 1, 2]), st.integers(1, 30), st.integers(0, 150))
def test_closed_forms_equal_the_quadrature(order: int, d: int, degrees: int) -> None:
    closed = sphere_eigenvalues(ArcCosine(order=order), d, degrees)
    summed = sphere_eigenvalues(ArcCosine(order=order), d, degrees, method="quadrature")
    np.testing.assert_allclose(closed, summed, rtol=0, atol=ABSOLUTE)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_closed_forms_keep_their_digits_at_any_degree(order: int) -> None:
    found = arc_cosine_eigenvalues(order, 2, 20_001)[20_000 + (order + 1) % 2]
    law = eigendecay(ArcCosine(order=order), 2)
    exact = float(value(law.finite_k(20_000 + (order + 1) % 2)))
    assert found == pytest.approx(exact, abs=0, rel=1e-7)


def swapped(mu: Array, d: int) -> Array:
    """Mutated: the two shares of the multiplication rule exchanged."""
    k = np.arange(1.0, len(mu) - 1)
    return np.concatenate([mu[1:2], ((k + d - 1) * mu[:-2] + k * mu[2:]) / (2 * k + d - 1)])


@pytest.mark.parametrize("d", DIMENSIONS)
def test_multiplication_by_the_cosine(d: int) -> None:
    step = sphere_eigenvalues(ArcCosine(order=0), d, 61)
    rest = sphere_eigenvalues(ArcCosine(order=1), d, 60)
    ntk = sphere_eigenvalues(NTK(depth=2), d, 60, method="quadrature")
    np.testing.assert_allclose(times_cosine(step, d) + rest, ntk, rtol=0, atol=ABSOLUTE)
    if d > 1:
        assert np.abs(swapped(step, d) + rest - ntk).max() > 1e-3


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize(
    ("kernel", "zero", "first"),
    [
        (ArcCosine(order=0), 0, 2),
        (ArcCosine(order=1), 1, 3),
        (ArcCosine(order=2), 0, 4),
        (NTK(depth=2), 1, 3),
    ],
    ids=repr,
)
def test_parity_zeros(kernel: Kernel, zero: int, first: int, d: int) -> None:
    for method in ("auto", "quadrature"):
        mu = sphere_eigenvalues(kernel, d, 60, method=method)
        assert np.abs(mu[first::2]).max() < 1e-14
        assert first % 2 == zero
    assert (sphere_eigenvalues(kernel, d, 60)[first + 1 :: 2] > 0).all()
    assert sphere_eigenvalues(NTK(depth=2, bias=1.0), d, 60)[3::2].max() > 1e-9  # bias: no zeros


@given(st.sampled_from(list(KERNELS.values())), st.integers(1, 9), st.integers(5, 60))
def test_traces_approach_the_diagonal_from_below(kernel: Kernel, d: int, degrees: int) -> None:
    mu = sphere_eigenvalues(kernel, d, degrees)
    partial = np.cumsum(mu * counts(d, degrees))
    diagonal = float(kernel.profile(np.ones(1))[0])
    assert (np.diff(partial) >= 0).all()
    assert partial[-1] <= diagonal * (1 + 1e-12) + ABSOLUTE * counts(d, degrees).sum()
    assert partial[-1] >= 0.3 * diagonal


def test_traces_of_the_note() -> None:
    partial = [
        float(sphere_eigenvalues(kernel, 2, 60) @ counts(2, 60))
        for kernel in (NTK(depth=2), Laplace())
    ]
    assert partial == pytest.approx([1.99482, 0.98361], abs=5e-6)


@given(st.integers(1, 12), st.integers(0, 40))
def test_multiplicities_count_harmonics(d: int, k: int) -> None:
    def polynomials(degree: int) -> int:  # homogeneous, in d + 1 variables
        return math.comb(degree + d, d) if degree >= 0 else 0

    assert multiplicity(d, k) == polynomials(k) - polynomials(k - 2)
    assert sum(multiplicity(d, i) for i in range(k + 1)) == polynomials(k) + polynomials(k - 1)
    assert k == 0 or multiplicity(d, k) != polynomials(k) - polynomials(k - 1)  # mutated


POWERS = [
    (ArcCosine(order=0), (1, 2, 3, 9)),
    (NTK(depth=3), (1, 2, 3)),
    (NTK(depth=5), (1, 2)),
    (NTK(depth=2, bias=1.0), (1, 2, 3)),
    (Laplace(), (1, 2, 3)),
]


@pytest.mark.parametrize(("kernel", "d"), [(k, d) for k, ds in POWERS for d in ds], ids=str)
def test_finite_degree_law(kernel: Kernel, d: int) -> None:
    law, mu = eigendecay(kernel, d), sphere_eigenvalues(kernel, d, 121)
    for k in (61, 121):
        predicted = float(value(law.finite_k(k)))
        assert abs(mu[k] / predicted - 1) <= ((2 + d) / k) ** 2
        wrong = predicted * (k + d) / (k - 0.5)  # mutated: one step of the Gamma ratio
        assert abs(mu[k] / wrong - 1) > ((2 + d) / k) ** 2


def test_narrow_kernels_leave_the_law_of_unit_length_behind() -> None:
    kernel = Laplace(scale=0.1)
    mu = sphere_eigenvalues(kernel, 2, 1000)
    law = eigendecay(kernel, 2)
    at = {k: abs(mu[k] / float(value(law.finite_k(k))) - 1) for k in (100, 1000)}
    assert at[100] > (4 / 100) ** 2  # the tolerance that serves length one
    assert at[1000] < (4 / (0.1 * 1000)) ** 2


@pytest.mark.parametrize(
    ("kernel", "d", "degrees", "message", "error"),
    [
        (Brownian(), 2, 3, "not zonal", UnsupportedError),
        (NTK(depth=3), 0, 3, "d must be", InputError),
        (NTK(depth=3), 2, -1, "degrees must be", InputError),
        (NTK(depth=3), 2.5, 3, "d must be", InputError),
        (NTK(depth=3), 2, HIGHEST_DEGREE + 1, f"at most {HIGHEST_DEGREE}", UnsupportedError),
        (Laplace(scale=1e-9), 2, 3, "larger length", UnsupportedError),
    ],
)
def test_refusals(kernel: Kernel, d: Any, degrees: int, message: str, error: Any) -> None:
    with pytest.raises(error, match=message):
        sphere_eigenvalues(kernel, d, degrees)


def test_an_unknown_method_is_refused_and_the_last_degree_is_not() -> None:
    with pytest.raises(InputError, match="auto, quadrature"):
        sphere_eigenvalues(NTK(depth=2), 2, 3, method="series")  # type: ignore[arg-type]  # the point of the test
    assert sphere_eigenvalues(NTK(depth=3), 2, HIGHEST_DEGREE).size == HIGHEST_DEGREE + 1
    with pytest.raises(InputError, match="k must be"):
        multiplicity(2, -1)


def test_rough_kernels_are_served_by_the_quadrature() -> None:
    mu = sphere_eigenvalues(Matern(nu=0.8, length=0.7), 1, 200)
    law = eigendecay(Matern(nu=0.8, length=0.7), 1)
    assert mu[200] == pytest.approx(float(value(law.finite_k(200))), abs=0, rel=3e-3)


def test_a_narrow_peak_is_not_overlooked() -> None:
    width = 1e-4  # far below the spacing of the rule that suffices at length one
    mu = sphere_eigenvalues(Gaussian(length=width), 2, 2)
    np.testing.assert_allclose(mu, width**2 / 2, rtol=1e-6)  # (1/2) int exp(-(1 - u) / l^2) du
