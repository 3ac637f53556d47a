from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.estimators import GradientFlow
from ratecheck.functions import Function, Plain
from ratecheck.montecarlo.measured import Reading
from ratecheck.montecarlo.measurements import interpolation_damage as damage
from ratecheck.montecarlo.measurements.interpolant_risks import (
    CLEAN,
    INTERPOLANT,
    STOPPED,
    WAVE,
    InterpolantRisks,
    quantity,
    radius_at,
    wave,
)
from ratecheck.risk import adversarial_risks
from ratecheck.schedules import Power
from ratecheck.streams import Role, generator
from ratecheck.types import InputError, Status

UNIT = rc.domains.Interval(0.0, 1.0)
SHRINKING = Power(0.5, -0.5)
PLAIN = InterpolantRisks(
    kernel=rc.kernels.NeumannSobolev(c=1.0), domain=UNIT, noise=rc.noise.Gaussian(0.7),
    radii=(0.05, SHRINKING), time=Power(1.0, 2 / 3), target=WAVE,
)  # fmt: skip
MAP = damage.InterpolationDamage(
    kernel=rc.kernels.NeumannSobolev(c=1.0), target=WAVE, ball=4.4, sigmas=(0.01, 1.0),
    radii=(0.0, 0.05), steps=3,
)  # fmt: skip


def streams(role: Role) -> np.random.Generator:
    return generator(3, "test", role=role)


def found(readings: list[Reading], series: str, name: str) -> Reading:
    (reading,) = [r for r in readings if (r.series, r.quantity) == (series, name)]
    return reading


def test_readings_are_the_risks_of_the_two_fits_over_the_variance() -> None:
    n = 128
    readings = PLAIN.measure(n, streams)
    X = UNIT.design(n, streams("design"))
    y = wave(X) + PLAIN.noise.draw(n, streams("noise"))
    f: Function = Plain(call=wave)
    interpolant, flow = rc.Interpolant(), GradientFlow(operator="eigh")
    end = interpolant.path(interpolant.prepare(PLAIN.kernel, X), y).function(0)
    early = flow.path(flow.prepare(PLAIN.kernel, X), y, np.array([n ** (2 / 3)])).function(0)
    radii = {quantity(0.05): 0.05, quantity(SHRINKING): SHRINKING(n), CLEAN: 0.0}
    for series, fit in ((INTERPOLANT, end), (STOPPED, early)):
        expected = adversarial_risks(fit, f, UNIT, tuple(radii.values()))
        for (name, radius), risk in zip(radii.items(), expected, strict=True):
            reading = found(readings, series, name)
            assert reading.value == pytest.approx(risk.value / 0.49, rel=1e-6)
            assert reading.radius == radius
            assert reading.status is Status.CONVERGED
    assert found(readings, INTERPOLANT, CLEAN).time == np.inf
    assert found(readings, STOPPED, CLEAN).time == pytest.approx(n ** (2 / 3))
    assert len(readings) == 6


def test_large_sizes_leave_out_the_company() -> None:
    readings = replace(PLAIN, beside_to=64).measure(128, streams)
    assert {r.series for r in readings} == {INTERPOLANT}
    assert {r.quantity for r in readings} == {quantity(0.05), quantity(SHRINKING)}


@pytest.mark.parametrize(
    ("kernel", "domain", "equispaced"),
    [
        (rc.kernels.LiftedNTK(depth=2), UNIT, False),
        (rc.kernels.PeriodicSobolev(order=2), rc.domains.Torus(1), True),
        (rc.kernels.Brownian(), UNIT, False),
    ],
)
def test_other_kernels_and_designs(
    kernel: rc.kernels.Kernel, domain: rc.domains.Domain, equispaced: bool
) -> None:
    made = replace(PLAIN, kernel=kernel, domain=domain, equispaced=equispaced, target=None)
    readings = made.measure(64, streams)
    attacked = found(readings, INTERPOLANT, quantity(0.05)).value
    assert attacked > found(readings, INTERPOLANT, CLEAN).value
    assert attacked > 5 * found(readings, STOPPED, quantity(0.05)).value


def test_parameters_are_validated() -> None:
    with pytest.raises(InputError, match="sigma"):
        replace(PLAIN, noise=rc.noise.Gaussian(0.0))
    with pytest.raises(InputError, match="beside_to"):
        replace(PLAIN, beside_to=0)
    assert radius_at(SHRINKING, 16) == 0.125


def test_damage_is_the_ratio_of_its_own_risks() -> None:
    readings = MAP.measure(200, streams)
    for sigma in MAP.sigmas:
        for radius in MAP.radii:
            name = damage.quantity(radius, sigma)
            end, early, best = (
                found(readings, s, name).value for s in (INTERPOLANT, STOPPED, damage.BEST)
            )
            assert best <= early
            assert found(readings, damage.RATIO, name).value == pytest.approx(np.log10(end / early))
            ratio = found(readings, damage.BEST_RATIO, name).value
            assert ratio == pytest.approx(np.log10(end / best))
    noisy, still = (
        found(readings, damage.RATIO, damage.quantity(0.05, s)).value for s in (1.0, 0.01)
    )
    assert noisy > 0.8
    assert abs(still) < 0.05


def test_damage_stops_at_the_best_time_in_the_worst_case() -> None:
    """The time minimises R^2/(2 e t) + sigma^2 N_2(t)/n with the effective dimension of H^1."""
    n, sigma = 4096, 0.3
    eigenvalues = 1 / (1 + np.pi**2 * np.arange(20_000.0) ** 2)

    def bound(t: float) -> float:
        spread = float(np.sum(np.expm1(-t * eigenvalues) ** 2)) * sigma**2 / n
        return MAP.ball**2 / (2 * np.e * t) + spread

    t = MAP.time(n, sigma)
    assert bound(t) <= min(bound(t / 1.5), bound(t * 1.5))
    assert bound(t) < 0.9 * bound(t * 8)


def test_damage_validates() -> None:
    for changes in ({"sigmas": (0.0,)}, {"radii": (-1.0,)}, {"steps": 0}, {"ball": 0.0}):
        with pytest.raises(InputError):
            replace(MAP, **changes)
