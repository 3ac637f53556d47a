"""Studies as values: what is simulated, what is measured, and what is claimed beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, final

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.estimators import SpectralEstimator
from ratecheck.kernels import Kernel
from ratecheck.montecarlo import description
from ratecheck.montecarlo.description import Description
from ratecheck.montecarlo.form import require_form, require_kinds, require_tuple
from ratecheck.montecarlo.replicates import Replicates
from ratecheck.noise import Noise
from ratecheck.risk import Clean, Risk
from ratecheck.slopes import All, Corrections, WindowRule
from ratecheck.stopping.base import StoppingRule
from ratecheck.stopping.grid import allowed_ratio
from ratecheck.targets import Target
from ratecheck.theory.claims import Claim
from ratecheck.types import InputError

if TYPE_CHECKING:
    from ratecheck.montecarlo.studies import Study

__all__ = [
    "SMOKE",
    "STANDARD",
    "Expectation",
    "Problem",
    "Profile",
    "RateStudy",
    "Replicates",
    "Suite",
]

STANDARD = "standard"
SMOKE = "smoke"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A regression problem y_i = f(x_i) + noise.

    Parameters
    ----------
    domain : Domain
    kernel : Kernel
    target : Target
    noise : Noise
    design : {"random", "equispaced"}
        Independent uniform points, or the regular grid of a one-dimensional domain.
    """

    domain: Domain
    kernel: Kernel
    target: Target
    noise: Noise
    design: Literal["random", "equispaced"] = "random"

    def __post_init__(self) -> None:
        """Validate the kind of design."""
        check.choice("design", self.design, ("random", "equispaced"))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """A claim together with the measurement that it is held against.

    Parameters
    ----------
    claim : Claim
    stopping : str
        Name of the stopping rule.
    risk : str
        Name of the risk.
    margin : float
        Half-width of the zone of equivalence around the exponent.
    wrong : Claim, optional
        The negative control: a claim that the same data must refute.
    relative_to : str
        Name of another rule: the slope is that of the ratio of the two risks.
    ceiling : float, optional
        The risk, or its ratio to the other rule's, must not exceed it at any n.
    corrections : Corrections
        Lower-order terms that the risk may have.
    """

    claim: Claim
    stopping: str
    risk: str
    margin: float
    wrong: Claim | None = None
    relative_to: str = ""
    ceiling: float | None = None
    corrections: Corrections = field(default_factory=Corrections)

    def __post_init__(self) -> None:
        """Validate the margin."""
        check.positive("margin", self.margin)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Another size of the same study: sample sizes and replicates."""

    name: str
    sizes: tuple[int, ...]
    replicates: int | Replicates


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class RateStudy:
    """A Monte Carlo study of risks against sample size.

    Parameters
    ----------
    name : str
        Part of file names and of every random stream.
    problem : Problem
    estimator : SpectralEstimator
    stopping : tuple of StoppingRule
    risk : Risk or tuple of Risk
    sizes : tuple of int
        Increasing sample sizes of the ``standard`` profile.
    replicates : int or Replicates
    claims : tuple of Claim or Expectation
        A bare claim is held against every rule, for the risks of its quantity.
    window : WindowRule
        Which sizes enter the slopes; stated before the run.
    margin : float
        Zone of equivalence of bare claims.
    corrections : Corrections
        Lower-order terms that risks may have, for bare claims.
    question : str
        What the study asks, for the report.
    grid_ratio : float
        Quotient of neighbouring stopping times, in (1, 2].
    profiles : tuple of Profile
        Other sizes; ``smoke`` exists always (the first sizes, a few replicates).

    Raises
    ------
    InputError
        Empty or unordered sizes, duplicate rules, claims about rules or risks that are absent.
    """

    name: str
    problem: Problem
    estimator: SpectralEstimator
    stopping: tuple[StoppingRule, ...]
    sizes: tuple[int, ...]
    replicates: int | Replicates
    risk: Risk | tuple[Risk, ...] = field(default_factory=Clean)
    claims: tuple[Claim | Expectation, ...] = ()
    window: WindowRule = field(default_factory=All)
    margin: float = 0.05
    question: str = ""
    grid_ratio: float = 2**0.5
    profiles: tuple[Profile, ...] = ()
    corrections: Corrections = field(default_factory=Corrections, repr=False)  # touches no record

    def __post_init__(self) -> None:
        """Validate everything that would otherwise fail after hours."""
        require_form(self)
        require_kinds("problem", [self.problem], Problem)
        require_kinds("estimator", [self.estimator], SpectralEstimator)
        require_kinds("stopping", self.stopping, StoppingRule)
        require_kinds("risk", self.risks, Risk)
        require_kinds("claims", self.claims, Claim, Expectation)
        _distinct("stopping rules", [rule.name for rule in self.stopping])
        _distinct("risks", [risk.name for risk in self.risks])
        _distinct("profiles", [STANDARD, *(profile.name for profile in self.profiles)])
        check.positive("margin", self.margin)
        allowed_ratio(self.grid_ratio)
        _runnable(self, self.sizes, self.replicates)
        for profile in self.profiles:
            _runnable(self, profile.sizes, profile.replicates)
        for expected in self.expectations:
            _known(expected, self)

    @property
    def risks(self) -> tuple[Risk, ...]:
        """The risks as a tuple."""
        return self.risk if isinstance(self.risk, tuple) else (self.risk,)

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Every claim with the rule and the risk it is held against."""
        return tuple(e for claim in self.claims for e in self._resolved(claim))

    @property
    def abscissa(self) -> str:
        """Letter of what risks are measured against."""
        return "n"

    @property
    def description(self) -> Description:
        """The study in words."""
        return description.of_rate_study(self)

    def label(self, risk: str) -> str:
        """Return what a figure's ordinate is called."""
        return f"{risk} risk"

    def replicates_at(self, n: int) -> int:
        """Return the number of replicates at sample size n."""
        return self.replicates(n) if callable(self.replicates) else self.replicates

    def at(self, profile: str) -> RateStudy:
        """Return the study with the sizes of a profile, or raise `InputError`."""
        if profile == STANDARD:
            return self
        for candidate in self.profiles:
            if candidate.name == profile:
                return replace(self, sizes=candidate.sizes, replicates=candidate.replicates)
        if profile == SMOKE:
            return replace(self, sizes=self.sizes[:4], replicates=3, window=All())
        known = ", ".join([STANDARD, SMOKE, *(p.name for p in self.profiles)])
        raise InputError(f"study {self.name!r} has no profile {profile!r}; it has {known}")

    def _resolved(self, claim: Claim | Expectation) -> Iterator[Expectation]:
        if isinstance(claim, Expectation):
            yield claim
            return
        for rule in self.stopping:
            for risk in self.risks:
                if (claim.quantity == "clean") == isinstance(risk, Clean):
                    yield Expectation(
                        claim=claim, stopping=rule.name, risk=risk.name, margin=self.margin,
                        corrections=self.corrections,
                    )  # fmt: skip


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """Studies, simulated or exact, that answer one question and share journal, table and figure."""

    name: str
    title: str
    question: str
    studies: tuple[Study, ...]

    def __post_init__(self) -> None:
        """Validate the names."""
        if not self.studies:
            raise InputError(f"suite {self.name!r} has no studies")
        _distinct("studies", [study.name for study in self.studies])

    def at(self, profile: str) -> Suite:
        """Return the suite with every study at a profile."""
        return replace(self, studies=tuple(study.at(profile) for study in self.studies))


def _runnable(study: RateStudy, sizes: tuple[int, ...], replicates: int | Replicates) -> None:
    """Validate the sizes and replicates of a profile, and the radii at these sizes."""
    require_tuple("sizes", sizes)
    if not callable(replicates):
        check.integer("replicates", replicates, low=1)
    for n in sizes:
        check.integer("sample size", n, low=4)
        for risk in study.risks:
            risk.radius_at(n)
    if not sizes or list(sizes) != sorted(set(sizes)):
        raise InputError(f"sizes must be increasing and not empty, got {sizes!r}")


def _distinct(what: str, names: list[str]) -> None:
    if not names or len(set(names)) < len(names):
        raise InputError(f"{what} must be present and have different names, got {names}")


def _known(expected: Expectation, study: RateStudy) -> None:
    rules = [rule.name for rule in study.stopping]
    for name in filter(None, (expected.stopping, expected.relative_to)):
        if name not in rules:
            raise InputError(f"a claim of {study.name!r} is about rule {name!r}; it has {rules}")
    if expected.risk not in (risks := [risk.name for risk in study.risks]):
        raise InputError(
            f"a claim of {study.name!r} is about risk {expected.risk!r}; it has {risks}"
        )
