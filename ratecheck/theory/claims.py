"""A claim about a rate: exact data that meets a measurement in `ratecheck.verify` only."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from ratecheck.types import Bound, InputError


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A claim that is no exponent: what is said, by whom, and what a measurement should show.

    Attributes
    ----------
    name : str
        The statement, short and unique in a study.
    predicted : str
        What should be measured, such as ``"slope 1 on E_N"``.
    regime : str
        Where the statement holds, in words.
    source : str
        Paper and theorem, or "derived".
    tag : str
        Section of the theory note and its mark of trust, as for `Claim`.
    ledger : str
        Row of the claims ledger, such as ``"A5"``.
    """

    name: str
    predicted: str
    regime: str
    source: str
    tag: str
    ledger: str

    def __post_init__(self) -> None:
        """Validate the texts."""
        if not self.name or not self.predicted:
            raise InputError("name and predicted must not be empty: verdict tables show them")

    def __str__(self) -> str:
        return f"{self.name}: {self.predicted} [{self.tag}]"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The statement "quantity ~ n^exponent in this regime, says this source".

    Attributes
    ----------
    name : str
        Short unique name inside a study, such as ``"adversarial minimax, s=3/2, d=1"``.
    exponent : Fraction
        Power of the sample size.
    kind : Bound
        Whether the source bounds the rate from above, from below, or both.
    regime : str
        Where the statement holds, in words.
    source : str
        Paper and theorem, or "derived".
    tag : str
        Section of the theory note and its mark of trust: T classical, P confirmed from public
        text, M recalled, D derived, V verified numerically, U uncertain.
    quantity : str
        What is measured: ``"clean"`` or ``"adversarial"`` risk, ``"eigenvalue"``, ``"time"``, ...
    ledger : str
        Row of the claims ledger, such as ``"A1"``.
    """

    name: str
    exponent: Fraction
    kind: Bound
    regime: str
    source: str
    tag: str
    quantity: str
    ledger: str

    def __post_init__(self) -> None:
        if not isinstance(self.exponent, Fraction):
            raise InputError(
                f"exponent must be a Fraction, got {self.exponent!r}: write Fraction('-2/3')"
            )
        if not isinstance(self.kind, Bound):
            raise InputError(f"kind must be a Bound, got {self.kind!r}: write Bound.MATCHING")
        if not self.name:
            raise InputError("name must not be empty: verdict tables are keyed by it")

    def __str__(self) -> str:
        return f"{self.name}: {self.quantity} ~ n^({self.exponent}), {self.kind.value} [{self.tag}]"
