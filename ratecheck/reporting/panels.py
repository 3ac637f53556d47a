"""Which curves share axes in the figure of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ratecheck.montecarlo.studies import Study
from ratecheck.plotting import Curve, Panel, Prediction
from ratecheck.reporting.findings import Finding
from ratecheck.reporting.samples import Key
from ratecheck.slopes import SlopeFit
from ratecheck.theory.claims import Claim


def panels(
    studies: Iterable[Study], slopes: Mapping[Key, SlopeFit], verdicts: Iterable[Finding]
) -> list[Panel]:
    """Return one panel per (study, risk) that a claim is about; per (study, risk) without any."""
    predicted: dict[tuple[str, str], dict[str, Prediction]] = {}
    for finding in verdicts:
        claim = finding.claim
        if isinstance(claim, Claim) and not finding.is_control and not finding.relative_to:
            group = predicted.setdefault((finding.key.study, finding.key.risk), {})
            group[str(claim.exponent)] = Prediction(exponent=claim.exponent)
    known = {study.name: study for study in studies}
    every = dict.fromkeys((key.study, key.risk) for key in slopes)
    return [
        Panel(
            curves=_curves(slopes, study, risk),
            predictions=tuple(predicted.get((study, risk), {}).values()),
            title=study,
            xlabel=known[study].abscissa,
            ylabel=known[study].label(risk),
        )
        for study, risk in predicted or every
        if (study, risk) in every
    ]


def _curves(slopes: Mapping[Key, SlopeFit], study: str, risk: str) -> list[Curve]:
    return [
        Curve(label=key.stopping, fit=fit)
        for key, fit in slopes.items()
        if (key.study, key.risk) == (study, risk)
    ]
