"""Curves and noise made to mislead: their exponent, and mean-one factors."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.montecarlo.measurements.hard_risks import (
    Contaminated,
    Floor,
    InverseLogarithm,
    IteratedLogarithm,
    Outlier,
    Pareto,
    Periodic,
    Terms,
)
from ratecheck.montecarlo.measurements.hard_scenarios import INSIDE, OUTSIDE
from ratecheck.montecarlo.measurements.scenarios import CHOOSING, LONG, REPORTING
from ratecheck.montecarlo.measurements.synthetic_risks import Noise, Shape, Term
from ratecheck.slopes import Corrections
from ratecheck.types import Array

SIZES: Array = np.array(LONG)
FAR: Array = np.geomspace(1e100, 1e300, 5)


@pytest.mark.parametrize(
    "shape",
    [
        Terms(amounts=(6, -20), powers=(0.25, 0.5)),
        Periodic(amount=0.2, octaves=24),
        IteratedLogarithm(power=2),
        InverseLogarithm(amount=2),
        Outlier(place=2, by=1.5),
    ],
)
def test_the_exponent_is_untouched(shape: Shape) -> None:
    """(log log n)^2 falls slowest: less than 0.006 in the exponent at n = 10^100."""
    moved = np.log(shape.factor(FAR)[-1] / shape.factor(FAR)[0]) / np.log(FAR[-1] / FAR[0])
    assert abs(moved) < 0.006
    assert shape.factor(SIZES).min() > 0


def test_a_floor_does_change_it() -> None:
    floor = Floor(size=2.0**20)
    assert floor.factor(SIZES)[-1] == pytest.approx(2)
    risks = FAR**-0.75 * floor.factor(FAR)
    assert risks == pytest.approx(risks[0])


def test_known_values() -> None:
    assert Terms(amounts=(8,), powers=(0.25,)).factor(SIZES) == pytest.approx(
        Term(amount=8, power=0.25).factor(SIZES)
    )
    assert np.ptp(Periodic(amount=0.5, octaves=1).factor(SIZES)) < 1e-12  # a dyadic grid is blind
    assert np.ptp(Periodic(amount=0.5, octaves=4).factor(SIZES)) > 0.9
    assert Outlier(place=11, by=1.5).factor(SIZES).tolist() == [1.0] * 11 + [1.5, 1.0]


@pytest.mark.parametrize("noise", [Contaminated(), Pareto(tail=3.5)])
def test_noise_has_mean_one(noise: Noise) -> None:
    drawn = noise.draw(np.random.default_rng(0), SIZES, 40_000)
    assert drawn.shape == (13, 40_000)
    assert drawn.mean() == pytest.approx(1, abs=0.02)
    assert drawn.min() > 0


def test_scenarios_inside_the_class_are_those_it_holds() -> None:
    """Some member is within 2 % (after a constant factor) of each curve inside, of none outside."""
    members = Corrections().shapes(SIZES).reshape(-1, SIZES.size)
    for scenario in (*INSIDE, *OUTSIDE):
        n = np.array(scenario.sizes)
        if n.size < SIZES.size or scenario.is_straight:
            continue
        rest = np.log(scenario.shape.factor(n)) - members
        rest -= (rest.max(axis=1, keepdims=True) + rest.min(axis=1, keepdims=True)) / 2
        assert (np.abs(rest).max(axis=1).min() < 0.02) == (scenario in INSIDE), scenario.name


def test_names_are_unique() -> None:
    names = [s.name for s in (*CHOOSING, *REPORTING, *INSIDE, *OUTSIDE)]
    assert len(set(names)) == len(names)
