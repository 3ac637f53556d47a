from __future__ import annotations

import sys

import numpy as np
import pytest

from ratecheck.domains import Sphere
from ratecheck.filters import GradientFlowFilter
from ratecheck.kernels import NTK, Brownian, Gaussian, Kernel, Matern
from ratecheck.numerics import spherical
from ratecheck.operators import BlockedGram, DenseGram, SphereGram
from ratecheck.operators.normal import HIGHEST_BAND
from ratecheck.operators.population import population
from ratecheck.operators.prepare import gram_operator
from ratecheck.path import Path
from ratecheck.spectra import multiplicity, sphere_eigenvalues
from ratecheck.spectra.degrees import CONTINUED, degree_eigenvalues, multiplicities
from ratecheck.streams import generator
from ratecheck.types import Array, InputError, MissingExtraError, Status, UnsupportedError

KERNEL = NTK(depth=2, bias=1.0)


def design(n: int, d: int = 2) -> Array:
    return Sphere(d).design(n, generator(0, "sphere", n, d, role="design"))


def noise(n: int) -> Array:
    return np.asarray(generator(0, "sphere", n, role="noise").standard_normal(n))


def path(operator: DenseGram | SphereGram, y: Array, times: Array) -> Path:
    reduction = operator.reduce(y, times, 1e-8)
    return Path(times=times, filter=GradientFlowFilter(), operator=operator, reduction=reduction)


def test_a_fit_that_needs_more_degrees_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the status: with too few degrees, late times are marked."""
    X, y, times = design(2000), noise(2000), np.array([1.0, 400.0])
    operator = SphereGram(X=X, eigenvalues=degree_eigenvalues(KERNEL, 2))
    wanted = operator.band(400.0)
    assert path(operator, y, times).status == (Status.CONVERGED, Status.CONVERGED)
    monkeypatch.setitem(HIGHEST_BAND, 2, 6)
    assert operator.band(400.0) == 6 < wanted
    assert path(operator, y, times).status == (Status.CONVERGED, Status.TRUNCATED)


def test_the_highest_band_is_marked_beyond_its_reach() -> None:
    X, y = design(2000, 5), noise(2000)
    operator = SphereGram(X=X, eigenvalues=degree_eigenvalues(KERNEL, 5))
    times = np.array([1.0, 3e3])
    found = path(operator, y, times)
    assert found.status == (Status.CONVERGED, Status.TRUNCATED)
    reference = path(DenseGram(kernel=KERNEL, X=X, exact=False), y, times)
    ours = operator.predict(found.coordinates, X)
    exact = reference.operator.predict(reference.coordinates, X)
    distance = np.sqrt(np.mean((ours - exact) ** 2, axis=1))
    assert distance[0] <= found.errors[0] + reference.errors[0]
    assert distance[1] > 0.1 * np.sqrt(np.mean(exact[1] ** 2))  # the mark was deserved


def test_an_uneven_design() -> None:
    """Points on one half of the sphere: Lanczos and a sampled spectrum, the same stated error."""
    X = design(2400)
    X = X[X[:, 2] > 0]
    y, times = np.sin(4 * X[:, 0]) + 0.3 * noise(len(X)), np.geomspace(0.5, 100, 9)
    operator = gram_operator(KERNEL, X, "sphere")
    assert isinstance(operator, SphereGram)
    found = path(operator, y, times)
    reference = path(DenseGram(kernel=KERNEL, X=X, exact=True), y, times)
    ours = operator.predict(found.coordinates, X)
    exact = reference.operator.predict(reference.coordinates, X)
    distance = np.sqrt(np.mean((ours - exact) ** 2, axis=1))
    assert (distance <= found.errors + reference.errors).all()
    assert (distance > reference.errors).any()
    assert found.square_traces == pytest.approx(reference.square_traces, rel=0.08)


@pytest.mark.parametrize("kernel", [KERNEL, NTK(depth=3), Matern(nu=1.5, length=1.0)])
def test_eigenvalues_go_on_by_their_law(kernel: Kernel) -> None:
    far = sphere_eigenvalues(kernel, 2, 1900)[1025:]
    continued = degree_eigenvalues(kernel, 2)[1025:1901]
    assert continued == pytest.approx(far, rel=5e-3)
    other_parity = np.roll(continued, 1)
    if kernel == NTK(depth=3):
        assert other_parity != pytest.approx(far, rel=0.05)


def test_smooth_kernels_are_not_continued() -> None:
    assert degree_eigenvalues(Gaussian(length=1.0), 2).size < CONTINUED


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_multiplicities(d: int) -> None:
    assert multiplicities(d, 40).tolist() == [multiplicity(d, k) for k in range(40)]


def test_population_of_a_sphere() -> None:
    known = population(KERNEL, Sphere(2))
    assert known.order == 1.5
    assert float(known.spectrum.values @ known.spectrum.counts) == pytest.approx(
        float(KERNEL.diagonal(design(1))[0]), rel=1e-3
    )
    k = 300
    frequency = (k * (k + 1)) ** 0.5
    assert known.spectrum.values[k] == pytest.approx(known.scale * frequency**-3, rel=0.01)


def test_kernels_too_narrow_for_the_quadrature_stay_dense() -> None:
    narrow = Gaussian(length=1e-6)
    with pytest.raises(UnsupportedError, match="too narrow"):
        gram_operator(narrow, design(50), "sphere")
    assert isinstance(gram_operator(narrow, design(1600)), DenseGram)
    assert isinstance(gram_operator(Gaussian(length=1.0), design(1600)), SphereGram)


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    X = design(50)
    with pytest.raises(InputError, match=r"unit vectors of S\^2, got length 2 in row"):
        gram_operator(KERNEL, 2 * X, "sphere")
    with pytest.raises(UnsupportedError, match=r"S\^2 to S\^5"):
        gram_operator(KERNEL, design(50, 6), "sphere")
    with pytest.raises(UnsupportedError, match="zonal kernels"):
        gram_operator(Brownian(), np.linspace(0.1, 1, 5)[:, None], "sphere")
    operator = gram_operator(KERNEL, X, "sphere")
    with pytest.raises(InputError, match="3"):
        operator.predict(np.ones((4, 1)), design(5, 3))
    with pytest.raises(InputError, match="row 4"):
        operator.predict(np.ones((4, 1)), np.vstack([X[:4], [[0.0, 0.0, 1.1]]]))
    monkeypatch.setitem(sys.modules, "ducc0", None)
    spherical._library.cache_clear()
    try:
        with pytest.raises(MissingExtraError, match=r"pip install 'ratecheck\[sphere\]'"):
            gram_operator(KERNEL, X, "sphere")
        assert isinstance(gram_operator(KERNEL, design(7000)), BlockedGram)
    finally:
        spherical._library.cache_clear()
