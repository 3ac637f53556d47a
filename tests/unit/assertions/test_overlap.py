from __future__ import annotations

import numpy as np
import pytest

from ratecheck.assertions import Entry, Readings, UShape
from ratecheck.assertions.bands import contrasts
from ratecheck.theory.claims import Statement
from ratecheck.types import Array, InputError, Outcome

SAID = Statement(name="u", predicted="so", regime="", source="derived", tag="D", ledger="A8")
REPLICATES = 30


def splits(spread: float) -> Array:
    """Return curves of a clear U, one for each split."""
    mean = 1 + np.linspace(-1, 1, 9) ** 2
    noise = np.random.default_rng(3).standard_normal((REPLICATES, 9))
    return np.asarray(mean * np.exp(spread * noise))


def readings(values: Array) -> Readings:
    return Readings(
        entries=[
            Entry(
                series="a", quantity="q", size=1, replicate=r, value=float(v), is_good=True,
                index=i, time=float(i + 1),
            )
            for r, row in enumerate(values)
            for i, v in enumerate(row)
        ]
    )  # fmt: skip


@pytest.mark.parametrize("overlap", [0.1, 1.0])
def test_limits_widen_by_the_factor_of_nadeau_and_bengio(overlap: float) -> None:
    values = splits(0.1)
    plain, wide = (contrasts(values[:, :1].T, values, o) for o in (0.0, overlap))
    factor = np.sqrt(1 + REPLICATES * overlap)
    np.testing.assert_array_equal(wide.value, plain.value)
    np.testing.assert_allclose(wide.high - wide.low, factor * (plain.high - plain.low))


@pytest.mark.parametrize(
    ("overlap", "outcome"), [(0.0, Outcome.CONSISTENT), (2.0, Outcome.INCONCLUSIVE)]
)
def test_what_holds_for_the_splits_need_not_hold_for_the_population(
    overlap: float, outcome: Outcome
) -> None:
    held = UShape(statement=SAID, series="a", quantity="q", size=1, excess=0.2, overlap=overlap)
    assert held.judge(readings(splits(0.3))).outcome is outcome


def test_a_difference_of_one_replicate_does_not_widen_everything() -> None:
    values = np.hstack([splits(0.1), splits(0.1)[:, -1:]])
    settled = contrasts(values[:, -1:].T, values)
    values[7, -2] *= 1.03  # the last replicate that still changes
    found = contrasts(values[:, -1:].T, values)
    np.testing.assert_allclose(found.high[0, :8], settled.high[0, :8], atol=0.02)
    assert found.low[0, 4] > 0.4  # ends twice as high as the middle


def test_a_negative_overlap_is_refused() -> None:
    with pytest.raises(InputError, match="overlap"):
        UShape(statement=SAID, series="a", quantity="q", size=1, overlap=-0.1)
