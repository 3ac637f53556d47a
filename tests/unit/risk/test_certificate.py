"""Certificates: derivatives by other routes, exact cases, order in the radius, refusals."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.domains import Sphere
from ratecheck.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Brownian,
    BrownianPlusOne,
    DualActivation,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    MpmathField,
    NeumannSobolev,
    PeriodicSobolev,
    registry,
)
from ratecheck.risk import Expansion, adversarial_bracket
from ratecheck.risk.attack import Box, Cap, EuclideanBall, MaximumBall, Region
from ratecheck.risk.attack.region import unit
from ratecheck.risk.certificate import Rise, certificate
from ratecheck.risk.certificate.frames import frames
from ratecheck.risk.certificate.jets import profile_jet, radial_jet
from ratecheck.risk.certificate.model import largest
from ratecheck.risk.certificate.norm import kernel_modulus, squared_norms
from ratecheck.risk.certificate.ranges import kernel_range
from ratecheck.risk.certificate.reach import angle_range
from ratecheck.types import Array, Status, UnsupportedError

ZONAL = [e.kernel for e in registry() if "zonal" in e.tags]
WITH_FIELD = [e.kernel for e in registry() if {"zonal", "exact"} <= e.tags]
EVERYWHERE: list[Kernel] = [  # certified on balls of R^d
    ArcCosine(order=0), ArcCosine(order=1), ArcCosine(order=2), NNGP(depth=3), NTK(depth=1),
    NTK(depth=3), NTK(depth=2, bias=0.5), NNGP(depth=2, bias=0.3), LiftedNTK(depth=3),
    Laplace(scale=0.7), Matern(nu=0.3, length=1.0), Matern(nu=2.3, length=0.7),
    Gaussian(length=0.8), DualActivation(activation="abs"),
    DualActivation(activation="relu", tangent=True), NTK(depth=2) + Laplace(),
    NTK(depth=3, bias=1.0), NNGP(depth=4, bias=0.1),
    2.0 * LiftedNTK(depth=2), Gaussian(length=2.0) * NTK(depth=2),
]  # fmt: skip
LINE: list[Kernel] = [
    Brownian(), BrownianPlusOne(), NeumannSobolev(c=3.0), PeriodicSobolev(order=1),
    PeriodicSobolev(order=2),
]  # fmt: skip
seeds = st.integers(0, 10**6)
radii = st.floats(-3, 0.4).map(lambda e: 10.0**e)


@pytest.mark.parametrize("kernel", WITH_FIELD, ids=repr)
def test_jets_are_derivatives_of_the_exact_profile(kernel: Kernel) -> None:
    """Numerical derivatives of the profile in 40 digits."""
    points = (-0.8, -0.1, 0.35, 0.9)
    u = np.array(points)
    found = profile_jet(kernel, 1 - u, 1 + u)
    with mp.workdps(40):
        field = MpmathField()
        for j, at in enumerate(points):
            exact = [float(x) for x in mp.taylor(lambda z: kernel.exact_profile(z, field), at, 3)]
            expected = np.array(exact) * np.array([1, 1, 2, 6])
            assert found[:, j] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kernel", ZONAL, ids=repr)
def test_profiles_are_series_of_nonnegative_terms(kernel: Kernel) -> None:
    """What all bounds of zonal kernels rest on: on [0, 1) every derivative is >= 0 and rises."""
    u = np.linspace(0, 0.97, 60)
    up, down = profile_jet(kernel, 1 - u, 1 + u), profile_jet(kernel, 1 + u, 1 - u)
    size = np.abs(up).max(axis=1, keepdims=True) + 1e-300
    assert (up >= -1e-12 * size).all()
    assert (np.diff(up, axis=1) >= -1e-9 * size).all()
    assert (np.abs(down) <= up * (1 + 1e-9) + 1e-12 * size).all()
    assert up[0] == pytest.approx(kernel.profile(u), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    "kernel", [Laplace(scale=0.3), Matern(nu=2.3, length=0.7), Gaussian(length=0.8)]
)
def test_radial_jets_alternate(kernel: Laplace | Matern | Gaussian) -> None:
    z = np.linspace(0.05, 3, 40)
    h = 1e-5
    jet = radial_jet(kernel, z)
    slope = -(radial_jet(kernel, z + h) - radial_jet(kernel, z - h))[:3] / (2 * h)
    assert jet[1:] == pytest.approx(slope, rel=1e-5)
    assert (jet > 0).all()
    X, Y = np.zeros((1, 1)), np.sqrt(2 * z)[:, None]
    assert jet[0] == pytest.approx(kernel(X, Y)[0], rel=1e-12)


def design(kernel: Kernel, region: str, rng: np.random.Generator, n: int, d: int) -> Array:
    if kernel in LINE:
        return np.asarray(rng.random((n, 1)))
    X = rng.standard_normal((n, d))
    return unit(X) if region == "cap" else X


def make(region: str, r: float) -> Region:
    box = Box(low=0.0, high=1.0) if region.endswith("box") else Box()
    if region == "cap":
        return Cap(radius=r)
    return (
        MaximumBall(radius=r, box=box)
        if region.startswith("max")
        else EuclideanBall(radius=r, box=box)
    )


KERNELS = [(k, "cap") for k in ZONAL[::3]] + [(k, g) for k in EVERYWHERE for g in ("ball", "max")]
KERNELS += [(k, "box") for k in LINE] + [(PeriodicSobolev(order=1), "ball")]


@settings(max_examples=5)
@given(seed=seeds, r=radii)
@pytest.mark.parametrize(("kernel", "shape"), KERNELS, ids=repr)
def test_ranges_hold_everything(kernel: Kernel, shape: str, seed: int, r: float) -> None:
    rng = np.random.default_rng(seed)
    region = make(shape, r)
    X, Y = (design(kernel, shape, rng, n, 3) for n in (3, 7))
    X[0] = Y[0]
    low, high = kernel_range(kernel, X, Y, region)
    modulus = kernel_modulus(kernel, X, region)
    rounding = 1e-12 * (1 + np.abs(high))
    for _ in range(40):
        Z = region.draw(X, rng)
        Z = region.project(X + rng.random() * (Z - X), X)
        values = kernel(Z, Y)
        assert (low - rounding <= values).all()
        assert (values <= high + rounding).all()
        mixed = np.array([kernel(Z[[i]], X[[i]])[0, 0] for i in range(3)])
        square = kernel.diagonal(X) + kernel.diagonal(Z) - 2 * mixed
        assert (square <= modulus**2 * (1 + 1e-9) + 1e-12).all()


@pytest.mark.parametrize(
    ("kernel", "shape", "d"),
    [
        (NTK(depth=3), "cap", 4),
        (NTK(depth=4, bias=0.3), "cap", 4),
        (DualActivation(activation="tanh"), "cap", 3),
        (Gaussian(length=1.0) * NTK(depth=2) + Laplace(), "cap", 3),
        (LiftedNTK(depth=3), "ball", 4),
        (NTK(depth=2, bias=0.5), "ball", 3),
        (Matern(nu=1.5, length=1.0), "ball", 3),
        (2.0 * Gaussian(length=1.0) + LiftedNTK(depth=2), "ball", 3),
        (NTK(depth=3, bias=1.0), "ball", 3),
        (NNGP(depth=4, bias=0.2), "ball", 3),
    ],
    ids=repr,
)
def test_local_forms_against_differences(kernel: Kernel, shape: str, d: int) -> None:
    """First and second derivative along paths; the third stays below its bound."""
    rng = np.random.default_rng(0)
    X, Y = design(kernel, shape, rng, 5, d), design(kernel, shape, rng, 6, d)
    r, region = 0.1, make(shape, 0.1)
    e = region.direction(X, rng.standard_normal(X.shape))

    def along(s: float) -> Array:
        path = np.cos(s) * X + np.sin(s) * e if shape == "cap" else X + s * e
        return kernel(path, Y)

    h = 1e-3
    parts = frames(kernel, X, Y, region)
    first, second, third = (np.zeros((5, 6)) for _ in range(3))
    for p in parts:
        pad = np.hstack([e, np.zeros((5, p.base.shape[1] - p.columns))])
        on_x = np.sum(p.base * pad, axis=1, keepdims=True)
        on_y = pad @ p.directions.T
        first += p.on_y * on_y + p.on_x * on_x
        second += p.yy * on_y**2 + 2 * p.xy * on_x * on_y + p.xx * on_x**2 + p.unit
        third += p.third
    assert first == pytest.approx((along(h) - along(-h)) / (2 * h), rel=1e-4, abs=1e-5)
    assert second == pytest.approx((along(h) - 2 * along(0) + along(-h)) / h**2, rel=1e-3, abs=1e-4)
    h = 5e-3
    for s in np.linspace(-r + 2 * h, r - 2 * h, 9):
        cube = (along(s + 2 * h) - 2 * along(s + h) + 2 * along(s - h) - along(s - 2 * h)) / (
            2 * h**3
        )
        assert (np.abs(cube) <= third * (1 + 1e-3) + 1e-4).all()


@settings(max_examples=40)
@given(seed=seeds, r=radii, maximum=st.booleans())
def test_models_are_bounded(seed: int, r: float, maximum: bool) -> None:
    rng = np.random.default_rng(seed)
    g, H = rng.standard_normal(5) * rng.choice([0, 1e-3, 1]), rng.standard_normal((5, 5))
    H = rng.choice([0.0, 1.0, 30.0]) * (H + H.T)
    region = make("max" if maximum else "ball", r)
    bound = largest(g[None], H[None], region)[0]
    zero = np.zeros((1, 5))
    best = 0.0
    for _ in range(60):
        s = region.draw(zero, rng)
        for _ in range(10):  # rises towards the maximum
            s = region.project(s + 0.3 * r * region.direction(s, g + s @ H), zero)
            best = max(best, float(s[0] @ g + 0.5 * s[0] @ H @ s[0]))
    assert best <= bound * (1 + 1e-9) + 1e-12
    if not maximum:  # strong duality of trust regions
        assert best >= 0.95 * bound - 1e-12


def test_one_centre_is_bounded_exactly() -> None:
    """w k(|x - y|): the interval bound is attained on the line through x and y."""
    for kernel in (Laplace(), Gaussian(length=1.0)):
        fits = Expansion(
            kernel=kernel, centres=np.array([[1.0, 0.0]]), weights=np.array([[2.0, -2.0]])
        )
        x, near, far = np.zeros((1, 2)), np.array([[0.3, 0.0]]), np.array([[-0.3, 0.0]])
        rise = certificate(fits, x, EuclideanBall(radius=0.3), ("interval",))
        here = fits.values(x)[0]
        assert rise.up[0, 0] == pytest.approx(fits.values(near)[0, 0] - here[0], rel=1e-9)
        assert rise.down[0, 0] == pytest.approx(here[0] - fits.values(far)[0, 0], rel=1e-9)
        assert rise.up[0, 1] == pytest.approx(rise.down[0, 0], rel=1e-9)


def test_linear_functions_are_bounded_exactly() -> None:
    """NTK(1) is <x, y>: gradient bounds are sharp, in both norms and on the sphere."""
    rng = np.random.default_rng(0)
    fits = Expansion(
        kernel=NTK(depth=1),
        centres=rng.standard_normal((9, 4)),
        weights=rng.standard_normal((9, 1)),
    )
    g = fits.centres.T @ fits.weights[:, 0]
    X = rng.standard_normal((3, 4))
    for region, reach in (
        (EuclideanBall(radius=0.2), 0.2 * np.linalg.norm(g)),
        (MaximumBall(radius=0.2), 0.2 * np.abs(g).sum()),
    ):
        rise = certificate(fits, X, region, ("taylor",))
        # |K'''| is bounded, not known to vanish: a third-order rest is left
        assert rise.up == pytest.approx(np.full((3, 1), reach), rel=0.1)
        assert (rise.up >= reach).all()


@pytest.mark.parametrize(
    ("kernel", "shape"), [(NTK(depth=3), "cap"), (Gaussian(length=1.5), "ball")]
)
def test_taylor_brackets_close_with_the_third_power(kernel: Kernel, shape: str) -> None:
    rng = np.random.default_rng(1)
    centres = design(kernel, shape, rng, 40, 6)
    fits = Expansion(kernel=kernel, centres=centres, weights=rng.standard_normal((40, 1)))
    X = (
        unit(centres[:8] + 0.5 * unit(rng.standard_normal((8, 6))))
        if shape == "cap"
        else centres[:8] + 0.4
    )
    widths, plain = [], []
    for r in (0.02, 0.04):
        region = make(shape, r)
        attacked = adversarial_bracket(
            fits,
            fits.values(X)[:, 0],
            X,
            r,
            domain=None if shape == "ball" else Sphere(5),
            certify=False,
        )
        reach = np.sqrt(attacked.losses[:, 0])
        widths.append(np.mean(_reach(certificate(fits, X, region, ("taylor",))) - reach))
        plain.append(np.mean(_reach(certificate(fits, X, region, ("interval",))) - reach))
    assert 2.6 < np.log2(widths[1] / widths[0]) < 3.4
    assert 0.8 < np.log2(plain[1] / plain[0]) < 1.3  # the bound term by term is of first order


def _reach(rise: Rise) -> Array:
    return np.maximum(rise.up, rise.down)[:, 0]


def test_the_least_of_all_methods_is_taken() -> None:
    rng = np.random.default_rng(2)
    fits = Expansion(
        kernel=LiftedNTK(depth=2),
        centres=rng.standard_normal((20, 3)),
        weights=rng.standard_normal((20, 2)),
    )
    X = rng.standard_normal((5, 3))
    for r in (0.01, 0.3, 3.0):
        region = EuclideanBall(radius=r)
        each = [certificate(fits, X, region, (m,)) for m in ("norm", "interval", "taylor")]
        all_up = certificate(fits, X, region).up
        assert all_up == pytest.approx(np.min([e.up for e in each], axis=0), rel=1e-12)


def test_norms_are_not_below_those_in_high_precision() -> None:
    """Weights of an ill-conditioned interpolant, where w'Kw cancels."""
    X = np.linspace(0, 1, 12)[:, None]
    kernel = Gaussian(length=1.0)
    y = np.sin(5 * X[:, 0])
    weights: Array = np.linalg.lstsq(kernel(X, X), y, rcond=1e-15)[0].astype(np.float64)
    found = squared_norms(Expansion(kernel=kernel, centres=X, weights=weights[:, None]))[0]
    with mp.workdps(60):
        gram = mp.matrix(
            [
                [mp.exp(-((mp.mpf(float(a)) - mp.mpf(float(b))) ** 2) / 2) for a in X[:, 0]]
                for b in X[:, 0]
            ]
        )
        w = mp.matrix([mp.mpf(float(v)) for v in weights])
        exact = float((w.T * gram * w)[0])
    assert exact <= found


@pytest.mark.parametrize(
    ("kernel", "region"),
    [
        (DualActivation(activation="tanh"), EuclideanBall(radius=0.1)),
        (DualActivation(activation="erf"), MaximumBall(radius=0.1)),
    ],
)
def test_unknown_forms_are_refused_and_brackets_say_so(kernel: Kernel, region: Region) -> None:
    fits = Expansion(kernel=kernel, centres=np.eye(2), weights=np.eye(2))
    with pytest.raises(UnsupportedError):
        certificate(fits, np.eye(2), region)
    found = adversarial_bracket(fits, np.zeros(2), np.eye(2), 0.1)
    assert found.status is Status.UNCERTIFIED
    assert np.isinf(found.certificate).all()
    assert np.isfinite(found.attack).all()
    assert not found.status.is_good


def test_angles_stay_in_their_interval() -> None:
    x = np.array([[1.0, 0.0], [-1.0, 1e-9]])
    low, high = angle_range(x, x, 0.5)
    assert low.min() == 0.0
    assert high.max() == pytest.approx(np.pi)
