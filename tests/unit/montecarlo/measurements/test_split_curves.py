from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.datasets import load, split, standardise
from ratecheck.montecarlo.measured import Reading, Streams
from ratecheck.montecarlo.measurements.split_curves import (
    CLEAN,
    DATA,
    SHUFFLED,
    Ball,
    SplitCurves,
    _divided,
)
from ratecheck.risk import Budget
from ratecheck.streams import generator
from ratecheck.types import Array, InputError

ROUND, CUBE = Ball(norm=2, radius=0.3), Ball(norm=math.inf, radius=0.1)
MADE = SplitCurves(
    data="diabetes", kernel=rc.kernels.NTK(depth=2, bias=1.0), balls=(ROUND, CUBE),
    control=(ROUND,), test=6, decades=(-2.0, 6.0), per_decade=1,
    budget=Budget(centres=4, random=4, anchors=2, starts=2, steps=5, polish=3),
)  # fmt: skip


def streams(replicate: int) -> Streams:
    return lambda role: generator(0, "splits", replicate, role=role)


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return MADE.measure(50, streams(0))


def values(readings: list[Reading], series: str, quantity: str) -> Array:
    found = [r for r in readings if (r.series, r.quantity) == (series, quantity)]
    assert [r.index for r in found] == list(range(10))
    assert found[-1].time == math.inf
    return np.array([r.value for r in found])


def test_names() -> None:
    assert ROUND.attack == "attack(l2, r=0.3)"
    assert CUBE.certificate == "certificate(linf, r=0.1)"
    assert ROUND.shift == "log10 t*(l2, r=0.3)/t*(clean)"


def test_clean_below_attack_below_certificate(readings: list[Reading]) -> None:
    clean = values(readings, DATA, CLEAN)
    for ball in (ROUND, CUBE):
        attack, bound = (values(readings, DATA, q) for q in (ball.attack, ball.certificate))
        assert (clean < attack).all()
        assert (attack <= bound).all()
        assert bound[2] < 1.1 * attack[2]  # tight where the fit is smooth
        widths = [r.error for r in readings if (r.series, r.quantity) == (DATA, ball.attack)]
        np.testing.assert_allclose(widths, bound - attack, atol=1e-12)


def test_clean_risks_by_hand(readings: list[Reading]) -> None:
    train, rest = split(load("diabetes"), 442 - 50, streams(0)("split"))
    train, rest = standardise(train, rest, responses=True)
    K = MADE.kernel(train.X, train.X)
    there = MADE.kernel(rest.X[:6], train.X)
    found = values(readings, DATA, CLEAN)
    fit = there @ np.linalg.solve(K, train.y)
    assert found[-1] == pytest.approx(np.mean((fit - rest.y[:6]) ** 2), rel=1e-8)
    mu, U = np.linalg.eigh(K / 50)
    for t, risk in zip(MADE.times, found[:-1], strict=True):
        fit = there @ (U @ (-np.expm1(-t * mu) / mu * (U.T @ train.y))) / 50
        assert risk == pytest.approx(np.mean((fit - rest.y[:6]) ** 2), rel=1e-7)


def test_the_parts_share_no_row_and_the_held_out_one_shapes_nothing() -> None:
    data = load("diabetes")
    tagged = replace(data, y=np.arange(442.0))
    train, held = _divided(tagged, 50, 6, streams(1)("split"))
    own, rest = split(tagged, 442 - 50, streams(1)("split"))
    assert not set(own.y) & set(rest.y)
    np.testing.assert_allclose(train.X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(train.y.std(), 1)
    np.testing.assert_allclose(held.y, (rest.y[:6] - own.y.mean()) / own.y.std())
    np.testing.assert_allclose(held.X, (rest.X[:6] - own.X.mean(axis=0)) / own.X.std(axis=0))


def test_shuffled_labels_have_attacks_only(readings: list[Reading]) -> None:
    assert {r.quantity for r in readings if r.series == SHUFFLED} == {CLEAN, ROUND.attack}
    assert (values(readings, SHUFFLED, CLEAN) != values(readings, DATA, CLEAN)).all()


def test_shuffled_labels_are_not_learnt() -> None:
    runs = [MADE.measure(100, streams(k)) for k in range(8)]
    mean = {s: np.mean([values(run, s, CLEAN) for run in runs], axis=0) for s in (DATA, SHUFFLED)}
    assert mean[DATA].min() < 0.8 * mean[DATA][0]
    assert mean[SHUFFLED].min() > 0.9 * mean[SHUFFLED][0]


def test_without_certificates() -> None:
    found = replace(MADE, certify=False, control=()).measure(30, streams(2))
    assert not any("certificate" in r.quantity for r in found)
    assert {r.error for r in found} == {0.0}


@pytest.mark.parametrize(
    "changes",
    [{"test": 0}, {"decades": (1.0, 1.0)}, {"per_decade": 0}],
)
def test_refusals(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(MADE, **changes)


def test_too_many_rows_and_unknown_balls_are_refused() -> None:
    with pytest.raises(InputError, match="has 442 rows"):
        MADE.measure(440, streams(0))
    with pytest.raises(InputError, match="norm"):
        Ball(norm=1, radius=0.1)
    with pytest.raises(InputError, match="radius"):
        Ball(norm=2, radius=0.0)
