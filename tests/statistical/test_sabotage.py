"""Estimators sabotaged in known ways: each is flagged, and its unsabotaged twin is CONSISTENT.

Small studies through `ratecheck.run`. Corrections to the powers are excluded beforehand: what is
tested is that a wrong estimator is noticed, not how long a window must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.montecarlo import cell
from ratecheck.montecarlo.calibrate import ball_radius, theory_time
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.noise import Noise
from ratecheck.reporting import Report
from ratecheck.stopping.base import StoppingRule
from ratecheck.streams import Role, generator
from ratecheck.types import Array, Outcome, Status

S, SIGMA, FIRST = 1.0, 0.5, 256
SIZES = tuple(2**k for k in range(8, 14))
DOMAIN, KERNEL = rc.domains.Torus(d=1), rc.kernels.PeriodicSobolev(order=1)
CLAIM = rc.theory.clean_minimax(1, 1)
RADIUS = ball_radius(KERNEL, DOMAIN, S, SIGMA, size=FIRST, dimension=8)
START = theory_time(KERNEL, DOMAIN, S, SIGMA, RADIUS, size=FIRST)
RIGHT_TIME = 2 / 3  # 2m / (2s + d)


@final
@dataclass(frozen=True, slots=True)
class Louder(Noise):
    """Six times as large as it says."""

    sigma: float

    def _standard(self, n: int, rng: np.random.Generator) -> Array:
        return np.asarray(6 * rng.standard_normal(n))


def stopped(exponent: float = RIGHT_TIME) -> StoppingRule:
    """The best time at the first size, growing like a power."""
    return rc.stopping.PowerTime(c=START / FIRST**exponent, exponent=exponent)


def study(
    rule: StoppingRule,
    *,
    order: int = 1,
    smoothness: float = S,
    noise: Noise | None = None,
    sizes: tuple[int, ...] = SIZES,
    **claimed: Any,
) -> rc.RateStudy:
    settings: dict[str, Any] = {"claim": CLAIM, "margin": 0.1} | claimed
    others = (rc.stopping.Oracle(),) if "relative_to" in claimed else ()
    return rc.RateStudy(
        name="sabotage",
        problem=rc.Problem(
            domain=DOMAIN,
            kernel=rc.kernels.PeriodicSobolev(order=order),
            target=rc.targets.Sobolev(smoothness, RADIUS),
            noise=noise or rc.noise.Gaussian(SIGMA),
        ),
        estimator=rc.GradientFlow(tolerance=1e-4),
        stopping=(rule, *others),
        sizes=sizes,
        replicates=16,
        grid_ratio=2.0,
        claims=(
            rc.Expectation(
                stopping=rule.name,
                risk="clean",
                corrections=rc.slopes.Corrections(factor=1, logs=0),
                **settings,
            ),
        ),
    )


def word(made: rc.RateStudy | rc.MeasuredStudy, folder: Path) -> Outcome:
    return run(made, folder).verdicts[0].outcome


def run(made: rc.RateStudy | rc.MeasuredStudy, folder: Path) -> Report:
    return rc.run(made, results=folder)


def test_the_twin_is_consistent(tmp_path: Path) -> None:
    assert word(study(stopped()), tmp_path) is Outcome.CONSISTENT


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (stopped(2 * RIGHT_TIME), {}),  # variance rules: n^-1/3
        (stopped(), {"order": 2}),  # bias t^(-s/2) = n^-1/3
        (stopped(), {"smoothness": 0.6}),  # bias t^-0.6 = n^-0.4
    ],
    ids=["time exponent", "kernel of the wrong order", "rougher target"],
)
def test_a_wrong_exponent_is_refuted(
    rule: StoppingRule, changes: dict[str, Any], tmp_path: Path
) -> None:
    assert word(study(rule, **changes), tmp_path) is Outcome.REFUTED


def test_a_wrong_noise_level_is_refuted_by_its_distance_to_the_oracle(tmp_path: Path) -> None:
    """It changes no exponent, but a constant: the ratio to the oracle passes its ceiling."""
    flat = rc.theory.Claim(**{**_fields(CLAIM), "name": "ratio", "exponent": 0 * CLAIM.exponent})
    claimed: dict[str, Any] = {
        "claim": flat,
        "relative_to": "Oracle",
        "ceiling": 2.0,
        "margin": 0.15,
    }
    rule = rc.stopping.TheoryTime()
    twin, loud = (study(rule, noise=n, **claimed) for n in (None, Louder(SIGMA)))
    assert word(twin, tmp_path / "twin") is Outcome.CONSISTENT
    report = run(loud, tmp_path / "loud")
    assert report.verdicts[0].outcome is Outcome.REFUTED
    assert "above 2" in report.verdicts[0].verdict.reason


def _fields(claim: rc.theory.Claim) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in claim.__slots__}


@pytest.mark.parametrize("shared", [16, 2])
def test_seeds_that_replicates_share_are_noticed(
    shared: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of 16 replicates, and pairs of them, get the same streams."""

    def sharing(root: int, *names: Any, role: Role) -> np.random.Generator:
        *first, replicate = names
        return generator(root, *first, replicate // shared, role=role)

    monkeypatch.setattr(cell, "generator", sharing)
    report = run(study(stopped(), sizes=SIZES[:3]), tmp_path)
    (found,) = report.verdicts
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "bad status" in found.verdict.reason
    (sample,) = report.samples.values()
    copies = 16 - 16 // shared
    assert sample.statuses[Status.DUPLICATE.name] == 3 * copies


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Regression(Measurement):
    """Gradient flow on the torus, its error taken at fresh points, or at those it was fitted to."""

    on_training_points: bool

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        X = streams("design").uniform(size=(size, 1))
        y = target(X) + SIGMA * streams("noise").standard_normal(size)
        flow = rc.GradientFlow(tolerance=1e-4)
        path = flow.path(
            flow.prepare(KERNEL, X), y, np.array([START * (size / FIRST) ** RIGHT_TIME])
        )
        fresh = streams("probe").uniform(size=(400, 1))
        points, truth = (X, y) if self.on_training_points else (fresh, target(fresh))
        error = float(np.mean((flow.predict(path, points)[0] - truth) ** 2))
        return [Reading(series="flow", quantity="risk", value=error)]


def target(X: Array) -> Array:
    """A function of the ball: amplitudes k^(-3/2 - 0.01), norm in H^1 the radius."""
    k = np.arange(1, 200)
    amplitude = k**-1.51
    scale = RADIUS / np.sqrt(((2 * np.pi * k) ** 2 * amplitude**2).sum() / 2)
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, k.size)
    waves = np.cos(2 * np.pi * X * k + phases)
    return np.asarray(scale * waves @ amplitude)


@pytest.mark.parametrize(
    ("sabotaged", "expected"), [(False, Outcome.CONSISTENT), (True, Outcome.REFUTED)]
)
def test_risk_on_the_training_points_is_refuted(
    sabotaged: bool, expected: Outcome, tmp_path: Path
) -> None:
    (held,) = study(stopped()).expectations
    made = rc.MeasuredStudy(
        name="training",
        measurement=Regression(on_training_points=sabotaged),
        sizes=SIZES,
        replicates=16,
        claims=(
            rc.Expectation(
                claim=CLAIM, stopping="flow", risk="risk", margin=0.1, corrections=held.corrections
            ),
        ),
    )
    assert word(made, tmp_path) is expected
