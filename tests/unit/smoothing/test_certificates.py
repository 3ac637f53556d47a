"""Certificates of smoothed kernels: attacks never cross them, two routes agree."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.domains import Circle, Cube, Domain, Sphere
from ratecheck.risk import Expansion, adversarial_bracket
from ratecheck.risk.attack import Cap
from ratecheck.risk.certificate import certificate
from ratecheck.smoothing import SmoothedMatern
from ratecheck.smoothing.certificates import gaussians
from ratecheck.types import Array, Status


def fits(kernel: SmoothedMatern, X: Array, seed: int) -> Expansion:
    weights = np.random.default_rng(seed).standard_normal((len(X), 3))
    return Expansion(kernel=kernel, centres=X, weights=weights)


@pytest.mark.parametrize(
    ("domain", "columns"), [(Circle(), 2), (Sphere(2), 3), (Sphere(6), 7), (Cube(d=3), 3)], ids=repr
)
@pytest.mark.parametrize("nu", [0.5, 1.5])
@pytest.mark.parametrize("radius", [0.05, 0.6])
def test_brackets_are_never_crossed(domain: Domain, columns: int, nu: float, radius: float) -> None:
    rng = np.random.default_rng(0)
    X, points = domain.design(40, rng), domain.design(30, rng)
    kernel = SmoothedMatern(nu=nu, length=0.8, sigma=0.15, dimension=columns)
    found = adversarial_bracket(
        fits(kernel, X, 1), np.zeros(30), points, radius, domain=domain, rng=rng
    )
    assert found.status is Status.CONVERGED
    assert np.all(found.losses <= found.bounds)
    if radius == 0.05:  # not empty: within a small cap the bound is near what is attained
        assert np.all(found.certificate <= 2 * found.attack)


def test_sphere_and_sum_of_gaussians_agree() -> None:
    """Third derivatives bounded as a whole are smaller than bounded term by term: not by much."""
    rng = np.random.default_rng(2)
    X, points = Sphere(3).design(25, rng), Sphere(3).design(10, rng)
    kernel = SmoothedMatern(nu=0.5, length=1.0, sigma=0.3, dimension=4)
    total = gaussians(kernel)
    assert total(points, X) == pytest.approx(kernel(points, X), abs=1e-12)
    first = fits(kernel, X, 3)
    second = Expansion(kernel=total, centres=X, weights=first.weights)
    for radius in (0.02, 0.3):
        a, b = (certificate(f, points, Cap(radius=radius)) for f in (first, second))
        for one, sum_ in ((a.up, b.up), (a.down, b.down)):
            assert np.all(one <= sum_ * (1 + 1e-9))
            assert one == pytest.approx(sum_, rel=0.1 if radius == 0.3 else 1e-3)


def test_smoothing_tightens() -> None:
    rng = np.random.default_rng(4)
    X, points = Sphere(2).design(40, rng), Sphere(2).design(20, rng)
    widths = []
    for s in (0.02, 0.2, 0.6):
        kernel = SmoothedMatern(nu=0.5, length=1.0, sigma=s, dimension=3)
        rise = certificate(fits(kernel, X, 5), points, Cap(radius=0.1))
        widths.append(float((rise.up + rise.down).mean()))
    assert widths == sorted(widths, reverse=True)
    assert widths[2] < 0.3 * widths[0]
