from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.domains import Domain
from ratecheck.functions import FourierSeries
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.measured import Reading, Streams
from ratecheck.montecarlo.measurements.training_curves import (
    CLEAN,
    EXACT,
    NOISY,
    TrainingCurves,
    adversarial,
    rise,
    shift,
)
from ratecheck.risk import adversarial_risks
from ratecheck.streams import generator
from ratecheck.types import InputError, Status

RADII = (0.02, 0.1)
SETTINGS: list[tuple[Kernel, Domain]] = [
    (rc.kernels.PeriodicSobolev(order=1), rc.domains.Torus()),
    (rc.kernels.LiftedNTK(depth=2), rc.domains.Interval(0.0, 1.0)),
]


def measurement(kernel: Kernel, domain: Domain, sigma: float = 0.5) -> TrainingCurves:
    return TrainingCurves(
        kernel=kernel, domain=domain, target=rc.targets.Sobolev(2.0, 40.0, band=16),
        noise=rc.noise.Gaussian(sigma), radii=RADII, decades=(-2.0, 9.0), per_decade=1,
    )  # fmt: skip


def streams(replicate: int) -> Streams:
    return lambda role: generator(0, "curves", replicate, role=role)


def by_curve(readings: list[Reading]) -> Mapping[tuple[str, str], list[Reading]]:
    found: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        found.setdefault((reading.series, reading.quantity), []).append(reading)
    return found


@pytest.fixture(scope="module", params=SETTINGS, ids=repr)
def case(request: pytest.FixtureRequest) -> tuple[TrainingCurves, list[Reading]]:
    made = measurement(*request.param)
    return made, made.measure(40, streams(0))


def test_every_curve_ends_with_the_interpolant(case: tuple[TrainingCurves, list[Reading]]) -> None:
    made, readings = case
    curves = by_curve(readings)
    risks = (CLEAN, *map(adversarial, RADII))
    expected = {(s, q) for s in (NOISY, EXACT) for q in (*risks, *map(rise, risks))}
    assert set(curves) == expected | {(NOISY, shift(r)) for r in RADII}
    for series in (NOISY, EXACT):
        for risk in risks:
            curve = curves[series, risk]
            assert [r.index for r in curve] == list(range(13))
            np.testing.assert_allclose([r.time for r in curve[:-1]], made.times)  # type: ignore[arg-type] # finite here
            assert curve[-1].time == np.inf
            assert all(r.status is Status.CONVERGED for r in curve)
            assert curve[-1].value == pytest.approx(curve[-2].value, rel=1e-3)


def test_the_first_fit_is_nearly_zero(case: tuple[TrainingCurves, list[Reading]]) -> None:
    made, readings = case
    f = made.target.realise(made.domain, streams(0)("target"))
    power = float(np.mean(f(made.domain.grid(2**12)) ** 2))
    for risk in (CLEAN, *map(adversarial, RADII)):
        assert by_curve(readings)[NOISY, risk][0].value == pytest.approx(power, rel=0.1)


def test_clean_risks_are_those_of_the_fits(case: tuple[TrainingCurves, list[Reading]]) -> None:
    made, readings = case
    f = made.target.realise(made.domain, streams(0)("target"))
    X = made.domain.design(40, streams(0)("design"))
    y = f(X) + made.noise.draw(40, streams(0)("noise"))
    estimator = rc.GradientFlow(operator="eigh")
    path = estimator.path(estimator.prepare(made.kernel, X), y, made.times)
    grid = made.domain.grid(2**14)
    slow = np.mean((estimator.predict(path, grid) - f(grid)) ** 2, axis=1)
    found = [r.value for r in by_curve(readings)[NOISY, CLEAN][:-1]]
    np.testing.assert_allclose(found, slow, rtol=1e-3)


def test_ratios_and_distances_are_those_of_the_curves(
    case: tuple[TrainingCurves, list[Reading]],
) -> None:
    curves = by_curve(case[1])
    for risk in (CLEAN, *map(adversarial, RADII)):
        values = [r.value for r in curves[NOISY, risk]]
        assert curves[NOISY, rise(risk)][0].value == pytest.approx(values[-1] / min(values))
    best = {
        q: np.argmin([r.value for r in curves[NOISY, q][:-1]])
        for q in (CLEAN, *map(adversarial, RADII))
    }
    for r in RADII:
        distance = curves[NOISY, shift(r)][0].value
        assert abs(distance - (best[adversarial(r)] - best[CLEAN])) <= 1.0  # decades are steps


def test_without_noise_both_series_agree() -> None:
    curves = by_curve(measurement(*SETTINGS[0], sigma=0.0).measure(30, streams(1)))
    for risk in (CLEAN, *map(adversarial, RADII)):
        noisy, exact = ([r.value for r in curves[s, risk]] for s in (NOISY, EXACT))
        assert noisy == exact


def test_streams_decide_everything() -> None:
    made = measurement(*SETTINGS[1])
    assert made.measure(20, streams(2)) == made.measure(20, streams(2))
    assert made.measure(20, streams(2)) != made.measure(20, streams(3))


@pytest.mark.parametrize(("r", "ratio"), [(0.01, 1.04), (0.03, 1.13), (0.1, 1.5)])
def test_room_for_a_rise_without_noise(r: float, ratio: float) -> None:
    """The target's own risk over the certified floor, as the study's rules quote it."""
    domain = rc.domains.Torus()
    f = FourierSeries(coefficients=np.array([0, 0.5 + 0j]), chart=domain.chart)
    own = adversarial_risks(f, f, domain, (r,))[0].value
    X = domain.grid(999)
    floor = 0.25 * float(np.mean((f(X + 2 * r) - f(X)) ** 2))
    assert own / floor == pytest.approx(ratio, abs=0.02)


@pytest.mark.parametrize("changes", [{"radii": (0.0,)}, {"decades": (1.0, 1.0)}, {"per_decade": 0}])
def test_refusals(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(measurement(*SETTINGS[0]), **changes)
