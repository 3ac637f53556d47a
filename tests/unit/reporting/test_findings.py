from __future__ import annotations

import pytest

from ratecheck.montecarlo.rows import Values
from ratecheck.montecarlo.study import Expectation
from ratecheck.reporting.findings import Finding, findings, slopes
from ratecheck.reporting.samples import Key, samples
from ratecheck.types import Outcome
from tests.unit.reporting.studies import NONE, RIGHT, SIZES, WRONG, rows, study


def judged(data: tuple[Values, ...], *claims: Expectation) -> list[Finding]:
    made = study(*claims)
    found = samples(data)
    return list(findings(made, found, slopes(made, found)))


def expect(**changes: object) -> Expectation:
    known: dict[str, object] = {
        "claim": RIGHT,
        "stopping": "TheoryTime",
        "risk": "clean",
        "margin": 0.05,
        "corrections": NONE,
    }
    return Expectation(**{**known, **changes})  # type: ignore[arg-type]  # fields by name


def test_rows_are_sorted_by_rule_and_size_and_bad_ones_counted() -> None:
    found = samples(rows(bad=6))
    assert set(found) == {Key("known", rule, "clean") for rule in ("TheoryTime", "Lepski")}
    sample = found[Key("known", "Lepski", "clean")]
    assert sample.sizes.tolist() == list(SIZES)
    assert [len(risks) for risks in sample.risks] == [12] * 5
    assert sample.bad_share == pytest.approx(6 / 60)


def test_a_failed_cell_counts_against_every_rule_of_its_study() -> None:
    found = samples(rows(failed=3))
    assert {sample.bad_share for sample in found.values()} == {3 / 63}
    assert found[Key("known", "Lepski", "clean")].risks[0].size == 12


def test_the_right_claim_is_consistent_and_its_control_refuted() -> None:
    right, control = judged(rows(), expect(wrong=WRONG))
    assert (right.outcome, right.expected) == (Outcome.CONSISTENT, Outcome.CONSISTENT)
    assert (control.outcome, control.expected) == (Outcome.REFUTED, Outcome.REFUTED)
    assert control.is_control
    assert not right.is_control


def test_wrong_data_refute_the_right_claim_and_the_control_survives() -> None:
    right, control = judged(rows(exponent=-0.25), expect(wrong=WRONG))
    assert right.outcome is Outcome.REFUTED
    assert control.outcome is Outcome.CONSISTENT  # which is not what the study expects


@pytest.mark.parametrize(("bad", "outcome"), [(2, "CONSISTENT"), (6, "INCONCLUSIVE")])
def test_too_many_bad_rows_take_the_verdict_away(bad: int, outcome: str) -> None:
    (found,) = judged(rows(bad=bad), expect())
    assert found.outcome.value == outcome


def test_a_bare_claim_is_held_against_every_rule() -> None:
    made = study(RIGHT)
    found = samples(rows())
    assert [f.key.stopping for f in findings(made, found, slopes(made, found))] == [
        "TheoryTime",
        "Lepski",
    ]


def test_a_ratio_is_fitted_on_pairs_and_held_below_its_ceiling() -> None:
    from dataclasses import replace
    from fractions import Fraction

    flat = replace(RIGHT, name="flat", exponent=Fraction(0))
    for ratio, outcome in ((1.5, "CONSISTENT"), (2.5, "REFUTED")):
        (found,) = judged(
            rows(ratio=ratio),
            expect(claim=flat, stopping="Lepski", relative_to="TheoryTime", ceiling=2.0),
        )
        assert found.fit
        assert abs(found.fit.estimate) < 1e-12  # common noise cancels exactly
        assert found.outcome.value == outcome
        assert f"reaches {ratio:.3f}" in found.verdict.reason
        assert "Lepski / TheoryTime" in found.label


def test_no_slope_is_inconclusive_and_says_why() -> None:
    few = tuple(row for row in rows() if row[1] in {64, 128})
    (found,) = judged(few, expect())
    assert found.fit is None
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "at least 3 sizes" in found.verdict.reason
    assert found.entry["measured"] == "no slope"


def test_nothing_but_failures_is_inconclusive() -> None:
    (found,) = judged(rows(failed=5)[-5:], expect())
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "every cell failed" in found.verdict.reason
