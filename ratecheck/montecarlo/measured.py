"""Studies that measure anything: a random experiment repeated over an abscissa."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import final

import numpy as np

from ratecheck import check
from ratecheck.assertions import Assertion
from ratecheck.montecarlo import description
from ratecheck.montecarlo.description import Description
from ratecheck.montecarlo.form import require_form
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.study import SMOKE, STANDARD, Expectation, Profile, Replicates
from ratecheck.slopes import All, WindowRule
from ratecheck.streams import Role, generator
from ratecheck.types import InputError, Row, Status

Streams = Callable[[Role], np.random.Generator]
_DIGITS = 7  # records stay small, far below any error
_SMOKE_REPLICATES = 3


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One measured value: a row of the records.

    Attributes
    ----------
    series : str
        Which method or curve (column ``stopping``).
    quantity : str
        What was measured (column ``risk``).
    value : float
    error : float
        Bound on the numerical error. For a bracket [attack, certificate], whose value is the
        attack, the width of the bracket.
    radius : float, optional
        Radius of the attack.
    time : float, optional
        Training time, for curves over time; infinite for an interpolant.
    index : int, optional
        Place on the curve, from 0.
    status : Status
    """

    series: str
    quantity: str
    value: float
    error: float = 0.0
    radius: float | None = None
    time: float | None = None
    index: int | None = None
    status: Status = Status.CONVERGED


class Measurement(ABC):
    """A pure function of abscissa and randomness; frozen dataclasses, whose ``repr`` identifies."""

    __slots__ = ()

    @abstractmethod
    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one replicate.

        Parameters
        ----------
        size : int
            The abscissa: sample size, width, dimension, ...
        streams : callable
            Role -> generator, addressed by seed, study, size and replicate.
        """

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names for `ratecheck.datasets.load` of what cells read, none unless overridden.

        Local files are asked for before the first cell, and checksums stand in ``summary.json``.
        """
        return ()

    def require(self) -> None:
        """Raise at once what every cell would raise: a missing extra, missing files."""
        return


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredStudy:
    """Replicates of a measurement over an abscissa, judged by slopes and by assertions.

    The same face as `RateStudy`, so that plan, journal, records and verdicts are shared.

    Parameters
    ----------
    name : str
        Part of keys and of every random stream.
    measurement : Measurement
    sizes : tuple of int
        Increasing abscissae of the ``standard`` profile.
    replicates : int or Replicates
    claims : tuple of Expectation or Assertion
        An `Expectation` is about the slope of log mean value against log abscissa, with
        ``stopping`` the series and ``risk`` the quantity.
    window : WindowRule
        Which abscissae enter slopes; stated before the run.
    data, methods : str
        For the report's header.
    question : str
        What the study asks.
    abscissa : str
        Letter of the abscissa.
    profiles : tuple of Profile
        Other sizes; ``smoke`` (first four sizes, three replicates) can be replaced here.

    Raises
    ------
    InputError
        Abscissae empty or unordered, a name that no folder can have, claims of another kind.
    """

    name: str
    measurement: Measurement
    sizes: tuple[int, ...]
    replicates: int | Replicates
    claims: tuple[Expectation | Assertion, ...] = ()
    window: WindowRule = field(default_factory=All)
    data: str = ""
    methods: str = ""
    question: str = ""
    abscissa: str = "n"
    profiles: tuple[Profile, ...] = ()

    def __post_init__(self) -> None:
        """Validate what would otherwise fail in the middle of a run."""
        require_form(self)
        if not isinstance(self.measurement, Measurement):
            raise InputError(f"measurement must be a Measurement, got {self.measurement!r}")
        for claim in self.claims:
            if not isinstance(claim, Expectation | Assertion):
                raise InputError(f"claims are Expectations or Assertions, got {claim!r}")
        _runnable(self.abscissa, self.sizes, self.replicates)
        for profile in self.profiles:
            _runnable(self.abscissa, profile.sizes, profile.replicates)

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """The claims about slopes."""
        return tuple(claim for claim in self.claims if isinstance(claim, Expectation))

    @property
    def assertions(self) -> tuple[Assertion, ...]:
        """The claims that are no slopes."""
        return tuple(claim for claim in self.claims if isinstance(claim, Assertion))

    @property
    def description(self) -> Description:
        """The study in words."""
        return description.of_measured_study(self)

    def label(self, quantity: str) -> str:
        """Return what a figure's ordinate is called."""
        return quantity

    def replicates_at(self, n: int) -> int:
        """Return the number of replicates at an abscissa."""
        return self.replicates(n) if callable(self.replicates) else self.replicates

    def at(self, profile: str) -> MeasuredStudy:
        """Return the study with the sizes of a profile, or raise `InputError`."""
        if profile == STANDARD:
            return self
        for candidate in self.profiles:
            if candidate.name == profile:
                return replace(self, sizes=candidate.sizes, replicates=candidate.replicates)
        if profile == SMOKE:
            few, window = self.sizes[:4], All()
            return replace(self, sizes=few, replicates=_SMOKE_REPLICATES, window=window)
        known = ", ".join(dict.fromkeys([STANDARD, SMOKE, *(p.name for p in self.profiles)]))
        raise InputError(f"study {self.name!r} has no profile {profile!r}; it has {known}")

    def rows(self, cell: Cell, seed: int) -> list[Row]:
        """Return the rows of a cell: a pure function of study, address and seed."""

        def streams(role: Role) -> np.random.Generator:
            return generator(seed, self.name, cell.size, cell.replicate, role=role)

        return [_row(cell, reading) for reading in self.measurement.measure(cell.size, streams)]


def _runnable(abscissa: str, sizes: tuple[int, ...], replicates: int | Replicates) -> None:
    if not sizes or list(sizes) != sorted(set(sizes)):
        raise InputError(f"sizes must be an increasing tuple and not empty, got {sizes!r}")
    for size in sizes:
        check.integer(abscissa, size, low=1)
    if not callable(replicates):
        check.integer("replicates", replicates, low=1)


def _row(cell: Cell, reading: Reading) -> Row:
    return {
        "study": cell.study,
        "size": cell.size,
        "replicate": cell.replicate,
        "stopping": reading.series,
        "risk": reading.quantity,
        "radius": _rounded(reading.radius),
        "value": _rounded(reading.value),
        "error": _rounded(reading.error, 3),
        "time": _rounded(reading.time),
        "index": reading.index,
        "status": reading.status.name,
        "noise_level": None,
    }


def _rounded(value: float | None, digits: int = _DIGITS) -> float | None:
    return None if value is None else float(f"{value:.{digits}g}")
