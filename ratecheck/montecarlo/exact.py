"""Studies without randomness: curves of exact numbers, judged like measured risks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import final

from ratecheck import check
from ratecheck.montecarlo import description
from ratecheck.montecarlo.description import Description
from ratecheck.montecarlo.form import require_form, require_kinds
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.study import SMOKE, STANDARD, Expectation, Profile
from ratecheck.slopes import All, Corrections, WindowRule
from ratecheck.theory.claims import Claim
from ratecheck.types import InputError, Row, Status

_FINE = 1e-6  # relative error up to which a number counts as exact: far below every margin


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A value of a curve, with the bound of its error and, if there is one, its stopping time."""

    value: float
    error: float = 0.0
    time: float | None = None


class Curve(ABC):
    """A pure function of the abscissa; frozen dataclasses, whose ``repr`` is their identity."""

    __slots__ = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """What is computed, as the column ``stopping`` of the records shows it."""

    @property
    @abstractmethod
    def quantity(self) -> str:
        """What kind of number it is: the column ``risk`` of the records, and a figure's axis."""

    @abstractmethod
    def value(self, x: int) -> Number:
        """Return the number at a sample size, a degree or an inverse radius."""


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class ExactStudy:
    """Curves of exact numbers against sample size, degree or inverse attack radius.

    The same face as `RateStudy`, so that plan, journal, records, slopes and verdicts are shared.

    Parameters
    ----------
    name : str
        Part of keys and file names.
    curves : tuple of Curve
        Different in (name, quantity).
    sizes : tuple of int
        Increasing abscissae; integers, because they are part of a cell's key.
    claims : tuple of Claim or Expectation
        A bare claim is held against the curves of its quantity.
    window : WindowRule
        Which abscissae enter the slopes; stated before the run.
    margin : float
        Zone of equivalence of bare claims.
    corrections : Corrections
        Lower-order terms that the curves may have, for bare claims.
    data : str
        What is computed about, for the report's header.
    question : str
        What the study asks, for the report.
    abscissa : str
        Letter of the abscissa: "n" sample size, "k" degree, "1/r" inverse radius.
    profiles : tuple of Profile
        Other abscissae; ``smoke`` exists always (the first four).

    Raises
    ------
    InputError
        Abscissae empty or unordered, duplicate curves, claims about curves that are absent.
    """

    name: str
    curves: tuple[Curve, ...]
    sizes: tuple[int, ...]
    claims: tuple[Claim | Expectation, ...] = ()
    window: WindowRule = field(default_factory=All)
    margin: float = 0.05
    data: str = ""
    question: str = ""
    abscissa: str = "n"
    profiles: tuple[Profile, ...] = ()
    corrections: Corrections = field(default_factory=Corrections, repr=False)  # touches no number

    def __post_init__(self) -> None:
        """Validate what would otherwise fail in the middle of a run."""
        require_form(self)
        require_kinds("curves", self.curves, Curve)
        require_kinds("claims", self.claims, Claim, Expectation)
        for size in self.sizes:
            check.integer(self.abscissa, size, low=1)
        if not self.sizes or list(self.sizes) != sorted(set(self.sizes)):
            raise InputError(f"sizes must be increasing and not empty, got {self.sizes!r}")
        known = [(curve.name, curve.quantity) for curve in self.curves]
        if not known or len(set(known)) < len(known):
            raise InputError(f"curves must be present and different, got {known}")
        for expected in self.expectations:
            for name in filter(None, (expected.stopping, expected.relative_to)):
                if (name, expected.risk) not in known:
                    raise InputError(
                        f"a claim of {self.name!r} is about {name!r}, {expected.risk!r}; "
                        f"its curves are {known}"
                    )

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Every claim with the curve it is held against."""
        return tuple(e for claim in self.claims for e in self._resolved(claim))

    @property
    def description(self) -> Description:
        """The study in words."""
        return description.of_exact_study(self)

    def label(self, quantity: str) -> str:
        """Return what a figure's ordinate is called."""
        return quantity

    def replicates_at(self, n: int) -> int:
        """Return one: an exact number needs no second look."""
        return 1

    def at(self, profile: str) -> ExactStudy:
        """Return the study with the abscissae of a profile, or raise `InputError`."""
        if profile == STANDARD:
            return self
        for candidate in self.profiles:
            if candidate.name == profile:
                return replace(self, sizes=candidate.sizes)
        if profile == SMOKE:
            return replace(self, sizes=self.sizes[:4], window=All())
        known = ", ".join([STANDARD, SMOKE, *(p.name for p in self.profiles)])
        raise InputError(f"study {self.name!r} has no profile {profile!r}; it has {known}")

    def rows(self, cell: Cell) -> list[Row]:
        """Return the rows of a cell, one for each curve."""
        return [_row(cell, curve, curve.value(cell.size)) for curve in self.curves]

    def _resolved(self, claim: Claim | Expectation) -> Iterator[Expectation]:
        if isinstance(claim, Expectation):
            yield claim
            return
        for curve in self.curves:
            if curve.quantity == claim.quantity:
                yield Expectation(
                    claim=claim, stopping=curve.name, risk=curve.quantity, margin=self.margin,
                    corrections=self.corrections,
                )  # fmt: skip


def _row(cell: Cell, curve: Curve, number: Number) -> Row:
    fine = number.error <= _FINE * abs(number.value)
    return {
        "study": cell.study,
        "size": cell.size,
        "replicate": cell.replicate,
        "stopping": curve.name,
        "risk": curve.quantity,
        "radius": None,
        "value": number.value,
        "error": number.error,
        "time": number.time,
        "index": None,
        "status": (Status.CONVERGED if fine else Status.BUDGET).name,
        "noise_level": None,
    }
