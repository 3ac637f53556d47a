from __future__ import annotations

import numpy as np
import pytest

from ratecheck.domains import Circle, Cube, Domain, Interval, Torus
from ratecheck.filters import GradientFlowFilter
from ratecheck.functions import FourierSeries
from ratecheck.kernels import NTK, Kernel, LiftedNTK, PeriodicSobolev
from ratecheck.montecarlo.calibrate import ball_radius, small_attack
from ratecheck.operators.population import population
from ratecheck.risk import adversarial_risks
from ratecheck.stopping import TheoryTime
from ratecheck.stopping.setting import Setting
from ratecheck.stopping.theory_time import variance, worst_case_bias
from ratecheck.targets.base import frequencies
from ratecheck.theory import critical_radius_exponent
from ratecheck.types import InputError, UnsupportedError

CASES: tuple[tuple[Kernel, Domain], ...] = (
    (PeriodicSobolev(order=1), Torus()),
    (PeriodicSobolev(order=2), Torus()),
    (NTK(depth=3), Circle()),
    (LiftedNTK(depth=2), Interval(-1, 1)),
)
every = pytest.mark.parametrize(("kernel", "domain"), CASES, ids=repr)


def setting(
    kernel: Kernel, domain: Domain, s: float, sigma: float, radius: float, n: int
) -> Setting:
    known, flow = population(kernel, domain), GradientFlowFilter()
    return Setting(
        size=n, filter=flow, order=known.order, scale=known.scale, sigma=sigma,
        effective_dimension=lambda t: known.effective_dimension(flow, t),
        largest_eigenvalue=known.largest, smoothness=s, radius=radius,
    )  # fmt: skip


def best(chosen: Setting) -> tuple[float, float]:
    """Return N_2 at the theory's time, and the bound on the risk there."""
    t = TheoryTime().planned(chosen)[0]
    return chosen.effective_dimension(t), worst_case_bias(chosen, t) + variance(chosen, t)


@every
@pytest.mark.parametrize("s", [0.75, 1.0, 2.0])
@pytest.mark.parametrize(("n", "dimension"), [(256, 8.0), (1024, 12.0)])
def test_the_theory_time_has_the_target_dimension(
    kernel: Kernel, domain: Domain, s: float, n: int, dimension: float
) -> None:
    radius = ball_radius(kernel, domain, s, 0.5, size=n, dimension=dimension)
    assert radius == float(f"{radius:.2g}")
    found, _ = best(setting(kernel, domain, s, 0.5, radius, n))
    assert found == pytest.approx(dimension, rel=0.04)  # two digits of R
    off, _ = best(setting(kernel, domain, s, 0.5, 1.5 * radius, n))
    assert off != pytest.approx(dimension, rel=0.04)


@every
def test_signal_and_noise_scale_together(kernel: Kernel, domain: Domain) -> None:
    one = ball_radius(kernel, domain, 1.0, 0.5, size=256, dimension=8)
    ten = ball_radius(kernel, domain, 1.0, 5.0, size=256, dimension=8)
    assert ten == pytest.approx(10 * one)


def largest_modulus(domain: Domain, s: float, radius: float, r: float) -> float:
    """Return sup over single waves of norm R of E sup_{|h| <= r} |f(x+h) - f(x)|^2.

    By its period, each wave is the first one of the torus under an attack of another radius.
    """
    period = domain.length if domain.periodic else 2 * domain.length
    k = np.unique(np.geomspace(1, max(period / r, 2), 40).astype(int))
    size = radius * frequencies(domain, int(k[-1]), s)[k - 1] ** -s / np.sqrt(2)
    unit = FourierSeries(coefficients=np.array([0, 1 + 0j]), chart=Torus().chart)
    turns = tuple(np.minimum(k * r / period, 0.5))
    found = adversarial_risks(unit, unit, Torus(), turns)
    return max(float(c**2 * value.value) for c, value in zip(size, found, strict=True))


@every
@pytest.mark.parametrize("s", [0.75, 1.0, 2.0])
def test_the_share_of_the_attack_is_what_was_asked_for_and_stays(
    kernel: Kernel, domain: Domain, s: float
) -> None:
    n, share = 256, 0.1
    radius = ball_radius(kernel, domain, s, 0.5, size=n, dimension=8)
    attack = small_attack(kernel, domain, s, 0.5, radius, size=n, share=share)
    assert attack.exponent == -float(critical_radius_exponent(str(s), 1))
    shares = []
    for size in (n, 16 * n, 256 * n, 2**20):
        _, risk = best(setting(kernel, domain, s, 0.5, radius, size))
        shares.append(largest_modulus(domain, s, radius, attack(size)) / risk)
    assert 0.4 * share <= shares[0] <= 1.05 * share  # a bound on the modulus, and two digits
    # constant in n up to what N_2 still lacks of its power law
    assert max(shares) <= 1.2 * min(shares)
    _, risk = best(setting(kernel, domain, s, 0.5, radius, 2**20))
    wrong = attack.c * (2**20) ** (1.3 * attack.exponent)
    assert largest_modulus(domain, s, radius, wrong) / risk < 0.7 * min(shares)


def test_refusals() -> None:
    kernel = PeriodicSobolev(order=1)
    with pytest.raises(InputError, match="sigma must be positive"):
        ball_radius(kernel, Torus(), 1.0, 0.0, size=256, dimension=8)
    with pytest.raises(UnsupportedError, match=r"known|one dimension"):
        small_attack(NTK(depth=2), Cube(2), 2.0, 0.5, 1.0, size=256)
