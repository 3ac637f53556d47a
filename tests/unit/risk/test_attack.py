"""Attacks against independent optimisers, exact optima, and a weaker attack."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from ratecheck.domains import Cube, Domain, Sphere
from ratecheck.estimators import GradientFlow
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import NTK, Gaussian, Kernel, Laplace, LiftedNTK, Matern
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.risk import Budget, Expansion, adversarial_bracket, adversarial_risk, as_expansion
from ratecheck.risk.attack import Cap, EuclideanBall, MaximumBall, Region, attack
from ratecheck.risk.attack.ascent import ascend, checkpoints
from ratecheck.risk.attack.polish import polish
from ratecheck.risk.attack.region import unit
from ratecheck.types import Array, InputError, UnsupportedError

SINGLE = Budget(starts=30, steps=12, polish=30)


def fits_of(
    kernel: Kernel, d: int, n: int = 60, times: int = 3, sphere: bool = False, seed: int = 0
) -> tuple[Expansion, Array]:
    """Return fits from early to over-trained and their design."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    X = unit(X) if sphere else X
    y = X[:, 0] + X[:, 0] * X[:, -1] + 0.5 * rng.standard_normal(n)
    flow = GradientFlow(operator="eigh")
    path = flow.path(flow.prepare(kernel, X), y, np.geomspace(10, 1e6, times))
    return as_expansion(path), X


def test_checkpoints_are_those_of_the_paper() -> None:
    # Croce and Hein 2020, N = 100: 22, 41, 57, 70, 80, 87, 93, 99
    assert checkpoints(100) == [22, 41, 57, 70, 80, 87, 93, 99]
    assert checkpoints(1)[-1] == 1


@pytest.mark.parametrize("method", [ascend, polish])
def test_linear_functions_are_solved(method: Any) -> None:
    rng = np.random.default_rng(0)
    X, g = rng.standard_normal((5, 7)), rng.standard_normal(7)
    seen: list[Array] = []

    def objective(Z: Array) -> tuple[Array, Array]:
        seen.append(Z @ g)
        return Z @ g, np.broadcast_to(g, Z.shape)

    for region, reach in (
        (EuclideanBall(radius=0.3), 0.3 * np.linalg.norm(g)),
        (MaximumBall(radius=0.3), 0.3 * np.abs(g).sum()),
    ):
        seen.clear()
        method(objective, X, X, region, 10, 0.6)
        assert np.max(seen, axis=0) == pytest.approx(X @ g + reach, rel=1e-9)


