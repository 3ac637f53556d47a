"""Each assertion says each of its three words where it should."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    Rises,
    UShape,
    Within,
)
from ratecheck.theory.claims import Statement
from ratecheck.types import Array, InputError, Outcome

SAID = Statement(
    name="a statement", predicted="so", regime="", source="derived", tag="D", ledger="A5"
)
SIZES = (10, 20, 40)
CONSISTENT, REFUTED, INCONCLUSIVE = Outcome.CONSISTENT, Outcome.REFUTED, Outcome.INCONCLUSIVE


def measured(
    mean: Callable[[int], float], spread: float, count: int = 30, series: str = "fit"
) -> list[Entry]:
    """Return normal replicates around mean(size), the same noise for every series."""
    rng = np.random.default_rng(5)
    return [
        Entry(
            series=series, quantity="risk", size=n, replicate=r, is_good=True,
            value=mean(n) + spread * float(rng.standard_normal()),
        )
        for n in SIZES
        for r in range(count)
    ]  # fmt: skip


def curves(mean: Array, spread: float, count: int = 30, quantity: str = "risk") -> list[Entry]:
    """Return replicates of a curve: a common relative factor and independent noise."""
    rng = np.random.default_rng(6)
    values = mean * (1 + spread * rng.standard_normal((count, 1)))
    values = values * (1 + 0.2 * spread * rng.standard_normal((count, mean.size)))
    return [
        Entry(
            series="fit", quantity=quantity, size=10, replicate=r, is_good=True,
            value=float(values[r, i]), index=i, time=2.0**i,
        )
        for r in range(count)
        for i in range(mean.size)
    ]  # fmt: skip


def word(assertion: Assertion, entries: list[Entry]) -> Outcome:
    judgement = assertion.judge(Readings(entries=entries))
    assert judgement.reason
    assert judgement.measured
    assert judgement.window
    return judgement.outcome


LINE: Mapping[str, object] = {"statement": SAID, "series": "fit", "quantity": "risk"}
BOUNDS = tuple((n, n - 1.0, n + 1.0) for n in SIZES)


@pytest.mark.parametrize(
    ("shift", "spread", "expected"),
    [(0.0, 0.5, CONSISTENT), (1.05, 0.5, CONSISTENT), (3.0, 0.5, REFUTED), (0.0, 50, INCONCLUSIVE)],
)
def test_within(shift: float, spread: float, expected: Outcome) -> None:
    held = Within(**LINE, bounds=BOUNDS)  # type: ignore[arg-type]  # fields by name
    assert word(held, measured(lambda n: n + shift, spread)) is expected


@pytest.mark.parametrize(
    ("value", "spread", "expected"),
    [(2.0, 0.2, CONSISTENT), (4.0, 0.2, REFUTED), (2.9, 1.0, INCONCLUSIVE)],
)
def test_level(value: float, spread: float, expected: Outcome) -> None:
    held = Level(**LINE, low=1.0, high=3.0)  # type: ignore[arg-type]  # fields by name
    assert word(held, measured(lambda _: value, spread)) is expected


@pytest.mark.parametrize(
    ("slope", "spread", "expected"),
    [(1.0, 0.2, CONSISTENT), (1.2, 0.2, REFUTED), (1.0, 20.0, INCONCLUSIVE)],
)
def test_affine(slope: float, spread: float, expected: Outcome) -> None:
    held = Affine(**LINE, abscissae=tuple((n, float(n)) for n in SIZES))  # type: ignore[arg-type]
    assert word(held, measured(lambda n: 7 + slope * n, spread)) is expected


@pytest.mark.parametrize(
    ("ratio", "spread", "expected"),
    [(1.5, 0.2, CONSISTENT), (0.5, 0.2, REFUTED), (1.01, 20.0, INCONCLUSIVE)],
)
def test_exceeds(ratio: float, spread: float, expected: Outcome) -> None:
    below = measured(float, 0.0, series="other")
    held = Exceeds(statement=SAID, above=("fit", "risk"), below=("other", "risk"))
    assert word(held, measured(lambda n: ratio * n, spread) + below) is expected


def test_exceeds_uses_the_pairing() -> None:
    """Common noise of fifty times the difference cancels."""
    both = measured(lambda n: n + 1.0, 50.0) + measured(float, 50.0, series="other")
    held = Exceeds(statement=SAID, above=("fit", "risk"), below=("other", "risk"), by=0.5)
    assert word(held, both) is CONSISTENT


@pytest.mark.parametrize(
    ("mean", "spread", "expected"),
    [
        (float, 0.5, CONSISTENT),
        (lambda n: -float(n), 0.5, REFUTED),
        (lambda n: {10: 0.0, 20: 9.0, 40: 8.0}[n], 0.1, REFUTED),
        (float, 200.0, INCONCLUSIVE),
    ],
)
def test_monotone(mean: Callable[[int], float], spread: float, expected: Outcome) -> None:
    assert word(Monotone(**LINE), measured(mean, spread)) is expected  # type: ignore[arg-type]


PARABOLA = 1 + np.linspace(-1, 1, 11) ** 2


@pytest.mark.parametrize(
    ("mean", "spread", "expected"),
    [
        (PARABOLA, 0.1, CONSISTENT),
        (np.linspace(2, 1, 11), 0.1, REFUTED),
        (np.linspace(1, 2, 11), 0.1, REFUTED),
        (1 + 0.04 * np.linspace(-1, 1, 11) ** 2, 0.3, INCONCLUSIVE),
    ],
)
def test_u_shape(mean: Array, spread: float, expected: Outcome) -> None:
    held = UShape(**LINE, size=10, excess=0.05)  # type: ignore[arg-type]  # fields by name
    assert word(held, curves(mean, spread)) is expected


def test_rises_looks_at_the_end_only() -> None:
    rising = np.linspace(1, 2, 11)
    assert word(Rises(**LINE, size=10), curves(rising, 0.1)) is CONSISTENT  # type: ignore[arg-type]
    falling = curves(rising[::-1], 0.1)
    assert word(Rises(**LINE, size=10), falling) is REFUTED  # type: ignore[arg-type]


def test_the_certificate_counts_at_the_minimum() -> None:
    """A bracket too wide to tell leaves no U shape behind."""
    both = curves(PARABOLA, 0.1) + curves(1.9 * PARABOLA, 0.1, quantity="certificate")
    tight = curves(PARABOLA, 0.1) + curves(1.1 * PARABOLA, 0.1, quantity="certificate")
    held = UShape(**LINE, size=10, excess=0.1, upper="certificate")  # type: ignore[arg-type]
    assert word(held, tight) is CONSISTENT
    assert word(held, both) is not CONSISTENT


def test_a_wide_bracket_refutes_nothing() -> None:
    """A certificate of three times the attack leaves room for a U shape, and for none."""
    wide = curves(PARABOLA, 0.1) + curves(3 * PARABOLA, 0.1, quantity="certificate")
    held = UShape(**LINE, size=10, excess=0.1, upper="certificate")  # type: ignore[arg-type]
    assert word(held, wide) is INCONCLUSIVE
    flat = np.linspace(2, 1, 11)
    falling = curves(flat, 0.1) + curves(1.01 * flat, 0.1, quantity="certificate")
    assert word(held, falling) is REFUTED


@pytest.mark.parametrize(("largest", "beyond"), [(1e6, True), (1.1, False)])
def test_a_limit_beyond_all_numbers_is_infinite(largest: float, beyond: bool) -> None:
    """One replicate that stands out by 10^6 leaves limits of e^10000: infinite, no overflow."""
    values = np.ones((8, 3))
    values[0, 2] = largest
    entries = [
        Entry(
            series="fit", quantity="risk", size=10, replicate=r, is_good=True,
            value=float(values[r, i]), index=i, time=2.0**i,
        )
        for r in range(8)
        for i in range(3)
    ]  # fmt: skip
    held = UShape(**LINE, size=10, excess=0.05)  # type: ignore[arg-type]  # fields by name
    with np.errstate(over="raise"):
        found = held.judge(Readings(entries=entries))
    assert (", inf]" in found.measured) is beyond
    assert "nan" not in found.measured


def test_few_replicates_make_no_band() -> None:
    with pytest.raises(InputError, match="at least 8"):
        word(UShape(**LINE, size=10), curves(PARABOLA, 0.1, count=7))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Within(**LINE, bounds=((8, 2.0, 1.0),)),  # type: ignore[arg-type]
        lambda: Level(**LINE, low=2.0, high=1.0),  # type: ignore[arg-type]
        lambda: Affine(**LINE, abscissae=((8, 1.0), (16, 1.0))),  # type: ignore[arg-type]
        lambda: UShape(**LINE, size=8, beginning=False, end=False),  # type: ignore[arg-type]
        lambda: Monotone(**LINE, least=-1.0),  # type: ignore[arg-type]
        lambda: Exceeds(statement=SAID, above=("a", "b"), below=("c", "d"), factor=float("nan")),
    ],
)
def test_claims_that_make_no_sense_are_refused(wrong: Callable[[], Assertion]) -> None:
    with pytest.raises(InputError):
        wrong()
