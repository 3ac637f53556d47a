"""What a study is, in four lines: data, estimands, methods, performance measures (ADEMP)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from ratecheck.montecarlo.exact import ExactStudy
    from ratecheck.montecarlo.measured import MeasuredStudy
    from ratecheck.montecarlo.study import RateStudy

_MOST = 6  # names in one line of the header


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """The lines of a report's header, in their order."""

    data: str
    estimands: str
    methods: str
    performance: str


def of_rate_study(study: RateStudy) -> Description:
    """Describe a Monte Carlo study."""
    p = study.problem
    counts = [study.replicates_at(n) for n in study.sizes]
    return Description(
        data=f"{p.domain!r}, {p.design} design, {p.kernel!r}, {p.target!r}, {p.noise!r}",
        estimands=", ".join(f"{risk.name} risk" for risk in study.risks),
        methods=f"{study.estimator!r} stopped by {', '.join(rule.name for rule in study.stopping)}",
        performance=(
            f"slope of log mean risk against log n, {study.window.text}; "
            f"n = {study.sizes[0]} ... {study.sizes[-1]} ({len(counts)} sizes), "
            f"{_range(counts)} replicates"
        ),
    )


def of_exact_study(study: ExactStudy) -> Description:
    """Describe a study without randomness."""
    x, sizes = study.abscissa, study.sizes
    return Description(
        data=study.data,
        estimands=", ".join(dict.fromkeys(curve.quantity for curve in study.curves)),
        methods=_some(list(dict.fromkeys(curve.name for curve in study.curves))),
        performance=(
            f"slope of the logarithm against log {x}, {study.window.text}; "
            f"{x} = {sizes[0]} ... {sizes[-1]} ({len(sizes)} values), exact"
        ),
    )


def of_measured_study(study: MeasuredStudy) -> Description:
    """Describe a study of measurements."""
    x, sizes = study.abscissa, study.sizes
    counts = [study.replicates_at(n) for n in sizes]
    subjects = [pair for assertion in study.assertions for pair in assertion.subjects]
    subjects += [(expected.stopping, expected.risk) for expected in study.expectations]
    return Description(
        data=study.data or repr(study.measurement),
        estimands=_some(list(dict.fromkeys(quantity for _, quantity in subjects))),
        methods=study.methods or _some(list(dict.fromkeys(series for series, _ in subjects))),
        performance=(
            f"joint 95 % intervals over replicates, slopes over {study.window.text}; "
            f"{x} = {sizes[0]} ... {sizes[-1]} ({len(sizes)} values), {_range(counts)} replicates"
        ),
    )


def _some(names: Sequence[str]) -> str:
    """Return the first few names and how many more there are."""
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low} ... {high}"
