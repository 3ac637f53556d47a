"""Claims: exact data only, and the factories agree with the exponents."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError, asdict
from fractions import Fraction

import pytest

from ratecheck import theory
from ratecheck.theory.claims import Claim
from ratecheck.types import Bound, InputError


def test_a_claim_is_exact() -> None:
    claim = theory.adversarial_minimax("3/2", 1)
    assert (claim.exponent, claim.kind, claim.ledger) == (Fraction(-3, 4), Bound.MATCHING, "A1")

    with pytest.raises(FrozenInstanceError):
        claim.exponent = Fraction(0)  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("change", "message"),
    [({"exponent": -0.75}, "Fraction"), ({"kind": "upper"}, "Bound"), ({"name": ""}, "empty")],
)
def test_refusals(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Claim(**(asdict(theory.clean_minimax(1, 1)) | change))


def test_statements_know_their_regime() -> None:
    assert "bias" in theory.mistuned(2, 1, 1, "1/5").regime
    assert "best" in theory.mistuned(2, 1, 1, "2/5").regime
    assert "variance" in theory.mistuned(2, 1, 1, "4/5").regime
    assert "r-term" in theory.phase("3/2", 1, "1/8").regime
    assert "n-term" in theory.phase("3/2", 1, "1/2").regime


def test_exponents_load_nothing_heavy() -> None:
    code = (
        "import sys, ratecheck.theory as t; t.adversarial_minimax('3/2', 1);"
        "print([m for m in ('numpy', 'sympy', 'mpmath', 'flint') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
