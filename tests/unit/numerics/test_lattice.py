from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ratecheck.numerics.lattice import ball_volume, half_box, half_shape, shell_counts, shells


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_counts_of_shells_against_a_search(d: int) -> None:
    side = np.arange(-5, 6)
    lengths = np.sum(np.array(list(product(side, repeat=d))) ** 2, axis=1)
    assert np.array_equal(shell_counts(d, 25), np.bincount(lengths[lengths <= 25], minlength=26))


def test_two_squares() -> None:
    # Jacobi: 4 (divisors of the form 4j + 1 minus those of the form 4j + 3)
    counts = shell_counts(2, 200)
    for j in range(1, 201):
        divisors = [q for q in range(1, j + 1) if j % q == 0]
        assert counts[j] == 4 * sum({1: 1, 3: -1}.get(q % 4, 0) for q in divisors)


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_bins_continue_the_shells(d: int) -> None:
    squared, counts = shells(d, 0.0, 200.0)
    assert (np.diff(squared) > 0).all()
    assert 1 + counts.sum() == pytest.approx(ball_volume(d) * 200.0**d, rel=1e-12)
    smooth = np.exp(-squared / 38.0**2) @ counts + 1  # the theta function: its transform is one
    assert smooth == pytest.approx((np.pi * 38.0**2) ** (d / 2), rel=1e-5)


def test_an_annulus() -> None:
    squared, counts = shells(2, 1.0, 2.0)
    assert np.array_equal(squared, [2.0, 4.0])
    assert np.array_equal(counts, [4.0, 4.0])


@pytest.mark.parametrize(("d", "band"), [(1, 4), (2, 3), (3, 2)])
def test_the_half_box_holds_one_of_each_pair(d: int, band: int) -> None:
    squared = half_box(d, band)
    assert squared.shape == half_shape(d, band)
    twice = np.concatenate([squared[..., :1].ravel(), np.repeat(squared[..., 1:].ravel(), 2)])
    everywhere = np.sum(np.array(list(product(range(-band, band + 1), repeat=d))) ** 2, axis=1)
    assert np.array_equal(np.sort(twice), np.sort(everywhere))
