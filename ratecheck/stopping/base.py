"""The contract of a stopping rule: what it may see, and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Protocol, final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.stopping.setting import Setting
from ratecheck.types import Array, InputError, Status


class Path(Protocol):
    """What the rules read of a path of fits at the times ``t_1 < ... < t_T``."""

    @property
    def times(self) -> Array:
        """The times, shape (T,)."""

    @property
    def size(self) -> int:
        """The sample size n."""

    @property
    def residuals(self) -> Array:
        """Mean squared residuals ``||y - f_t||_n^2``, shape (T,)."""

    @property
    def gaps(self) -> Array:
        """Mean squared differences ``||f_tj - f_tl||_n^2``, shape (T, T)."""

    @property
    def traces(self) -> Array:
        """``N_1(t) = tr S_t`` of the hat matrices, shape (T,)."""

    @property
    def square_traces(self) -> Array:
        """``N_2(t) = tr S_t^2``, shape (T,)."""


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Context:
    """What a statistician has beside the path: the data, and what was declared before them.

    ``holdout()`` gives the validation errors (T,) of a fit on a random half of the data at the
    times of the path; it is called by the rules that need it only.
    """

    setting: Setting
    X: Array
    y: Array
    domain: Domain
    noise_level: float
    holdout: Callable[[], Array]

    def __post_init__(self) -> None:
        """Validate the estimated noise level."""
        check.nonnegative("noise_level", self.noise_level)


@final
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class OracleContext:
    """A context together with the true risks (T,) of the path: for `Oracle` only."""

    context: Context
    risks: Array


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The time a rule chose: its index in the path, and how the search ended.

    ``trace`` holds the score of each time that the rule compared, where it compares scores.
    """

    index: int
    time: float
    status: Status = Status.CONVERGED
    trace: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StoppingRule(ABC):
    """A way to choose one time of a path."""

    @property
    @final
    def name(self) -> str:
        """Class name, followed by the parameters that differ from their defaults.

        Examples
        --------
        >>> from ratecheck.stopping import Lepski, PowerTime
        >>> Lepski().name, PowerTime(c=2.0, exponent=0.5).name
        ('Lepski', 'PowerTime(c=2.0, exponent=0.5)')
        """
        changed = [
            f"{f.name}={value!r}"
            for f in fields(self)
            if (value := getattr(self, f.name)) != f.default
        ]
        return type(self).__name__ + (f"({', '.join(changed)})" if changed else "")

    @abstractmethod
    def planned(self, setting: Setting) -> tuple[float, ...]:
        """Return the times fixed before the data, to be merged into the grid."""

    @abstractmethod
    def choose(self, path: Path, context: Context | OracleContext) -> Choice:
        """Choose a time of ``path``.

        Raises
        ------
        InputError
            If the context is not the kind that this rule may see, or does not fit the path.
        """


def blind(rule: StoppingRule, context: Context | OracleContext) -> Context:
    """Return ``context`` if it does not show the target, or raise `InputError`."""
    if isinstance(context, OracleContext):
        raise InputError(
            f"{rule.name} must not see the true risks: pass the Context inside the OracleContext"
        )
    return context


def from_grid(path: Path, index: int, *, last: int, scores: Array | None = None) -> Choice:
    """Return the choice of an entry of the grid ``0, ..., last``; its two ends are statuses."""
    status = Status.EDGE_LOW if index == 0 else Status.CONVERGED
    return Choice(
        index=int(index),
        time=float(path.times[index]),
        status=Status.EDGE_HIGH if index == last else status,
        trace=() if scores is None else tuple(scores.tolist()),
    )


def smallest(path: Path, scores: Array) -> Choice:
    """Return the choice with the smallest of the scores (T,) of all times of the path."""
    scores = check.values("scores", scores, length=path.times.size)
    return from_grid(path, int(np.argmin(scores)), last=scores.size - 1, scores=scores)


def planned_choice(path: Path, time: float) -> Choice:
    """Return the choice of a time planned before the data, which is never an edge of a grid."""
    index = int(np.argmin(np.abs(path.times - time)))
    if abs(path.times[index] - time) > 1e-9 * time:
        raise InputError(
            f"the planned time {time:.6g} is not on the path: merge rule.planned(setting) "
            "into its times"
        )
    return Choice(index=index, time=float(path.times[index]))
