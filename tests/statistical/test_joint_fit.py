"""A rule considered and rejected: one fit of A r^p + B n^e over sizes and radii together.

Replicates share their samples between the radii. The fit has one more parameter for a cross term
2 c sqrt(A r^p B n^e), c in (0, 1): error and radius may add coherently. Its intervals are those
of a sandwich covariance over replicates, redrawn for all radii of a size together. It has far more
power than one slope at the smallest radius where its model is the truth, and refutes the truth
where the n-term has a correction that slopes are guarded against (docs/verdicts.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.stats import t as student

from ratecheck.slopes import Corrections, fit, outlook
from ratecheck.types import Array

RADIAL, EXPONENT = 1.5, -0.75
SIZES: Array = np.array([2.0**k for k in range(8, 17)])
RADII: Array = np.array([0.003, 0.01, 0.03, 0.1])
RUNS, REPLICATES = 40, 256
GAP = 0.2
MARGIN = 0.45 * GAP


@dataclass(frozen=True, kw_only=True)
class Truth:
    """A r^p + B n^e (1 + 0.5 d (n / 2^8)^-0.3) + 2 c sqrt(...), the n-term 0.1 at n = 2^8."""

    cross: float = 0.0
    correction: float = 0.0

    def means(self) -> Array:
        n = SIZES[:, None] / SIZES[0]
        above = 0.1 * n**EXPONENT * (1 + 0.5 * self.correction * n**-0.3)
        radial = RADII**RADIAL
        return np.asarray(above + radial + 2 * self.cross * np.sqrt(above * radial))

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Return risks (sizes, radii, count): a chi-squared factor of a sample, and of a cell."""
        shared = rng.gamma(3, 1 / 3, (SIZES.size, 1, count))
        own = rng.gamma(12, 1 / 12, (SIZES.size, RADII.size, count))
        return np.asarray(self.means()[:, :, None] * shared * own)


def logs(theta: Array) -> Array:
    """Return log risks (sizes, radii) of (log A, p, log B, e, logit c)."""
    radial = theta[0] + theta[1] * np.log(RADII)[None, :]
    sized = theta[2] + theta[3] * np.log(SIZES)[:, None]
    cross = np.log(2 / (1 + np.exp(-theta[4]))) + (radial + sized) / 2
    return np.asarray(np.logaddexp(np.logaddexp(radial, sized), cross))


def joint(risks: Array) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return 95 % intervals of p and e."""
    mean = risks.mean(axis=2)
    deviations, y = risks / mean[:, :, None] - 1, np.log(mean)
    start = np.array(
        [y[-1, -1] - 1.5 * np.log(RADII[-1]), 1.5, y[0, 0] + 0.75 * np.log(256), -0.75, 0]
    )

    def residuals(theta: Array) -> Array:
        return np.asarray((logs(theta) - y).ravel())

    found = least_squares(residuals, start, method="lm", max_nfev=300)
    rows = np.linalg.pinv(np.asarray(found.jac)).reshape(5, *y.shape)
    influence = np.einsum("pij,ijr->pir", rows[[1, 3]], deviations)
    count = risks.shape[2]
    parts = (influence**2).sum(axis=2) / (count * (count - 1))
    freedom = parts.sum(axis=1) ** 2 / (parts**2 / (count - 1)).sum(axis=1)
    half = student.ppf(0.975, freedom) * np.sqrt(parts.sum(axis=1))
    (p, e), (a, b) = found.x[[1, 3]].tolist(), half.tolist()
    return (p - a, p + a), (e - b, e + b)


def single(risks: Array) -> tuple[float, float]:
    """Return what one slope at the smallest radius leaves open of e."""
    return outlook(fit(SIZES, list(risks[:, 0, :]), resamples=300), Corrections()) or (-9.0, 9.0)


def refuted(interval: tuple[float, float], exponent: float) -> bool:
    return interval[1] < exponent - MARGIN or interval[0] > exponent + MARGIN


def shares(truth: Truth, runs: int = RUNS, count: int = REPLICATES) -> dict[str, float]:
    """Return how often claims are REFUTED: right and wrong ones, by both rules."""
    rng = np.random.default_rng([runs, count])
    seen: dict[str, list[float]] = {}
    for _ in range(runs):
        risks = truth.draw(rng, count)
        p, e = joint(risks)
        for name, interval, right in (
            ("joint p", p, RADIAL), ("joint e", e, EXPONENT), ("single e", single(risks), EXPONENT)
        ):  # fmt: skip
            seen.setdefault(f"{name} right", []).append(refuted(interval, right))
            wrong = [refuted(interval, right + shift) for shift in (GAP, -GAP)]
            seen.setdefault(f"{name} wrong", []).append(sum(wrong) / 2)
    return {name: float(np.mean(found)) for name, found in seen.items()}


@pytest.mark.parametrize("cross", [0.0, 1.0])
def test_joint_fit_decides_more_often_where_its_model_is_true(cross: float) -> None:
    found = shares(Truth(cross=cross))
    assert found["joint e right"] <= 0.1
    assert found["joint p right"] <= 0.1
    assert found["joint e wrong"] >= 0.9 > found["single e wrong"]
    assert found["joint p wrong"] >= 0.6  # a wrong power of the radius is rejected


def test_joint_fit_refutes_the_truth_where_slopes_are_guarded() -> None:
    """A correction of the n-term by a factor 2.5 at 2^8: inside the class of corrections."""
    found = shares(Truth(correction=3.0))
    assert found["single e right"] <= 0.1
    assert found["joint e right"] >= 0.5