@pytest.mark.parametrize(("method", "left"), [(ascend, 2e-2), (polish, 1e-6)])
def test_the_top_of_a_hill_inside_the_region_is_found(method: Any, left: float) -> None:
    """Normalised steps of length 2 r, halved, come near; spectral steps reach the top."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((6, 4))
    tops = X + 0.1 * unit(rng.standard_normal(X.shape))
    scales = np.array([1.0, 3.0, 10.0, 30.0])
    best = np.full(6, -np.inf)

    def objective(Z: Array) -> tuple[Array, Array]:
        values = -np.sum(scales * (Z - tops) ** 2, axis=1)
        np.maximum(best, values, out=best)
        return values, -2 * scales * (Z - tops)

    method(objective, X, X, EuclideanBall(radius=0.5), 60, 1.0)
    start = np.sum(scales * (X - tops) ** 2, axis=1)
    assert (best >= -left * start).all()


def test_ascend_returns_the_best_point() -> None:
    fits, X = fits_of(LiftedNTK(depth=2), 3)
    column = np.zeros(5, dtype=np.int64)

    def objective(Z: Array) -> tuple[Array, Array]:
        values, gradients = fits.climb(Z, column)
        return values[:, 0], gradients

    region = EuclideanBall(radius=0.4)
    points, values = ascend(objective, X[:5], X[:5], region, 20, 0.8)
    assert values == pytest.approx(fits.values(points)[:, 0], rel=1e-12)
    assert (values >= fits.values(X[:5])[:, 0]).all()
    assert region.admits(points, X[:5]).all()


CASES: list[tuple[Kernel, Domain | None, float, float]] = [
    (NTK(depth=3), Sphere(3), 0.5, 2),
    (LiftedNTK(depth=2), None, 0.7, 2),
    (Laplace(scale=2.0), None, 0.4, np.inf),
    (Matern(nu=1.5, length=1.0), Cube(4), 0.3, 2),
    (Gaussian(length=1.0), Cube(4), 0.2, np.inf),
]


@pytest.mark.parametrize(("kernel", "domain", "radius", "norm"), CASES)
def test_no_optimiser_finds_more(
    kernel: Kernel, domain: Domain | None, radius: float, norm: float
) -> None:
    """SLSQP from 8 random admissible points."""
    sphere = isinstance(domain, Sphere)
    fits, X = fits_of(kernel, 4, sphere=sphere)
    if isinstance(domain, Cube):
        fits = Expansion(kernel=kernel, centres=_squeezed(fits.centres), weights=fits.weights)
    points = unit(X[:3] + 0.1) if sphere else _squeezed(X[:3] + 0.1) if domain else X[:3] + 0.1
    found = adversarial_bracket(
        fits, np.zeros(3), points, radius, norm=norm, domain=domain, budget=SINGLE, certify=False
    )
    rng = np.random.default_rng(2)
    for i, x in enumerate(points):
        for t in (0, fits.count - 1):
            best = max(
                _optimised(fits, t, x, z, radius, norm, domain)
                for z in _draws(x, radius, rng, sphere)
            )
            assert found.losses[i, t] >= best * (1 - 1e-4), (i, t)


def _squeezed(X: Array) -> Array:
    return np.clip(0.5 + X / 5, 0, 1)


def _draws(x: Array, radius: float, rng: np.random.Generator, sphere: bool) -> list[Array]:
    region: Region = Cap(radius=radius) if sphere else EuclideanBall(radius=radius)
    return [region.draw(x[None], rng)[0] for _ in range(8)]


def _optimised(
    fits: Expansion, t: int, x: Array, start: Array, r: float, norm: float, domain: Domain | None
) -> float:
    """Return the largest f_t(x')^2 that scipy finds from a start."""

    def value(z: Array) -> float:
        return -float(fits.values(_placed(z, domain)[None])[0, t] ** 2)

    constraint: Any
    if isinstance(domain, Sphere):
        constraint = {"type": "ineq", "fun": lambda z: _placed(z, domain) @ x - np.cos(r)}
    elif norm == 2:
        constraint = {"type": "ineq", "fun": lambda z: r * r - np.sum((z - x) ** 2)}
    else:
        constraint = {"type": "ineq", "fun": lambda z: r - np.abs(z - x)}
    found = minimize(value, start, method="SLSQP", constraints=constraint, options={"maxiter": 60})
    z = _placed(found.x, domain)
    region = (
        Cap(radius=r) if isinstance(domain, Sphere)
        else EuclideanBall(radius=r) if norm == 2 else MaximumBall(radius=r)
    )  # fmt: skip
    z = region.project(z[None], x[None])[0]
    return float(fits.values(_placed(z, domain)[None])[0, t] ** 2)


def _placed(z: Array, domain: Domain | None) -> Array:
    if isinstance(domain, Sphere):
        return np.asarray(z / np.linalg.norm(z))
    return np.clip(z, 0, 1) if isinstance(domain, Cube) else z


@pytest.mark.parametrize("norm", [2, np.inf])
def test_against_a_dense_grid_in_the_plane(norm: float) -> None:
    fits, X = fits_of(Laplace(scale=0.5), 2)
    found = adversarial_bracket(fits, np.zeros(4), X[:4], 0.5, norm=norm, budget=SINGLE)
    grid = np.linspace(-0.5, 0.5, 201)
    offsets = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    if norm == 2:
        offsets = offsets[np.linalg.norm(offsets, axis=1) <= 0.5]
    for i, x in enumerate(X[:4]):
        best = np.max(fits.values(x + offsets) ** 2, axis=0)
        assert (found.losses[i] >= best * (1 - 1e-4)).all()
        assert (best <= found.bounds[i]).all()


def test_interpolants_peak_at_training_points() -> None:
    """The cone at a centre with large noise is found exactly, and only by starting there."""
    X = fits_of(Laplace(scale=1.0), 4, n=40, times=1)[1]
    end = Interpolant(operator="dense")
    rng = np.random.default_rng(5)
    y = np.zeros(40)
    y[7] = 10.0
    path = end.path(end.prepare(Laplace(scale=1.0), X), y)
    spike = as_expansion(path)
    x = X[[7]] + 0.3 * unit(rng.standard_normal((1, 4)))
    region = EuclideanBall(radius=0.5)
    full = attack(spike, x, np.zeros(1), region, rng, Budget())
    assert full.high[0, 0] == pytest.approx(10.0, abs=1e-9)
    assert full.high_points[0, 0] == pytest.approx(X[7], abs=1e-12)


def plain_pgd(fits: Expansion, X: Array, against: Array, region: Region, steps: int = 40) -> Array:
    """Return the losses (m, T) of plain projected gradient ascent from x: the weak peer."""
    losses = np.zeros((len(X), fits.count))
    for t in range(fits.count):
        Z, column = region.project(X + 1e-3, X), np.full(len(X), t)
        for _ in range(steps):
            values, G = fits.climb(Z, column)
            losses[:, t] = np.maximum(losses[:, t], (values[:, t] - against) ** 2)
            sign = np.sign(values[:, t] - against)[:, None]
            step = 2.5 * region.radius / steps
            Z = region.project(Z + step * sign * region.direction(Z, G), X)
    return losses


def test_plain_pgd_is_biased_against_over_trained_fits() -> None:
    """Trap of theory note B1: PGD alone under-reports just the fits that over-training ruins."""
    fits = fits_of(Laplace(scale=0.5), 1, n=120, times=2)[0]
    points = np.linspace(-1, 1, 60)[:, None]
    region = EuclideanBall(radius=0.4)
    ours = attack(fits, points, np.zeros(60), region, np.random.default_rng(0), SINGLE)
    strong, weak = ours.losses(np.zeros(60)), plain_pgd(fits, points, np.zeros(60), region)
    ratio = weak.mean(axis=0) / strong.mean(axis=0)
    assert ratio[0] > 0.97  # early stopped
    assert ratio[1] < 0.95  # over-trained
    exact = [_exact(fits, x) for x in points]  # |f| has no maximum between two knots
    assert strong.mean(axis=0) == pytest.approx(np.mean(exact, axis=0), rel=1e-6)


def _exact(fits: Expansion, x: Array) -> Array:
    """Return the largest f_t^2 of expansions in exp(-|x - y|) on [x - 0.4, x + 0.4], theory D."""
    knots = fits.centres[np.abs(fits.centres[:, 0] - x) <= 0.4]
    return np.asarray(np.max(fits.values(np.vstack([knots, [x - 0.4], [x + 0.4]])) ** 2, axis=0))


def test_all_times_at_once_are_as_good_as_one_by_one() -> None:
    fits, X = fits_of(NTK(depth=3), 6, n=80, times=30, sphere=True)
    points = unit(X[:6] + 0.2)
    zero, region = np.zeros(6), Cap(radius=0.4)
    joint = attack(fits, points, zero, region, np.random.default_rng(0)).losses(zero)
    for t in (0, 7, 14, 22, 29):
        one = fits.restricted([t])
        alone = attack(one, points, zero, region, np.random.default_rng(1), SINGLE)
        q = joint[:, t] / alone.losses(zero)[:, 0]
        assert q.min() > 0.99
        assert q.mean() > 0.999


def test_rows_are_counted_and_stay_within_the_budget() -> None:
    fits, X = fits_of(LiftedNTK(depth=2), 3, times=20)
    for budget in (Budget(), Budget(anchors=2, starts=3, steps=4, polish=2, centres=5, random=3)):
        found = adversarial_bracket(fits, np.zeros(4), X[:4], 0.3, budget=budget, certify=False)
        assert 0 < found.rows <= budget.rows(fits.count)
    assert Budget().rows(50) <= 5 * Budget().rows(1)


def test_attacks_are_reproducible_and_use_the_generator() -> None:
    fits, X = fits_of(LiftedNTK(depth=2), 3)
    weak = Budget(centres=0, random=20, anchors=1, starts=9, steps=1, polish=0, touch=0)
    first, again, other = (
        adversarial_bracket(
            fits, np.zeros(9), X[:9], 2.0, budget=weak, certify=False, rng=np.random.default_rng(s)
        ).losses
        for s in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("domain", [None, Sphere(3)])
def test_radius_zero_is_the_clean_loss(domain: Domain | None) -> None:
    fits, X = fits_of(NTK(depth=2), 4, sphere=True)
    found = adversarial_bracket(fits, np.ones(5), X[:5], 0.0, domain=domain)
    clean = (fits.values(X[:5]) - 1) ** 2
    assert found.losses == pytest.approx(clean, rel=1e-6, abs=1e-9)
    assert found.bounds == pytest.approx(clean, rel=1e-5, abs=1e-7)


def test_adversarial_risk_in_several_dimensions() -> None:
    fits, X = fits_of(LiftedNTK(depth=2), 3, times=1)
    f_hat = KernelExpansion(kernel=fits.kernel, centres=X, weights=fits.weights[:, 0])
    risk = adversarial_risk(f_hat, lambda Z: Z[:, 0], X[:10], 0.3)
    clean = np.mean((f_hat(X[:10]) - X[:10, 0]) ** 2)
    larger = adversarial_risk(f_hat, lambda Z: Z[:, 0], X[:10], 0.3, norm=np.inf)
    assert clean < risk < larger
    found = adversarial_bracket(f_hat, lambda Z: Z[:, 0], X[:10], 0.3)
    assert risk == pytest.approx(found.attack[0])
    assert risk <= found.certificate[0]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"fits": lambda X: X[:, 0]}, UnsupportedError, "operator='eigh'"),
        ({"radius": -0.1}, InputError, "radius must not be negative"),
        ({"norm": 3}, InputError, "norm must be one of"),
        ({"f": np.zeros(3)}, InputError, "must have 2 entries"),
        ({"X": np.zeros((2, 3))}, InputError, "must have 2 columns"),
        ({"X": np.full((2, 2), np.nan)}, InputError, "must be finite"),
        ({"domain": Cube(2), "X": np.full((2, 2), 2.0)}, InputError, "outside"),
    ],
)
def test_refusals(change: dict[str, Any], error: type[Exception], message: str) -> None:
    fits = Expansion(kernel=Gaussian(length=1.0), centres=np.eye(2), weights=np.eye(2))
    values: dict[str, Any] = {
        "fits": fits,
        "f": np.zeros(2),
        "X": np.eye(2),
        "radius": 0.1,
    } | change
    with pytest.raises(error, match=message):
        adversarial_bracket(**values)


def test_budget_refusals() -> None:
    with pytest.raises(InputError, match="starts must be at least 1"):
        Budget(starts=0)
    with pytest.raises(InputError, match="polish must be at least 0"):
        Budget(polish=-1)


def test_one_expansion_from_several_paths() -> None:
    fits, X = fits_of(LiftedNTK(depth=2), 3)
    end = Interpolant(operator="dense")
    path = end.path(end.prepare(fits.kernel, X), X[:, 0])
    both = as_expansion(fits.restricted([0]), path)
    assert both.count == 2
    assert both.values(X)[:, 1] == pytest.approx(X[:, 0], abs=1e-8)
    with pytest.raises(InputError, match="same kernel and the same design"):
        as_expansion(fits, Expansion(kernel=Laplace(), centres=X, weights=fits.weights))
    with pytest.raises(InputError, match="at least one"):
        as_expansion()
    with pytest.raises(InputError, match="agree in n"):
        Expansion(kernel=Laplace(), centres=X, weights=np.ones((3, 1)))
