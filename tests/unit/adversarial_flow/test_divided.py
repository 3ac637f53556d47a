"""Divided differences of exp against 60-digit values of the same."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from ratecheck.adversarial_flow import divided

NUMBERS = np.array([0.0, 1e-300, 1e-9, 1e-3, 0.4, 0.999, 1.0, 1.001, 3.0, 3.0 + 1e-9, 40.0, 1e4])


def exact(nodes: list[float]) -> float:
    """Return exp[nodes]: the corner of exp of the bidiagonal matrix with these nodes."""
    with mp.workdps(60):
        corner = mp.diag([mp.mpf(node) for node in nodes])
        for i in range(len(nodes) - 1):
            corner[i, i + 1] = 1
        return float(mp.expm(corner, method="taylor")[0, len(nodes) - 1])


def test_psi() -> None:
    found = divided.psi(np.append(NUMBERS, -0.5))
    expected = [exact([0.0, -p]) for p in [*NUMBERS, -0.5]]
    np.testing.assert_allclose(found, expected, rtol=4e-16)


def test_pair() -> None:
    expected = [[exact([-p, -q]) for q in NUMBERS[:-1]] for p in NUMBERS[:-1]]
    np.testing.assert_allclose(
        divided.pair(NUMBERS[:-1], NUMBERS[:-1]), expected, rtol=5e-16, atol=1e-300
    )


def test_pair_of_huge_numbers_does_not_overflow() -> None:
    huge = np.array([0.0, 1e300, 1.7e308])
    found = divided.pair(huge, huge)
    np.testing.assert_allclose(found[0], [1.0, 1e-300, 1 / 1.7e308], rtol=1e-15)
    assert found[1, 2] == found[2, 2] == 0.0


def test_rest() -> None:
    expected = [[exact([0.0, 0.0, -p, -q]) for q in NUMBERS[:-1]] for p in NUMBERS[:-1]]
    found = divided.rest(NUMBERS[:-1])
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    np.testing.assert_allclose(found, found.T, rtol=1e-14)


def test_the_plain_quotient_loses_the_digits_that_rest_keeps() -> None:
    p = np.array([1e-3])
    plain = (1 - 2 * divided.psi(p) + np.exp(-p)) / p**2
    truth = exact([0.0, 0.0, -1e-3, -1e-3])
    assert abs(plain[0] / truth - 1) > 1e-11
    assert abs(divided.rest(p)[0, 0] / truth - 1) < 1e-14


@pytest.mark.parametrize("first", [0, 1, 3])
def test_phi(first: int) -> None:
    found = divided.phi(NUMBERS, first, 3)
    expected = [[exact([0.0] * (first + k) + [-p]) for k in range(3)] for p in NUMBERS]
    np.testing.assert_allclose(found, expected, rtol=4e-15, atol=1e-300)
