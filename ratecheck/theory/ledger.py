"""The claims that are checked, by the ids that every table gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, final


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A claim of the ledger.

    Attributes
    ----------
    source : str
        Number of the paper on arXiv, or ``"ours"``.
    statement : str
        What is claimed, in one line.
    """

    source: str
    statement: str


def _rows(source: str, **statements: str) -> dict[str, Row]:
    return {name: Row(source=source, statement=text) for name, text in statements.items()}


LEDGER: Final[Mapping[str, Row]] = MappingProxyType(
    _rows(
        "2604.25965",
        A1="adversarial minimax risk over H^s, s > d/2, small attacks: n^(-2s/(2s+d))",
        A2="a second term r^(2 min(s, 1)) for every estimator; which of the two dominates changes "
        "at r = n^(-s/((2s+d) min(s, 1)))",
        A3="NTK gradient flow stopped at t ~ n^((d+1)/(2s+d)) attains the rate",
        A4="Lepski's rule attains it without knowing s",
        A5="the adversarial risk of the minimum-norm interpolant diverges with n at fixed r",
        A6="it does so even where the interpolant is consistent in mean square",
        A7="adversarial risk against training time is U-shaped: synthetic data, d = 1",
        A8="the same on real data: Diabetes",
        A9="the same in high dimension, synthetic data",
        A10="randomised smoothing mitigates in low dimension, less in high",
    )
    | _rows("2009.14397, 2305.02657", A11="eigenvalues of the NTK decay as i^(-(d+1)/d)")
    | _rows("ours", A12="networks of width w follow the kernel flow up to O(w^(-1/2))")
    | _rows(
        "2210.12030",
        B1="under adversarial training the empirical NTK converges early, to another kernel",
        B2="that kernel gives robustness even to benign training on top of it",
        B3="adversarial training on a fixed kernel gives a robust classifier",
    )
    | _rows(
        "2302.01629",
        C1="random features are not robust at any number of parameters p",
        C2="the NTK with an even activation meets sqrt(Nd/p), and is robust once p >> Nd",
        C3="the NTK with an activation that is not even does not",
    )
    | _rows(
        "2310.06112",
        D1="adversarial training of wide networks follows the linearised closed form",
        D2="long adversarial training degenerates to training without it",
        D3="Adv-NTK raises the robust accuracy of the infinitely wide network",
    )
    | _rows(
        "ours",
        R1="early-stopped gradient flow is within a stated factor of the certified floor",
        R2="a mistuned exponent of the stopping time gives its own, predicted, worse slope",
        R3="the error rates of the verdicts are as stated",
    )
)
"""Every claim by its id; ids of claims of your own need not be here."""


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """Return a key that sorts ids as people count: A2 before A10, A12 before B1.

    Examples
    --------
    >>> sorted(["B1", "A10", "A1", "A2"], key=natural)
    ['A1', 'A2', 'A10', 'B1']
    """
    parts = re.findall(r"(\D*)(\d*)", name, re.ASCII)
    return tuple((text, int(digits or -1)) for text, digits in parts)
