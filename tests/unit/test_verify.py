"""Verdicts: every outcome for every kind of bound, the guard, the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.slopes import Corrections, Estimate, SlopeFit, fit, outlook
from ratecheck.theory.claims import Claim
from ratecheck.types import Array, Bound, InputError, Outcome
from ratecheck.verify import COLUMNS, markdown, table_row, verdict

SIZES = 2.0 ** np.arange(8, 21)
FLAT = Estimate(value=0.0, standard_error=0.01, low=-0.02, high=0.02)
NONE = Corrections(factor=1, logs=0)  # the slope in the window is the exponent
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


def word(claimed: Claim, fitted: SlopeFit, margin: float = 0.05) -> Outcome:
    """What the interval alone says."""
    return verdict(claimed, fitted, margin, corrections=NONE).outcome


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
        assert word(claim(kind), measured(low, high), 0.05 + 1e-12) is expected


@given(st.floats(-2, 0), st.floats(0, 0.5), st.floats(0.001, 0.3))
def test_upper_and_lower_bounds_are_mirror_images(low: float, width: float, margin: float) -> None:
    fitted, mirrored = measured(low, low + width), measured(-low - width, -low)
    upper = word(claim(Bound.UPPER), fitted, margin)
    assert upper is word(claim(Bound.LOWER, "3/4"), mirrored, margin)
    matching = word(claim(), fitted, margin)
    lower = word(claim(Bound.LOWER), fitted, margin)
    assert (matching is C) == (upper is C and lower is C)
    assert (matching is R) == (R in (upper, lower))


@given(st.floats(-1.5, 0), st.floats(0, 0.2), st.floats(0.01, 0.2))
def test_wider_interval_never_decides_more(low: float, width: float, margin: float) -> None:
    narrow = word(claim(), measured(low, low + width), margin)
    wide = word(claim(), measured(low - 0.05, low + width + 0.05), margin)
    assert wide in (narrow, I)


def curve(factor: Callable[[Array], Any], error: float = 0.002) -> SlopeFit:
    """Fit n^-3/4 times a factor; means that lie on the curve, with a stated error."""
    sizes: Array = np.asarray(SIZES, dtype=np.float64)
    means = sizes**-0.75 * factor(sizes)
    return fit(SIZES, means, error * means)


def straight(sizes: Array) -> Array:
    return np.ones_like(sizes)


def logarithm(sizes: Array) -> Array:
    return np.asarray(np.log(sizes))


def term(amount: float, power: float) -> Callable[[Array], Array]:
    return lambda sizes: np.asarray(1 + amount * sizes**-power)


@pytest.mark.parametrize(
    ("factor", "kind", "expected"),
    [
        (straight, Bound.MATCHING, C),
        (term(5, 0.2), Bound.MATCHING, I),  # slope -0.835, on its way to -0.75
        (term(5, 0.3), Bound.MATCHING, I),
        (term(-5, 0.4), Bound.MATCHING, I),
        (logarithm, Bound.MATCHING, I),
        (lambda n: 1 / np.log(n), Bound.MATCHING, I),
        (lambda n: n**-0.2, Bound.MATCHING, R),  # another power, and nothing that bends
        (lambda n: n**-0.2 * (1 + 5 * n**-0.5), Bound.MATCHING, R),  # bends, but elsewhere
        (lambda n: n**-0.2, Bound.UPPER, C),  # steeper than an upper bound
        (lambda n: n**0.2, Bound.UPPER, R),
        (lambda n: n**0.2, Bound.LOWER, C),
        (lambda n: n**-0.2, Bound.LOWER, R),
    ],
)
def test_word_is_about_the_exponent_and_not_about_the_window(
    factor: Callable[[Array], Any], kind: Bound, expected: Outcome
) -> None:
    assert verdict(claim(kind), curve(factor), 0.05).outcome is expected
    if expected is I:
        assert word(claim(kind), curve(factor)) is not C  # the interval alone errs or is at an end


def test_more_noise_leaves_more_corrections_open() -> None:
    spans = [outlook(curve(straight, error), Corrections()) for error in (0.002, 0.01, 0.05)]
    widths = [span[1] - span[0] for span in spans if span]
    assert widths == sorted(widths)
    assert widths[-1] > 4 * widths[0]
    assert verdict(claim(), curve(straight, 0.05), 0.05).outcome is I


@pytest.mark.parametrize("narrower", [{"slowest": 0.5}, {"factor": 1.05}, {"logs": 0.0}])
def test_narrower_class_leaves_less_open(narrower: dict[str, float]) -> None:
    fitted = curve(straight, 0.05)
    base = Corrections() if "logs" in narrower else Corrections(logs=0)
    wide, narrow = outlook(fitted, base), outlook(fitted, replace(base, **narrower))
    assert wide is not None
    assert narrow is not None
    slack = 0.005  # of the grids of terms
    assert wide[0] - slack <= narrow[0] <= narrow[1] <= wide[1] + slack
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_slower_terms_come_on_top_of_the_faster_ones() -> None:
    fitted = curve(straight, 0.01)
    few, all_terms = (outlook(fitted, Corrections(slowest=b, logs=0)) for b in (0.2, 0.001))
    assert few is not None
    assert all_terms is not None
    assert all_terms[0] <= few[0] + 1e-3
    assert all_terms[1] >= few[1] - 1e-3


@given(
    st.floats(0.2, 1.6), st.floats(-0.6, 1.9), st.floats(-1, 1), st.sampled_from([1e-4, 0.01, 0.1])
)
def test_true_exponent_of_every_member_is_left_open(
    power: float, amount: float, log: float, error: float
) -> None:
    """Without a draw of the noise, so that the interval is around the curve itself."""
    slack = 0.01  # terms between those on the grid, where noise is a hundredth of a percent
    terms = curve(lambda n: 1 + amount * (n / n[0]) ** -power, error)
    logs = curve(lambda n: np.log(n) ** log, error)
    for fitted in (terms, logs):
        left = outlook(fitted, Corrections())
        assert left is not None
        assert left[0] - slack <= -0.75 <= left[1] + slack


def test_more_than_any_correction_is_inconclusive_with_its_numbers() -> None:
    said = verdict(claim(), curve(lambda n: np.exp(-(np.log(n) ** 2) / 20)), 0.05)
    assert said.outcome is I
    for words in ("drifts from", "no power law", "larger sizes"):
        assert words in said.reason


def test_reason_says_what_is_left_open() -> None:
    reason = verdict(claim(), curve(term(5, 0.3)), 0.05).reason
    for words in ("leaves exponents", "across an end", "larger sizes or more replicates"):
        assert words in reason


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"slowest": 0.0}, "slowest"),
        ({"factor": 0.9}, "factor"),
        ({"logs": -1.0}, "logs"),
        ({"factor": float("nan")}, "factor"),
    ],
)
def test_bad_classes_are_refused(wrong: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Corrections(**wrong)


def test_reason_gives_interval_margin_and_exponent() -> None:
    reason = verdict(claim(), measured(-0.78, -0.72), 0.05, corrections=NONE).reason
    for words in ("[-0.780, -0.720]", "margin 0.05", "-3/4 = -0.75", "256..1048576"):
        assert words in reason


def test_bad_rows_prevent_a_verdict() -> None:
    good = curve(straight)
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
    said = verdict(claim(), fitted, 0.05, corrections=NONE)
    row = table_row("torus_rate", claim(Bound.UPPER), fitted, said)
    assert len(row.cells()) == len(COLUMNS)
    text = markdown([row])
    assert text.splitlines()[0].count("|") == text.splitlines()[2].count("|") == len(COLUMNS) + 1
    for words in ("A1", "torus_rate", "<= -3/4", "-0.750 [-0.780, -0.720]", "CONSISTENT"):
        assert words in text
