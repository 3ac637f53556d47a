"""Eigenvalues and rates on cubes and balls: what is measured is what is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ratecheck.domains import Ball, Cube
from ratecheck.kernels import Brownian, LiftedNTK, Matern
from ratecheck.montecarlo.measurements.general_domains import (
    BEST,
    STOPPED,
    GramSpectrum,
    KinkRate,
    centred,
    fraction,
)
from ratecheck.streams import Role, generator
from ratecheck.types import InputError, Status

RATE = KinkRate(
    kernel=LiftedNTK(depth=3), domain=Cube(3), sigma=0.1, first=60.0, start=128, tests=400
)


def streams(role: Role) -> np.random.Generator:
    return generator(0, "general domains", role=role)


def test_the_cube_is_centred_and_the_ball_is_not_moved() -> None:
    X = centred(Cube(3), 4000, streams("design"))
    assert X.min() < -0.99
    assert X.max() > 0.99
    assert np.abs(X.mean(axis=0)).max() < 0.05
    assert (centred(Ball(3), 50, streams("design")) == Ball(3).design(50, streams("design"))).all()


def test_eigenvalues_at_fractions_of_n() -> None:
    spectrum = GramSpectrum(kernel=LiftedNTK(depth=3), domain=Ball(2), parts=(4, 16))
    X = Ball(2).design(64, streams("design"))
    values = np.linalg.eigvals(LiftedNTK(depth=3)(X, X) / 64).real
    expected = sorted(values, reverse=True)
    found = {r.series: r.value for r in spectrum.measure(64, streams)}
    assert found[fraction(4)] == pytest.approx(expected[15])
    assert found[fraction(16)] == pytest.approx(expected[3])


def test_eigenvalues_at_fixed_fractions_show_the_power_of_the_population() -> None:
    """Matern kernels on the square: i^{-(2 nu + d)/d}, here -2; and not the -3 of nu = 2."""
    spectrum = GramSpectrum(kernel=Matern(nu=1.0, length=0.5), domain=Cube(2), parts=(4,))
    small, large = (spectrum.measure(n, streams)[0].value for n in (512, 2048))
    slope = np.log(large / small) / np.log(4)
    assert slope == pytest.approx(-2.0, abs=0.15)


def test_targets_have_mean_zero_and_mean_square_one() -> None:
    Z = centred(Cube(3), 400, streams("design"))
    f, (shift, scale) = RATE._target(streams("target"), Z)
    values = (f(Z) - shift) * scale
    assert values.mean() == pytest.approx(0.0, abs=1e-9)
    assert np.mean(values**2) == pytest.approx(1.0)


def test_the_best_time_is_no_worse_and_more_noise_costs_more() -> None:
    quiet, loud = (
        {r.series: r for r in rate.measure(256, streams)}
        for rate in (RATE, replace(RATE, sigma=1.0))
    )
    assert quiet[BEST].value <= quiet[STOPPED].value < 0.3
    assert loud[STOPPED].value > 3 * quiet[STOPPED].value
    assert quiet[STOPPED].time == pytest.approx(60 * 2**0.5)
    best, stopped = loud[BEST].time, loud[STOPPED].time
    assert best is not None
    assert stopped is not None
    assert best < stopped


def test_a_best_time_at_the_edge_is_marked() -> None:
    for first, sigma, status in ((3e3, 2.0, Status.EDGE_LOW), (0.01, 0.1, Status.EDGE_HIGH)):
        rate = replace(RATE, first=first, sigma=sigma)
        found = {r.series: r for r in rate.measure(128, streams)}
        assert found[BEST].status is status
        assert found[STOPPED].status is Status.CONVERGED


def test_refusals() -> None:
    with pytest.raises(InputError, match="sigma"):
        replace(RATE, sigma=0.0)
    with pytest.raises(InputError, match="twice the terms"):
        replace(RATE, tests=100)
    with pytest.raises(InputError):
        replace(RATE, kernel=Brownian()).measure(128, streams)
