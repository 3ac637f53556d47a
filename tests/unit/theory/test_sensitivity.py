"""Claims about sensitivities."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ratecheck.theory.sensitivity import RF_GROWTH, UNIVERSAL, in_samples, in_width, stated
from ratecheck.types import Bound, InputError


def test_exponents_are_exact_and_tags_say_what_is_uncertain() -> None:
    falls = in_width("NTK cos", UNIVERSAL, quantity="S", ledger="C2", regime="k < N")
    assert falls.exponent == Fraction(-1, 2)
    assert falls.kind is Bound.MATCHING
    assert "U" in falls.tag
    assert falls.name == "NTK cos: S falls like k^-1/2"
    flat = in_width("RF tanh", 0, quantity="S", ledger="C1", regime="k >> N")
    assert flat.name == "RF tanh: S does not fall with k"
    grows = in_samples("RF", RF_GROWTH, Bound.LOWER, quantity="S", ledger="C1", regime="")
    assert (grows.exponent, grows.kind) == (Fraction(1, 6), Bound.LOWER)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Bound.LOWER, "at least like"), (Bound.UPPER, "at most like"), (Bound.MATCHING, "grows like")],
)
def test_kinds_are_told(kind: Bound, words: str) -> None:
    claim = in_samples("RF", "1/2", kind, quantity="S", ledger="C1", regime="")
    assert words in claim.name


def test_statements() -> None:
    said = stated("S is small", "below 1", ledger="C2", regime="always", tag="G U")
    assert str(said) == "S is small: below 1 [G U]"
    assert "2302.01629" in said.source


def test_an_exponent_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError):
        in_width("RF", "steep", quantity="S", ledger="C1", regime="")
