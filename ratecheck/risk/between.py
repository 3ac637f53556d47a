"""Clean risks of kernel fits with kinks at the design points: Gauss rules between the kinks."""

from __future__ import annotations

import numpy as np

from ratecheck.charts import turns
from ratecheck.domains import Domain, Interval
from ratecheck.functions import Function
from ratecheck.risk.base import RiskValue
from ratecheck.risk.expansion import Expansion
from ratecheck.types import Array

PIECES = 256  # of the domain, beside the kinks: for targets with frequencies up to about as many
_COARSE, _FINE = 3, 4  # nodes in a piece; their difference is the stated error of the finer rule


def clean_risks_between(fits: Expansion, f: Function, domain: Domain) -> list[RiskValue]:
    """Return R_0 = E_x (f_t(x) - f(x))^2 of all fits, x uniform.

    Parameters
    ----------
    fits : Expansion
        T kernel expansions on common centres.
    f : Function
    domain : Domain
        The torus or an interval.
    """
    edges = _edges(fits, domain)
    values = _integrals(fits, f, edges, _FINE) / domain.length
    coarse = _integrals(fits, f, edges, _COARSE) / domain.length
    errors = np.abs(values - coarse)
    return [RiskValue(value=float(v), error=float(e)) for v, e in zip(values, errors, strict=True)]


def _edges(fits: Expansion, domain: Domain) -> Array:
    low = domain.low if isinstance(domain, Interval) else 0.0
    kinks = fits.centres[:, 0]
    kinks = turns(kinks) if domain.periodic else kinks
    inside = kinks[(kinks > low) & (kinks < low + domain.length)]
    regular = low + domain.length * np.arange(PIECES + 1) / PIECES
    return np.unique(np.concatenate([regular, inside]))


def _integrals(fits: Expansion, f: Function, edges: Array, count: int) -> Array:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    half = np.diff(edges)[:, None] / 2
    points = ((edges[:-1, None] + half) + half * nodes).reshape(-1, 1)
    losses = (fits.values(points) - f(points)[:, None]) ** 2
    return np.asarray((half * weights).reshape(-1) @ losses)
