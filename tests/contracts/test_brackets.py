"""Laws of brackets: never crossed, around the exact value in one dimension, invariant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.charts import turns
from ratecheck.domains import Circle, Cube, Domain, Interval, Torus
from ratecheck.estimators import GradientFlow
from ratecheck.functions import Plain
from ratecheck.kernels import (
    NTK,
    Brownian,
    BrownianPlusOne,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.risk import (
    Adversarial,
    Budget,
    Expansion,
    adversarial_bracket,
    adversarial_risk,
    as_expansion,
)
from ratecheck.risk.attack import Region
from ratecheck.risk.certificate import Rise, certificate
from ratecheck.risk.windows import translated
from ratecheck.types import Array, Status
from tests.benchmarks.bracket_cases import SETTINGS, Case, random_case

seeds = st.integers(0, 10**9)
radii = st.floats(-2.5, 0.3).map(lambda e: 10.0**e)
LINE: list[tuple[Kernel, Domain]] = [
    *((PeriodicSobolev(order=m), Torus()) for m in (1, 2)),
    (NTK(depth=3), Circle()),
    (NTK(depth=2, bias=1.0), Circle()),
    (Laplace(scale=0.5), Circle()),
    (Brownian(), Interval()),
    (BrownianPlusOne(), Interval(0, 2)),
    (NeumannSobolev(c=3.0), Interval()),
    (Laplace(scale=0.3), Interval(-1, 1)),
    (Matern(nu=1.5, length=0.5), Interval(-1, 1)),
    (Gaussian(length=0.3), Interval(-1, 1)),
    (LiftedNTK(depth=2), Interval(-1, 1)),
    (LiftedNTK(depth=3), Interval(-1, 1)),
]


@settings(max_examples=60)
@given(seed=seeds)
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_certificate_is_never_below_the_attack(setting: str, seed: int) -> None:
    case = random_case(seed, setting)
    found = case.bracket()
    assert found.status is Status.CONVERGED
    assert (found.losses <= found.bounds).all()
    assert np.isfinite(found.bounds).all()
    assert (found.width >= 0).all()


def trained(kernel: Kernel, domain: Domain, seed: int) -> Expansion:
    """Return fits from first steps to over-training on noisy data."""
    rng = np.random.default_rng(seed)
    X = domain.design(40, rng)
    y = np.sin(3 * X[:, 0]) + rng.standard_normal(40)
    flow = GradientFlow(operator="eigh")
    return as_expansion(flow.path(flow.prepare(kernel, X), y, np.array([1.0, 1e2, 1e6])))


def exact(fits: Expansion, against: Array, X: Array, r: float, domain: Domain) -> Array:
    """Return sup (f_t(x') - against)^2 over windows of the line: fine nodes, ends, all kinks."""
    offsets = np.linspace(-r, r, 2001)
    out = np.empty((len(X), fits.count))
    for i, x in enumerate(X):
        nodes = np.concatenate([translated(domain, x[None], h) for h in offsets])
        inside = distance(domain, fits.centres, x) <= r
        values = fits.values(np.vstack([nodes, fits.centres[inside]]))
        out[i] = np.max((values - against[i]) ** 2, axis=0)
    return out


def distance(domain: Domain, X: Array, x: Array) -> Array:
    if isinstance(domain, Circle):
        return np.asarray(
            2 * np.arctan2(np.linalg.norm(X - x, axis=1), np.linalg.norm(X + x, axis=1))
        )
    gap = np.abs(X - x)[:, 0]
    return np.asarray(np.minimum(turns(gap), turns(-gap)) if isinstance(domain, Torus) else gap)


@settings(max_examples=6)
@given(seed=seeds, r=radii)
@pytest.mark.parametrize(("kernel", "domain"), LINE, ids=repr)
def test_brackets_hold_the_exact_value_in_one_dimension(
    kernel: Kernel, domain: Domain, seed: int, r: float
) -> None:
    fits = trained(kernel, domain, seed)
    rng = np.random.default_rng(seed)
    X, against = domain.design(5, rng), rng.standard_normal(5)
    found = adversarial_bracket(fits, against, X, r, domain=domain)
    truth = exact(fits, against, X, r, domain)
    assert (truth <= found.bounds * (1 + 1e-12)).all()
    # nodes and kinks miss what lies between two nodes: second order in their distance
    assert (found.losses <= truth * (1 + 2e-3) + 1e-9).all()
    assert (found.attack >= 0.99 * truth.mean(axis=0)).all()


@settings(max_examples=4)
@given(seed=seeds, r=st.floats(0.01, 0.2))
@pytest.mark.parametrize("reference", ["mean over points", "mean over the domain"])
def test_brackets_hold_the_exact_risks(reference: str, seed: int, r: float) -> None:
    """Against the two exact routes of one dimension."""
    domain, kernel = Torus(), PeriodicSobolev(order=2)
    fits = trained(kernel, domain, seed).restricted([1])
    f_hat = KernelExpansion(kernel=kernel, centres=fits.centres, weights=fits.weights[:, 0])
    X = domain.grid(200)
    target = Plain(call=lambda X: np.sin(2 * np.pi * X[:, 0]))
    found = adversarial_bracket(fits, target, X, r, domain=domain)
    if reference == "mean over points":
        value = adversarial_risk(f_hat, target, X, r, domain=domain)
        assert found.attack[0] <= value * (1 + 1e-4)
        assert value <= found.certificate[0]
        assert found.attack[0] >= value * (1 - 1e-3)
    else:
        both = Adversarial(radius=r).evaluate(f_hat, target, domain, 40)
        slack = both.error + 2e-3 * both.value  # 200 points instead of the integral
        assert found.attack[0] - slack <= both.value <= found.certificate[0] + slack


@settings(max_examples=20)
@given(seed=seeds, factor=st.floats(1, 3))
def test_larger_balls_are_not_safer(seed: int, factor: float) -> None:
    case = random_case(seed)
    larger = replace(case, radius=case.radius * factor)
    assert (case.bracket().losses <= larger.bracket().bounds).all()


@settings(max_examples=20)
@given(seed=seeds)
def test_maximum_norm_balls_and_the_whole_space_hold_more(seed: int) -> None:
    case = replace(random_case(seed, "cube"), norm=2)
    wider = (replace(case, norm=np.inf), replace(case, domain=None))
    for other in wider:
        assert (case.bracket().losses <= other.bracket().bounds).all()
    # and the other way round: the Euclidean ball of radius r sqrt(d) holds the cube of radius r
    root = float(np.sqrt(case.X.shape[1]))
    outer = replace(case, radius=case.radius * root)
    assert (wider[0].bracket().losses <= outer.bracket().bounds).all()


@settings(max_examples=20)
@given(seed=seeds, log_scale=st.floats(-3, 3))
def test_units_of_the_response_do_not_matter(seed: int, log_scale: float) -> None:
    case, scale = random_case(seed), 10.0**log_scale
    other = scaled(case, -scale)
    before, after = case.bracket(), other.bracket()
    # the candidates tie in another order where a sign changes: attacks agree to their quality
    assert after.bounds == pytest.approx(scale**2 * before.bounds, rel=1e-6)
    assert (after.losses <= scale**2 * before.bounds * (1 + 1e-9)).all()


def scaled(case: Case, factor: float) -> Case:
    fits = replace(case.fits, weights=factor * case.fits.weights)
    return replace(case, fits=fits, against=factor * case.against)


@settings(max_examples=20)
@given(seed=seeds)
def test_rotations_change_nothing(seed: int) -> None:
    case = random_case(seed, "sphere")
    d = case.X.shape[1]
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0]
    turned = replace(
        case, X=_unit(case.X @ Q.T), fits=replace(case.fits, centres=_unit(case.fits.centres @ Q.T))
    )
    before, after = case.bracket(), turned.bracket()
    assert after.bounds == pytest.approx(before.bounds, rel=1e-5)
    assert (after.losses <= before.bounds * (1 + 1e-5)).all()


def _unit(X: Array) -> Array:
    return np.asarray(X / np.linalg.norm(X, axis=1, keepdims=True))


@settings(max_examples=20)
@given(seed=seeds)
def test_order_of_centres_and_splitting_of_weights_do_not_matter(seed: int) -> None:
    case = random_case(seed)
    order = np.random.default_rng(seed).permutation(len(case.fits.centres))
    mixed = replace(case.fits, centres=case.fits.centres[order], weights=case.fits.weights[order])
    other = replace(case, fits=mixed).bracket()
    assert other.bounds == pytest.approx(case.bracket().bounds, rel=1e-6)
    alone = replace(case, fits=case.fits.restricted([1])).bracket()
    assert alone.bounds[:, 0] == pytest.approx(case.bracket().bounds[:, 1], rel=1e-9)


def test_a_wrong_certificate_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: bounds for nine tenths of the radius are crossed."""
    from ratecheck.risk import bracket as module

    honest = certificate

    def careless(fits: Expansion, X: Array, region: Region) -> Rise:
        return honest(fits, X, region.enlarged(-0.1 * region.radius))

    monkeypatch.setattr(module, "certificate", careless)
    budget = Budget(centres=6, random=8, anchors=3, starts=4, steps=8, polish=10)
    crossed = sum(
        bool((found.losses > found.bounds).any())
        for found in (random_case(seed).bracket(budget) for seed in range(40))
    )
    assert crossed >= 10


def test_cubes_are_respected() -> None:
    rng = np.random.default_rng(0)
    fits = Expansion(
        kernel=LiftedNTK(depth=2), centres=rng.random((20, 3)), weights=rng.standard_normal((20, 1))
    )
    X = rng.random((10, 3))
    inner = adversarial_bracket(fits, np.zeros(10), X, 1.0, domain=Cube(3))
    outer = adversarial_bracket(fits, np.zeros(10), X, 1.0)
    assert (inner.losses <= outer.losses * (1 + 1e-6)).all()
    assert inner.attack[0] < 0.9 * outer.attack[0]
