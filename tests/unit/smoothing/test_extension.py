"""Extensions: what lies beyond the ends of the domain, and closed forms against quadrature."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck.charts import CircleChart, CosineChart, TorusChart
from ratecheck.functions import FourierSeries, Function
from ratecheck.interpolation import Interpolant
from ratecheck.kernels import (
    Brownian,
    BrownianPlusOne,
    Gaussian,
    Kernel,
    Laplace,
    LiftedNTK,
    NeumannSobolev,
    PeriodicSobolev,
)
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.smoothing import Extension, NumericalMean, Quadrature, smooth
from ratecheck.types import InputError, UnsupportedError

X = np.linspace(0.01, 0.99, 23)[:, None]
RNG = np.random.default_rng(3)
CENTRES = RNG.random((9, 1))
WEIGHTS = RNG.standard_normal(9)


def fit(kernel: Kernel) -> KernelExpansion:
    return KernelExpansion(kernel=kernel, centres=CENTRES, weights=WEIGHTS)


@pytest.mark.parametrize("name", ["clipped", "periodic", "reflected"])
def test_fold_leads_into_the_interval_and_leaves_it_alone(name: str) -> None:
    extension = Extension(name=name, low=-1.0, high=2.0)  # type: ignore[arg-type] # a parameter
    folded = extension.fold(np.linspace(-9, 9, 1001)[:, None])
    assert folded.min() >= -1
    assert folded.max() <= 2
    inside = np.linspace(-1, 1.999, 50)[:, None]
    assert extension.fold(inside) == pytest.approx(inside, abs=1e-14)


def test_what_fold_does_outside() -> None:
    outside = np.array([[-0.25], [1.25], [2.5]])
    expected = {"clipped": [0, 1, 1], "periodic": [0.75, 0.25, 0.5], "reflected": [0.25, 0.75, 0.5]}
    for name, values in expected.items():
        folded = Extension(name=name).fold(outside)  # type: ignore[arg-type] # a parameter
        assert folded[:, 0] == pytest.approx(values)
    assert np.array_equal(Extension().fold(outside), outside)


def test_kinks_are_where_the_extended_function_bends() -> None:
    centres = np.array([0.3])
    assert Extension(name="clipped").kinks(centres, -2, 2) == pytest.approx([0, 0.3, 1])
    periodic = Extension(name="periodic").kinks(centres, -0.9, 1.5)
    assert periodic == pytest.approx([-0.7, 0, 0.3, 1, 1.3])
    reflected = Extension(name="reflected").kinks(centres, -0.9, 2.5)
    assert reflected == pytest.approx([-0.3, 0.0, 0.3, 1.0, 1.7, 2.0, 2.3])
    assert Extension().kinks(centres, -2, 0.2).size == 0


CLOSED = [
    (Brownian(), "clipped"), (BrownianPlusOne(), "clipped"), (NeumannSobolev(c=2.0), "natural"),
    (NeumannSobolev(c=2.0), "reflected"), (PeriodicSobolev(order=1), "natural"),
    (PeriodicSobolev(order=2), "periodic"), (Laplace(scale=0.3), "natural"),
]  # fmt: skip


@pytest.mark.parametrize(("kernel", "name"), CLOSED, ids=str)
@pytest.mark.parametrize("s", [0.01, 0.1, 0.6])
def test_closed_forms_against_quadrature(kernel: Kernel, name: str, s: float) -> None:
    f, extension = fit(kernel), Extension(name=name)  # type: ignore[arg-type] # a parameter
    closed = smooth(f, s, extension=extension)
    assert not isinstance(closed, NumericalMean)
    numbers = smooth(f, s, extension=_wrapped(kernel, extension), method=Quadrature())
    assert closed(X) == pytest.approx(numbers(X), abs=1e-11)


def _wrapped(kernel: Kernel, extension: Extension) -> Extension:
    """Tell the quadrature where periodic kernels have their kinks."""
    periodic = isinstance(kernel, PeriodicSobolev) and extension.name == "natural"
    return Extension(name="periodic") if periodic else extension


@pytest.mark.parametrize("s", [0.02, 0.3])
@pytest.mark.parametrize(("kernel", "name"), CLOSED, ids=str)
def test_interpolants_whatever_they_are_stored_as(kernel: Kernel, name: str, s: float) -> None:
    """Splines by their values at the knots, series, expansions: one smoothed function."""
    extension = Extension(name=name)  # type: ignore[arg-type] # a parameter
    points = (np.arange(12)[:, None] + 0.5) / 12
    y = np.random.default_rng(0).standard_normal(12)
    interpolant = Interpolant()
    f = interpolant.path(interpolant.prepare(kernel, points), y).function(0)
    weights = np.asarray(np.linalg.solve(kernel(points, points), y), dtype=np.float64)
    naive = KernelExpansion(kernel=kernel, centres=points, weights=weights)
    found = smooth(f, s, extension=extension)
    assert not isinstance(found, NumericalMean)
    assert found(X) == pytest.approx(smooth(naive, s, extension=extension)(X), abs=1e-9)


def test_smoothing_is_linear_in_the_kernel() -> None:
    """Also where the terms go different ways: by series, by broken lines, by wider kernels."""
    parts: tuple[Kernel, ...] = (PeriodicSobolev(order=1), Brownian(), Laplace(scale=0.3))
    both = fit(2.0 * (parts[0] + parts[1]) + parts[2])
    total = sum(a * smooth(fit(k), 0.2)(X) for a, k in zip((2, 2, 1), parts, strict=True))
    assert smooth(both, 0.2)(X) == pytest.approx(total, abs=1e-13)


def test_natural_extension_of_brownian_fits() -> None:
    """Linear to the left of 0, constant to the right: what min(x, y) says there."""
    f, s = fit(Brownian()), 0.4
    rng = np.random.default_rng(0)
    x = X[:3] + s * rng.standard_normal(400_000)
    there = sum(w * np.minimum(x, c) for w, c in zip(WEIGHTS, CENTRES[:, 0], strict=True))
    spread = there.std(axis=1) / np.sqrt(x.shape[1])
    assert np.all(np.abs(there.mean(axis=1) - smooth(f, s)(X[:3])) < 4 * spread)
    clipped = smooth(f, s, extension=Extension(name="clipped"))
    assert np.any(np.abs(there.mean(axis=1) - clipped(X[:3])) > 8 * spread)  # another function


def test_extensions_without_a_formula_are_computed() -> None:
    f = fit(Laplace(scale=0.3))
    for name in ("clipped", "periodic", "reflected"):
        found = smooth(f, 0.2, extension=Extension(name=name))
        assert isinstance(found, NumericalMean)
        assert found.estimate(X).errors.max() < 1e-10
    assert isinstance(smooth(fit(LiftedNTK(depth=3)), 0.2), NumericalMean)


def test_noise_on_the_circle_turns_the_angle() -> None:
    """cos of the angle shrinks by exp(-s^2/2), whether the fit is a series or an expansion."""
    s, theta = 0.4, np.linspace(0, 6, 11)
    points = np.stack([np.cos(theta), np.sin(theta)], axis=1)
    wave = FourierSeries(coefficients=np.array([0, 0.5], dtype=complex), chart=CircleChart())
    assert smooth(wave, s)(points) == pytest.approx(np.exp(-(s**2) / 2) * np.cos(theta), abs=1e-12)
    kernel = Gaussian(length=0.8)
    f = KernelExpansion(kernel=kernel, centres=points[:4], weights=WEIGHTS[:4])
    nodes, shares = np.polynomial.hermite_e.hermegauss(40)
    turned = [np.stack([np.cos(theta + s * z), np.sin(theta + s * z)], axis=1) for z in nodes]
    naive = sum(w * f(p) for w, p in zip(shares / shares.sum(), turned, strict=True))
    assert smooth(f, s)(points) == pytest.approx(naive, abs=1e-11)
    ambient = smooth(f, s, extension=Extension(name="ambient"))(points)
    assert np.abs(ambient - naive).max() > 1e-2


def test_what_numbers_cannot_do_is_refused() -> None:
    theta = np.arange(70) * 2 * np.pi / 70
    points = np.stack([np.cos(theta), np.sin(theta)], axis=1)
    wave = FourierSeries(coefficients=np.array([0, 0.5], dtype=complex), chart=CircleChart())
    f = KernelExpansion(kernel=Gaussian(length=0.8), centres=points[:4], weights=WEIGHTS[:4])
    for g, extension in ((wave, Extension()), (wave, Extension(name="ambient")), (f, Extension())):
        with pytest.raises(UnsupportedError, match="ambient"):
            smooth(g, 0.1, extension=extension, method=Quadrature())
    with pytest.raises(UnsupportedError, match="ambient"):  # by itself, too
        smooth(wave, 0.1, extension=Extension(name="ambient"))
    ambient = smooth(f, 0.3, extension=Extension(name="ambient"), method=Quadrature(nodes=24))
    closed = smooth(f, 0.3, extension=Extension(name="ambient"))
    assert ambient(points) == pytest.approx(closed(points), abs=1e-8)
    with pytest.raises(UnsupportedError, match="closed form only"):
        smooth(fit(Brownian()), 0.1, method=Quadrature())


def test_series_close_under_their_own_name_only() -> None:
    torus = FourierSeries(coefficients=np.array([1, 2 - 1j]), chart=TorusChart())
    cosine = FourierSeries(
        coefficients=np.array([1, 0.5], dtype=complex), chart=CosineChart(low=0.0, high=1.0)
    )
    for f, name in ((torus, "periodic"), (cosine, "reflected"), (cosine, "natural")):
        found: Function = smooth(f, 0.1, extension=Extension(name=name))  # type: ignore[arg-type] # a parameter
        assert isinstance(found, FourierSeries)
    forced = smooth(cosine, 0.1, method=Quadrature())
    assert forced(X) == pytest.approx(smooth(cosine, 0.1)(X), abs=1e-11)
    clipped = smooth(torus, 0.1, extension=Extension(name="clipped"))
    assert isinstance(clipped, NumericalMean)


def test_refused() -> None:
    with pytest.raises(InputError, match="extension must be one of"):
        Extension(name="magic")  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="low < high"):
        Extension(low=1.0, high=1.0)
    with pytest.raises(UnsupportedError, match="too small"):
        smooth(fit(PeriodicSobolev(order=1)), 1e-9)
