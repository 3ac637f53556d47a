"""Clean and adversarial risk against training time on real data, over random splits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from ratecheck import check
from ratecheck.datasets import Dataset, load, rows, shuffled, split, standardise
from ratecheck.estimators import GradientFlow
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements.minimiser import minimiser
from ratecheck.risk import Bracket, Budget, adversarial_bracket, as_expansion
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array, InputError, Status

DATA: Final = "data"
SHUFFLED: Final = "shuffled labels"
CLEAN: Final = "clean"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Ball:
    """The attacks |x' - x| <= radius in a norm.

    Parameters
    ----------
    norm : {2, inf}
    radius : float
        In standard deviations of the features.
    """

    norm: float
    radius: float

    def __post_init__(self) -> None:
        """Validate norm and radius."""
        check.choice("norm", self.norm, (2, math.inf))
        check.positive("radius", self.radius)

    def __str__(self) -> str:
        return f"l{'inf' if self.norm == math.inf else '2'}, r={self.radius:g}"

    @property
    def attack(self) -> str:
        """Name of the largest risk found."""
        return f"attack({self})"

    @property
    def certificate(self) -> str:
        """Name of the largest risk that is not excluded."""
        return f"certificate({self})"

    @property
    def shift(self) -> str:
        """Name of the distance, in decades of time, of the best times under attack and without."""
        return f"log10 t*({self})/t*(clean)"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class SplitCurves(Measurement):
    """Gradient flow on a random part of a data set, attacked at held-out rows.

    Features are standardised by the training part, responses too: risks are in units of their
    training variance, and the fit at t = 0 has risk near 1. The risk is the mean over held-out
    rows of sup over x' of (f_t(x') - y)^2, between an attack and (where the kernel has one) a
    certificate, for all times and, last, the interpolant (time infinity).

    Beside the data, the same with all responses permuted before the split: nothing can be
    learnt there.

    Parameters
    ----------
    data : str
        Name of a regression for `datasets.load`.
    kernel : Kernel
    balls : tuple of Ball
    control : tuple of Ball
        Attacks on the fits to permuted responses, never certified.
    test : int
        Held-out rows of a split; the abscissa is the number of training rows.
    decades : (float, float)
        log10 of the first and the last time.
    per_decade : int
    certify : bool
        Whether certificates are computed.
    budget : Budget
    """

    data: str
    kernel: Kernel
    balls: tuple[Ball, ...]
    control: tuple[Ball, ...]
    test: int
    decades: tuple[float, float]
    per_decade: int
    certify: bool = True
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        """Validate numbers."""
        check.integer("test", self.test, low=1)
        check.integer("per_decade", self.per_decade, low=1)
        if not self.decades[0] < self.decades[1]:
            raise InputError(f"decades must be increasing, got {self.decades!r}")

    @property
    def times(self) -> Array:
        """The finite times, shape (T,)."""
        low, high = self.decades
        return np.logspace(low, high, round((high - low) * self.per_decade) + 1)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The rows."""
        return (self.data,)

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return the readings of one split with ``size`` training rows."""
        whole = load(self.data)
        if size + self.test > whole.size:
            raise InputError(
                f"{self.data} has {whole.size} rows, not {size} for training and {self.test} held "
                "out"
            )
        mixed = shuffled(whole, streams("probe"))
        return [
            *self._readings(DATA, whole, size, streams, self.balls, self.certify),
            *self._readings(SHUFFLED, mixed, size, streams, self.control, False),
        ]

    def fits(self, train: Dataset) -> tuple[Expansion, tuple[Status, ...]]:
        """Return the fits at all times, then the interpolant, and how each ended."""
        flow, limit = GradientFlow(operator="eigh"), Interpolant(operator="dense")
        path = flow.path(flow.prepare(self.kernel, train.X), train.y, self.times)
        end = limit.path(limit.prepare(self.kernel, train.X), train.y)
        last = Expansion(kernel=self.kernel, centres=train.X, weights=end.weights[:, None])
        return as_expansion(path, last), (*path.status, *end.status)

    def _readings(
        self,
        series: str,
        data: Dataset,
        size: int,
        streams: Streams,
        balls: tuple[Ball, ...],
        certify: bool,
    ) -> Iterator[Reading]:
        train, test = _divided(data, size, self.test, streams("split"))
        fits, ended = self.fits(train)
        errors = ((fits.values(test.X) - test.y[:, None]) ** 2).mean(axis=0)
        best, status = minimiser(self.times, errors[:-1])
        yield from self._curve(series, CLEAN, 0.0, errors, np.zeros(errors.size), ended)
        for ball in balls:
            found = adversarial_bracket(
                fits, test.y, test.X, ball.radius, norm=ball.norm, budget=self.budget,
                certify=certify, rng=streams("attack"),
            )  # fmt: skip
            yield from self._bracket(series, ball, found, ended)
            if series == DATA:  # without anything to learn the best time is the first
                own, edge = minimiser(self.times, found.attack[:-1])
                worse = status if edge is Status.CONVERGED else edge
                yield Reading(series=series, quantity=ball.shift, value=own - best, status=worse)

    def _bracket(
        self, series: str, ball: Ball, found: Bracket, ended: tuple[Status, ...]
    ) -> Iterator[Reading]:
        known = found.status is Status.CONVERGED
        width = found.width if known else np.zeros(len(ended))
        yield from self._curve(series, ball.attack, ball.radius, found.attack, width, ended)
        if known:
            bounds, exact = found.certificate, np.zeros(len(ended))
            yield from self._curve(series, ball.certificate, ball.radius, bounds, exact, ended)

    def _curve(
        self,
        series: str,
        quantity: str,
        radius: float,
        values: Array,
        errors: Array,
        ended: tuple[Status, ...],
    ) -> Iterator[Reading]:
        places = zip([*self.times, math.inf], values, errors, ended, strict=True)
        for index, (time, value, error, status) in enumerate(places):
            yield Reading(
                series=series, quantity=quantity, value=float(value), error=float(error),
                radius=radius, time=float(time), index=index, status=status,
            )  # fmt: skip


def _divided(
    data: Dataset, size: int, test: int, rng: np.random.Generator
) -> tuple[Dataset, Dataset]:
    """Return standardised parts; features and responses by the training part alone."""
    train, rest = split(data, data.size - size, rng)
    held = rows(rest, np.arange(test))  # the order is random
    train, held = standardise(train, held, responses=True)
    return train, held
