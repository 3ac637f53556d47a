"""Laws of smoothed estimators, whatever the estimator, the kernel and the domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratecheck as rc
from ratecheck.estimators import GradientFlow, Ridge
from ratecheck.kernels import (
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
from ratecheck.smoothing import Extension, MonteCarlo, Smoothed, smooth
from ratecheck.types import Array, InputError

TIMES = np.array([0.5, 50.0, 5e4])


@dataclass(frozen=True)
class Case:
    kernel: Kernel
    columns: int = 1
    on_circle: bool = False

    def points(self, n: int, rng: np.random.Generator) -> Array:
        if not self.on_circle:
            return rng.random((n, self.columns))
        theta = 2 * np.pi * rng.random(n)
        return np.stack([np.cos(theta), np.sin(theta)], axis=1)


CASES = (
    Case(PeriodicSobolev(order=1)),
    Case(PeriodicSobolev(order=2)),
    Case(NeumannSobolev(c=1.0)),
    Case(Brownian()),
    Case(BrownianPlusOne()),
    Case(Laplace(scale=0.5)),
    Case(Matern(nu=1.5, length=0.4)),
    Case(Gaussian(length=0.3)),
    Case(Laplace(scale=0.5), columns=4),
    Case(Gaussian(length=0.5), columns=10),
    Case(2.0 * Gaussian(length=0.5) + Laplace(scale=0.1), columns=2),
    Case(Laplace(scale=0.7), columns=2, on_circle=True),
)
every = pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.kernel!r}-{c.columns}")
seeds = st.integers(0, 10**6)
sigmas = st.floats(1e-3, 1.0)


def fitted(
    case: Case, estimator: Smoothed, n: int, seed: int, *, y: Array | None = None
) -> tuple[Array, Array]:
    """Return the predictions (T, 7) on new points, and the new points."""
    rng = np.random.default_rng(seed)
    X, new = case.points(n, rng), case.points(7, rng)
    y = rng.standard_normal(n) if y is None else y
    path = estimator.path(estimator.prepare(case.kernel, X), y, TIMES)
    assert path.is_exact
    return estimator.predict(path, new), new


@every
@settings(max_examples=5, deadline=None)
@given(n=st.integers(2, 90), seed=seeds, s=sigmas)
def test_functions_and_predictions_are_the_same(case: Case, n: int, seed: int, s: float) -> None:
    rng = np.random.default_rng(seed)
    X, new = case.points(n, rng), case.points(7, rng)
    estimator = Smoothed(GradientFlow(), s)
    path = estimator.path(estimator.prepare(case.kernel, X), rng.standard_normal(n), TIMES)
    assert np.array_equal(path.times, TIMES)
    assert path.status == path.path.status
    assert len(path.status) == 3
    rows = [path.function(i)(new) for i in range(3)]
    assert estimator.predict(path, new) == pytest.approx(np.stack(rows), abs=1e-10)
    assert not path.errors(new).any()


@every
@settings(max_examples=5, deadline=None)
@given(n=st.integers(2, 40), seed=seeds, s=sigmas, a=st.floats(-3, 3))
def test_smoothed_fits_are_linear(case: Case, n: int, seed: int, s: float, a: float) -> None:
    rng = np.random.default_rng(seed + 1)
    y, z = rng.standard_normal(n), rng.standard_normal(n)
    estimator = Smoothed(Ridge(), s)
    left, _ = fitted(case, estimator, n, seed, y=a * y + z)
    right = a * fitted(case, estimator, n, seed, y=y)[0] + fitted(case, estimator, n, seed, y=z)[0]
    assert left == pytest.approx(right, abs=1e-7 * (1 + np.abs(right).max()))


@every
@settings(max_examples=5, deadline=None)
@given(n=st.integers(2, 90), seed=seeds, a=st.floats(0.02, 0.5), b=st.floats(0.02, 0.5))
def test_semigroup(case: Case, n: int, seed: int, a: float, b: float) -> None:
    """Smoothing twice is smoothing once with the variances added."""
    inner = Smoothed(GradientFlow(), a)
    twice, _ = fitted(case, Smoothed(inner, b), n, seed)
    once, _ = fitted(case, Smoothed(GradientFlow(), float(np.hypot(a, b))), n, seed)
    size = 1 + np.abs(once).max()
    assert twice == pytest.approx(once, abs=1e-9 * size)
    wrong, _ = fitted(case, Smoothed(GradientFlow(), a + b), n, seed)
    if a + b > 1.2 * np.hypot(a, b) and np.hypot(a, b) > 0.2:
        assert np.abs(wrong - once).max() > 1e-7 * np.abs(once).max()


@every
@settings(max_examples=4, deadline=None)
@given(n=st.integers(2, 90), seed=seeds)
def test_no_noise_changes_nothing_and_little_changes_little(case: Case, n: int, seed: int) -> None:
    """|f_s - f| <= s E|Z| Lip(f), and 0 at s = 0."""
    rng = np.random.default_rng(seed)
    X, new = case.points(n, rng), case.points(7, rng)
    y = rng.standard_normal(n)
    plain = GradientFlow().path(GradientFlow().prepare(case.kernel, X), y, TIMES[:2])
    expected = GradientFlow().predict(plain, new)
    gaps = []
    for s in (0.0, 1e-4, 1e-3):
        estimator = Smoothed(GradientFlow(), s)
        path = estimator.path(estimator.prepare(case.kernel, X), y, TIMES[:2])
        gaps.append(float(np.abs(estimator.predict(path, new) - expected).max()))
    assert gaps[0] < 1e-9
    assert gaps[1] <= 1e-4 * 3 * 200
    assert gaps[1] <= 0.5 * gaps[2] + 1e-7


@every
@settings(max_examples=5, deadline=None)
@given(seed=seeds, s=st.floats(0.02, 1.0))
def test_lipschitz_bound(case: Case, seed: int, s: float) -> None:
    """|f_s(x) - f_s(y)| <= sqrt(2/pi) max|f| |x - y| / s, |x - y| in the unit of the noise."""
    rng = np.random.default_rng(seed)
    X, y = case.points(30, rng), rng.standard_normal(30)
    flow = GradientFlow()
    plain = flow.path(flow.prepare(case.kernel, X), y, TIMES)
    estimator = Smoothed(flow, s)
    path = estimator.path(estimator.prepare(case.kernel, X), y, TIMES)
    tops = np.array([largest(case, f) for f in map(plain.function, range(3))])
    first, second = case.points(60, rng), case.points(60, rng)
    rise = np.abs(estimator.predict(path, first) - estimator.predict(path, second))
    distance = np.linalg.norm(first - second, axis=1)
    if case.on_circle:
        distance = 2 * np.arcsin(distance / 2)
    assert np.all(rise <= np.sqrt(2 / np.pi) * tops[:, None] * distance / s + 1e-9)


def largest(case: Case, f: rc.functions.Function) -> float:
    """Return the largest value of |f| where the noise leads; in R^d, d > 1, a bound of it."""
    if case.on_circle:
        theta = np.linspace(0, 2 * np.pi, 20001)
        return 1.001 * float(np.abs(f(np.stack([np.cos(theta), np.sin(theta)], axis=1))).max())
    if isinstance(case.kernel, Brownian | BrownianPlusOne):
        return float("inf")  # linear to the left of 0
    if case.columns == 1:
        unit = isinstance(case.kernel, NeumannSobolev | PeriodicSobolev)
        grid = np.linspace(0, 1, 20001) if unit else np.linspace(-6, 7, 40001)
        return 1.001 * float(np.abs(f(grid[:, None])).max())
    assert isinstance(f, KernelExpansion)
    return float(np.abs(f.weights).sum() * f.kernel.diagonal(f.centres[:1])[0])


@pytest.mark.parametrize("s", [0.05, 0.3])
def test_lipschitz_bound_is_sharp_for_a_step(s: float) -> None:
    """The square wave of period 1 is nearly a sign near 0: the ratio comes close to one."""
    k = np.arange(1, 2**14)
    c = np.zeros(k.size + 1, dtype=complex)
    c[1:] = np.where(k % 2 == 1, -2j / (np.pi * k), 0)  # sign(sin(2 pi x))
    wave = rc.functions.FourierSeries(coefficients=c, chart=rc.charts.TorusChart())
    h = 1e-4
    smoothed = smooth(wave, s)
    ratio = (smoothed(np.array([[h]])) - smoothed(np.array([[1 - h]])))[0] / (2 * h)
    bound = np.sqrt(2 / np.pi) / s
    assert ratio <= bound * (1 + 1e-6)
    if s == 0.05:
        assert ratio == pytest.approx(bound, rel=1e-4)
    else:  # control: the other steps of the wave are felt
        assert ratio < 0.95 * bound


@pytest.mark.parametrize("name", ["natural", "clipped", "periodic", "reflected"])
def test_every_extension_serves_every_fit_on_the_interval(name: str) -> None:
    rng = np.random.default_rng(0)
    X, y, new = rng.random((20, 1)), rng.standard_normal(20), rng.random((5, 1))
    for kernel in (Brownian(), NeumannSobolev(c=1.0), Laplace(), LiftedNTK(depth=2)):
        estimator = Smoothed(GradientFlow(), 0.2, extension=name)  # type: ignore[arg-type] # a parameter
        path = estimator.path(estimator.prepare(kernel, X), y, TIMES)
        assert np.all(np.isfinite(estimator.predict(path, new)))
        assert path.errors(new).max() < 1e-8


@every
def test_interpolants_are_smoothed_like_fits_of_very_large_times(case: Case) -> None:
    if isinstance(case.kernel, Gaussian) and case.columns == 1:
        return  # numerically singular: late fits and interpolant differ
    rng = np.random.default_rng(5)
    X, y, new = case.points(12, rng), rng.standard_normal(12), case.points(7, rng)
    estimator, late = Smoothed(rc.Interpolant(), 0.1), Smoothed(GradientFlow(), 0.1)
    path = estimator.path(estimator.prepare(case.kernel, X), y)
    assert np.array_equal(path.times, [np.inf])
    fits = late.path(late.prepare(case.kernel, X), y, np.array([1e16]))
    expected = late.predict(fits, new)
    assert estimator.predict(path, new) == pytest.approx(expected, abs=1e-5 * np.abs(y).max())


def test_numbers_where_there_is_no_formula() -> None:
    rng = np.random.default_rng(0)
    X, y, new = rng.standard_normal((30, 5)), rng.standard_normal(30), rng.standard_normal((4, 5))
    estimator = Smoothed(Ridge(), 0.2, method=MonteCarlo(samples=400))
    path = estimator.path(estimator.prepare(rc.kernels.NTK(depth=2), X), y, TIMES)
    assert not path.is_exact
    errors = path.errors(new)
    assert errors.shape == (3, 4)
    assert np.all(errors > 0)
    auto = Smoothed(Ridge(), 0.2)
    other = auto.path(auto.prepare(rc.kernels.NTK(depth=2), X), y, TIMES)
    gap = np.abs(auto.predict(other, new) - estimator.predict(path, new))
    assert np.all(gap <= 5 * (errors + other.errors(new)))


def test_top_level_name_and_identity() -> None:
    assert rc.Smoothed is Smoothed
    assert repr(Smoothed(GradientFlow(), 0.1)) == repr(Smoothed(GradientFlow(), 0.1))
    assert Smoothed(GradientFlow(), 0.1) != Smoothed(GradientFlow(), 0.2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sigma": -1.0}, "sigma"),
        ({"sigma": float("nan")}, "sigma"),
        ({"estimator": "ridge"}, "estimator must have"),
        ({"extension": "magic"}, "extension must be one of"),
        ({"interval": (1.0, 0.0)}, "low < high"),
        ({"interval": 3.0}, "interval must be a pair"),
        ({"method": "exact"}, "method must be"),
    ],
)
def test_refused_options(arguments: dict[str, object], message: str) -> None:
    good: dict[str, object] = {"estimator": GradientFlow(), "sigma": 0.1}
    with pytest.raises(InputError, match=message):
        Smoothed(**(good | arguments))  # type: ignore[arg-type] # on purpose


def test_refused_points() -> None:
    estimator = Smoothed(GradientFlow(), 0.1)
    state = estimator.prepare(Laplace(), np.random.default_rng(0).random((5, 2)))
    path = estimator.path(state, np.ones(5), TIMES)
    with pytest.raises(InputError, match="2 columns"):
        estimator.predict(path, np.zeros((3, 1)))
    with pytest.raises(InputError, match="finite"):
        estimator.predict(path, np.full((3, 2), np.nan))
    with pytest.raises(InputError, match="y must"):
        estimator.path(state, np.ones(4), TIMES)
    assert Extension() == Extension(name="natural")
