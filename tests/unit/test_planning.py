"""Planned replicates: the target is met, the answer scales, bad input is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ratecheck.slopes import From, fit
from ratecheck.slopes.planning import replicates_for
from ratecheck.types import Array, InputError

SIZES = 2.0 ** np.arange(8, 17)


def risks(rng: np.random.Generator, counts: Array, freedom: float = 6.0) -> list[Array]:
    return [
        n**-0.75 * rng.chisquare(freedom, int(c)) / freedom
        for n, c in zip(SIZES, counts, strict=True)
    ]


@pytest.mark.parametrize("target", [0.03, 0.01])
@pytest.mark.parametrize("growing", [False, True])
def test_target_is_met_as_often_as_assured(target: float, growing: bool) -> None:
    share = (SIZES[-1] / SIZES) ** 0.25 if growing else np.ones(SIZES.size)
    met, ratios, runs = 0, [], 200
    for run in range(runs):
        rng = np.random.default_rng([run, 3])
        pilot = risks(rng, np.full(SIZES.size, 12))
        needed = replicates_for(SIZES, pilot, target, allocation=share, assurance=0.8)
        # standard error of the slope by the variance 2/6 of one risk, not by another sample
        error = slope_error(np.ceil(needed * share), 2 / 6)
        met += error <= target
        ratios.append(error / target)
    assert met / runs >= 0.8 - 3 * (0.16 / runs) ** 0.5
    assert np.mean(ratios) > 0.85  # and hardly more replicates than needed


def slope_error(counts: Array, variance: float) -> float:
    """Standard error of weighted least squares with exact weights."""
    single = variance / counts * (1 + 1.5 * variance / counts)
    x = np.log(SIZES)
    centred = x - np.average(x, weights=1 / single)
    return float((centred**2 / single).sum() ** -0.5)


def test_the_fit_of_the_planned_run_has_the_target_as_its_standard_error() -> None:
    rng = np.random.default_rng(5)
    pilot = risks(rng, np.full(SIZES.size, 40))
    needed = replicates_for(SIZES, pilot, 0.01, window=From(1024), assurance=0.5)
    rows = risks(rng, np.full(SIZES.size, needed))
    found = fit(SIZES, rows, window=From(1024))
    assert found.standard_error == pytest.approx(0.01, rel=0.1)
    assert fit(SIZES, [r[: needed // 2] for r in rows], window=From(1024)).standard_error > 0.012


def test_half_the_error_takes_four_times_the_replicates() -> None:
    pilot = risks(np.random.default_rng(1), np.full(SIZES.size, 30))
    few, many = (replicates_for(SIZES, pilot, target) for target in (0.004, 0.002))
    assert many / few == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target_se": 0.0}, "target_se"),
        ({"target_se": float("nan")}, "target_se"),
        ({"assurance": 1.0}, "assurance"),
        ({"samples": [[1.0, 2.0]] * 3}, "one entry a size"),
        ({"samples": [[1.0]] * 9}, "at least 2"),
        ({"samples": [[1.0, 1.0]] * 9}, "different replicates"),
        ({"samples": [[1.0, -1.0]] * 9}, "positive"),
        ({"allocation": [0.0] * 9}, "allocation"),
        ({"window": From(2.0**15)}, "3 sizes"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], message: str) -> None:
    pilot = risks(np.random.default_rng(1), np.full(SIZES.size, 4))
    settings: dict[str, Any] = {"samples": pilot, "target_se": 0.01} | change
    with pytest.raises(InputError, match=message):
        replicates_for(SIZES, **settings)
