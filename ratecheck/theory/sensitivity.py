"""Claims about the sensitivity of random and tangent features (Bombari et al. 2023, theory note G).

The paper's abstract is confirmed (P), exact forms and conditions are recalled and uncertain (M, U):
every claim here says so in its tag.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from ratecheck.theory.claims import Claim, Statement
from ratecheck.theory.exact import Exact, fraction
from ratecheck.types import Bound

SOURCE: Final = "Bombari, Kiyani, Mondelli 2023 (2302.01629)"
UNIVERSAL: Final = Fraction(-1, 2)
"""Exponent of sqrt(N d / p) in the width."""

RF_GROWTH: Final = Fraction(1, 6)
"""Recalled exponent of N in the lower bound for random features (M, U)."""


def in_width(
    model: str, exponent: Exact, *, quantity: str, ledger: str, regime: str, tag: str = "G P,M,U"
) -> Claim:
    """Claim that the sensitivity of a model goes like ``k^exponent``.

    Examples
    --------
    >>> in_width("rf tanh", 0, quantity="S", ledger="C1", regime="k >> N").exponent
    Fraction(0, 1)
    """
    power = fraction("exponent", exponent)
    words = "does not fall with k" if power == 0 else f"falls like k^{power}"
    return Claim(
        name=f"{model}: S {words}", exponent=power, kind=Bound.MATCHING, regime=regime,
        source=SOURCE, tag=tag, quantity=quantity, ledger=ledger,
    )  # fmt: skip


def in_samples(
    model: str,
    exponent: Exact,
    kind: Bound,
    *,
    quantity: str,
    ledger: str,
    regime: str,
    tag: str = "G M,U",
) -> Claim:
    """Claim that the sensitivity of a model grows (at least) like ``N^exponent``.

    Examples
    --------
    >>> claim = in_samples("rf", RF_GROWTH, Bound.LOWER, quantity="S", ledger="C1", regime="")
    >>> claim.name
    'rf: S grows at least like N^1/6'
    """
    power = fraction("exponent", exponent)
    least = {Bound.LOWER: "at least ", Bound.UPPER: "at most ", Bound.MATCHING: ""}[kind]
    return Claim(
        name=f"{model}: S grows {least}like N^{power}", exponent=power, kind=kind, regime=regime,
        source=SOURCE, tag=tag, quantity=quantity, ledger=ledger,
    )  # fmt: skip


def stated(
    name: str, predicted: str, *, ledger: str, regime: str, tag: str, source: str = SOURCE
) -> Statement:
    """Return a statement about sensitivities that is no exponent."""
    return Statement(
        name=name, predicted=predicted, regime=regime, source=source, tag=tag, ledger=ledger
    )
