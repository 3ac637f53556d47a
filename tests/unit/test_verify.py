"""Verdicts: every outcome for every kind of bound, the guard, the table."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.slopes import Estimate, SlopeFit, fit
from ratecheck.theory.claims import Claim
from ratecheck.types import Bound, InputError, Outcome
from ratecheck.verify import COLUMNS, markdown, table_row, verdict

SIZES = 2.0 ** np.arange(8, 21)
FLAT = Estimate(value=0.0, standard_error=0.01, low=-0.02, high=0.02)
C, R, I = Outcome.CONSISTENT, Outcome.REFUTED, Outcome.INCONCLUSIVE  # noqa: E741 (three words)


def claim(kind: Bound = Bound.MATCHING, exponent: str = "-3/4") -> Claim:
    return Claim(
        name="rate",
        exponent=Fraction(exponent),
        kind=kind,
        regime="any",
        source="derived",
        tag="B1 [D]",
        quantity="clean",
        ledger="A1",
    )


def measured(low: float, high: float, **changes: Any) -> SlopeFit:
    middle = (low + high) / 2
    around = Estimate(value=middle, standard_error=0.01, low=low, high=high)
    base = fit(SIZES, SIZES**-0.75)
    settings: dict[str, Any] = {"curvature": FLAT, "early": around, "late": around} | changes
    return replace(base, estimate=middle, low=low, high=high, **settings)


@pytest.mark.parametrize(
    ("low", "high", "matching", "upper", "lower"),
    [
        (-0.78, -0.72, C, C, C),
        (-0.80, -0.70, C, C, C),
        (-0.82, -0.72, I, C, I),
        (-0.99, -0.90, R, C, R),
        (-0.72, -0.68, I, I, C),
        (-0.60, -0.50, R, R, C),
        (-0.90, -0.60, I, I, I),
    ],
)
def test_interval_against_margin(
    low: float, high: float, matching: Outcome, upper: Outcome, lower: Outcome
) -> None:
    for kind, expected in zip(
        (Bound.MATCHING, Bound.UPPER, Bound.LOWER), (matching, upper, lower), strict=True
    ):
        assert verdict(claim(kind), measured(low, high), 0.05 + 1e-12).outcome is expected


@given(st.floats(-2, 0), st.floats(0, 0.5), st.floats(0.001, 0.3))
def test_upper_and_lower_bounds_are_mirror_images(low: float, width: float, margin: float) -> None:
    fitted, mirrored = measured(low, low + width), measured(-low - width, -low)
    upper = verdict(claim(Bound.UPPER), fitted, margin).outcome
    assert upper is verdict(claim(Bound.LOWER, "3/4"), mirrored, margin).outcome
    matching = verdict(claim(), fitted, margin).outcome
    lower = verdict(claim(Bound.LOWER), fitted, margin).outcome
    assert (matching is C) == (upper is C and lower is C)
    assert (matching is R) == (R in (upper, lower))


@given(st.floats(-1.5, 0), st.floats(0, 0.2), st.floats(0.01, 0.2))
def test_wider_interval_never_decides_more(low: float, width: float, margin: float) -> None:
    narrow = verdict(claim(), measured(low, low + width), margin).outcome
    wide = verdict(claim(), measured(low - 0.05, low + width + 0.05), margin).outcome
    assert wide in (narrow, I)


def bent(early: float, late: float, width: float = 0.02) -> SlopeFit:
    def around(value: float) -> Estimate:
        return Estimate(
            value=value, standard_error=width / 4, low=value - width / 2, high=value + width / 2
        )

    middle = (early + late) / 2
    curvature = Estimate(value=0.01, standard_error=0.001, low=0.008, high=0.012)
    return measured(
        middle - width / 2,
        middle + width / 2,
        curvature=curvature,
        early=around(early),
        late=around(late),
    )


@pytest.mark.parametrize(
    ("early", "late", "kind", "expected"),
    [
        (-0.56, -0.64, Bound.MATCHING, I),  # on its way to the claim
        (-0.66, -0.56, Bound.MATCHING, R),  # on its way away from it
        (-0.70, -0.78, Bound.MATCHING, I),  # passes through
        (-0.745, -0.755, Bound.MATCHING, C),  # drifts less than the margin can hold
        (-0.50, -0.51, Bound.MATCHING, R),  # drifts too little to matter
        (-0.56, -0.64, Bound.UPPER, I),
        (-0.70, -0.78, Bound.UPPER, C),  # only gets steeper
        (-0.78, -0.72, Bound.UPPER, I),  # gets flatter
    ],
)
def test_drifting_slope_must_lead_to_the_same_word(
    early: float, late: float, kind: Bound, expected: Outcome
) -> None:
    assert verdict(claim(kind), bent(early, late), 0.05).outcome is expected
    if expected is I:
        calm = replace(bent(early, late), curvature=FLAT)
        assert verdict(claim(kind), calm, 0.05).outcome is not I  # the guard alone said so


def test_guard_gives_its_numbers() -> None:
    reason = verdict(claim(), bent(-0.56, -0.64), 0.05).reason
    assert "drifts from -0.560" in reason
    assert "-0.640 in the last" in reason
    assert "larger sizes" in reason


def test_reason_gives_interval_margin_and_exponent() -> None:
    reason = verdict(claim(), measured(-0.78, -0.72), 0.05).reason
    for words in ("[-0.780, -0.720]", "margin 0.05", "-3/4 = -0.75", "256..1048576"):
        assert words in reason


def test_bad_rows_prevent_a_verdict() -> None:
    good = measured(-0.78, -0.72)
    refused = verdict(claim(), good, 0.05, bad_share=0.06)
    assert refused.outcome is I
    assert "6.0% of the rows" in refused.reason
    assert verdict(claim(), good, 0.05, bad_share=0.05).outcome is C
    assert verdict(claim(), good, 0.05, bad_share=0.06, allowed_bad_share=0.1).outcome is C


@pytest.mark.parametrize(
    ("margin", "share", "words"),
    [
        (0.0, 0.0, "margin"),
        (-1.0, 0.0, "margin"),
        (0.1, 1.5, "bad_share"),
        (0.1, -0.1, "bad_share"),
    ],
)
def test_bad_settings_are_refused(margin: float, share: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        verdict(claim(), measured(-0.8, -0.7), margin, bad_share=share)


def test_table_shows_ledger_prediction_measurement_and_word() -> None:
    fitted = measured(-0.78, -0.72)
    row = table_row("torus_rate", claim(Bound.UPPER), fitted, verdict(claim(), fitted, 0.05))
    assert len(row.cells()) == len(COLUMNS)
    text = markdown([row])
    assert text.splitlines()[0].count("|") == text.splitlines()[2].count("|") == len(COLUMNS) + 1
    for words in ("A1", "torus_rate", "<= -3/4", "-0.750 [-0.780, -0.720]", "CONSISTENT"):
        assert words in text
