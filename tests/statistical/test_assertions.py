"""Measured, not assumed: false alarms of assertions at the edge of what they claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from ratecheck.assertions import (
    Affine,
    Assertion,
    Entry,
    Exceeds,
    Level,
    Monotone,
    Readings,
    UShape,
    Within,
)
from ratecheck.theory.claims import Statement
from ratecheck.types import Array, Outcome

RUNS = 600
SIZES = (1, 2, 3, 4)
SAID = Statement(name="s", predicted="p", regime="", source="derived", tag="D", ledger="A5")
Draw = Callable[[np.random.Generator, int], Array]


def gamma(rng: np.random.Generator, count: int) -> Array:
    """Return skewed replicates of mean 1, as risks are."""
    return rng.gamma(4.0, 0.25, count)


def readings(run: int, count: int, means: tuple[float, ...], series: str = "a") -> list[Entry]:
    rng = np.random.default_rng([run, count])
    return [
        Entry(series=series, quantity="q", size=n, replicate=r, value=float(v), is_good=True)
        for n, mean in zip(SIZES, means, strict=True)
        for r, v in enumerate(mean * gamma(rng, count))
    ]


def curve(run: int, count: int, mean: Array) -> list[Entry]:
    rng = np.random.default_rng([run, count, 7])
    values = (
        mean * rng.gamma(8.0, 1 / 8, (count, 1)) * rng.gamma(200.0, 1 / 200, (count, mean.size))
    )
    return [
        Entry(
            series="a", quantity="q", size=1, replicate=r, value=float(values[r, i]),
            is_good=True, index=i, time=float(i + 1),
        )
        for r in range(count)
        for i in range(mean.size)
    ]  # fmt: skip


def words(assertion: Assertion, draw: Callable[[int], list[Entry]]) -> Counter[Outcome]:
    judged = (assertion.judge(Readings(entries=draw(run))).outcome for run in range(RUNS))
    return Counter(judged)


ONE = {"statement": SAID, "series": "a", "quantity": "q"}
LINE = tuple((n, float(n)) for n in SIZES)


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 40])
@pytest.mark.parametrize(
    ("assertion", "means"),
    [
        (Level(**ONE, low=1.0, high=9.0), (1.0, 1.0, 1.0, 1.0)),  # type: ignore[arg-type]
        (Affine(**ONE, abscissae=LINE, slope=0.9, margin=0.1), SIZES),  # type: ignore[arg-type]
        (Monotone(**ONE, least=0.0), (1.0, 1.0, 1.0, 1.0)),  # type: ignore[arg-type]
    ],
)
def test_at_the_edge_both_errors_are_rare(
    assertion: Assertion, means: tuple[float, ...], count: int
) -> None:
    """Joint level 0.95: at most 2.5 % on each side, and what skewness adds to few replicates."""
    found = words(assertion, lambda run: readings(run, count, means))
    assert found[Outcome.CONSISTENT] <= 0.05 * RUNS
    assert found[Outcome.REFUTED] <= (0.10 if count == 8 else 0.06) * RUNS


@pytest.mark.slow
def test_exact_bounds_are_left_at_the_rate_of_three_standard_errors() -> None:
    held = Within(**ONE, bounds=tuple((n, 1.0, 1.0) for n in SIZES))  # type: ignore[arg-type]
    found = words(held, lambda run: readings(run, 40, (1.0,) * 4))
    assert found[Outcome.REFUTED] <= 0.04 * RUNS  # four sizes, 0.27 % each, and skewness


@pytest.mark.slow
def test_pairs_that_do_not_differ_are_rarely_called_different() -> None:
    held = Exceeds(statement=SAID, above=("a", "q"), below=("b", "q"))

    def draw(run: int) -> list[Entry]:
        return readings(run, 20, (1.0,) * 4) + readings(run + RUNS, 20, (1.0,) * 4, series="b")

    found = words(held, draw)
    assert found[Outcome.CONSISTENT] <= 0.025 * RUNS
    assert found[Outcome.REFUTED] <= 0.05 * RUNS


@pytest.mark.slow
@pytest.mark.parametrize("count", [10, 30])
@pytest.mark.parametrize("flat", [True, False])
def test_noise_is_not_called_a_u_shape(count: int, flat: bool) -> None:
    """A flat curve, and one that only falls, have minima by chance: the band must know."""
    mean = np.ones(25) if flat else np.concatenate([np.linspace(2, 1, 12), np.ones(13)])
    held = UShape(**ONE, size=1)  # type: ignore[arg-type]  # fields by name
    found = words(held, lambda run: curve(run, count, mean))
    assert found[Outcome.CONSISTENT] <= 0.05 * RUNS


@pytest.mark.slow
def test_a_shallow_u_shape_is_rarely_refuted_and_a_deep_one_is_found() -> None:
    held = UShape(**ONE, size=1)  # type: ignore[arg-type]  # fields by name
    shape = np.linspace(-1, 1, 25) ** 2
    shallow = words(held, lambda run: curve(run, 20, 1 + 0.01 * shape))
    assert shallow[Outcome.REFUTED] <= 0.05 * RUNS
    deep = words(held, lambda run: curve(run, 20, 1 + 0.3 * shape))
    assert deep[Outcome.CONSISTENT] >= 0.99 * RUNS
