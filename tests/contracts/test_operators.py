"""Every operator agrees with the exact eigenproblem within the error that it states itself."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from ratecheck.domains import Circle, Domain, Interval, Sphere, Torus
from ratecheck.estimators import SpectralEstimator
from ratecheck.filters import (
    CutOffFilter,
    Filter,
    GradientFlowFilter,
    IteratedRidgeFilter,
    RidgeFilter,
)
from ratecheck.kernels import (
    NTK,
    Brownian,
    BrownianPlusOne,
    Kernel,
    Laplace,
    LiftedNTK,
    Matern,
    NeumannSobolev,
    PeriodicSobolev,
    TorusSobolev,
)
from ratecheck.operators import (
    BlockedGram,
    DenseGram,
    FourierGram,
    MarkovGram,
    SphereGram,
    TorusGram,
)
from ratecheck.operators.prepare import OperatorName, gram_operator
from ratecheck.path import Path
from ratecheck.streams import generator
from ratecheck.types import Array, InputError, Status, UnsupportedError


@dataclass(frozen=True, kw_only=True)
class Case:
    """A kernel on a domain with an operator and the largest time tried."""

    kernel: Kernel
    domain: Domain
    operator: OperatorName
    last: float
    n: int = 500

    def __str__(self) -> str:
        return f"{self.operator}-{self.kernel!r}-{self.domain!r}"


CASES = (
    Case(kernel=PeriodicSobolev(order=1), domain=Torus(), operator="fourier", last=3e4),
    Case(kernel=PeriodicSobolev(order=2), domain=Torus(), operator="fourier", last=1e7),
    Case(kernel=PeriodicSobolev(order=1), domain=Torus(), operator="markov", last=3e4),
    Case(kernel=PeriodicSobolev(order=2), domain=Torus(), operator="markov", last=1e7),
    Case(kernel=NTK(depth=3), domain=Circle(), operator="fourier", last=1e3),
    Case(kernel=NTK(depth=2, bias=1.0), domain=Circle(), operator="fourier", last=1e3),
    Case(kernel=LiftedNTK(depth=2), domain=Interval(-1, 1), operator="fourier", last=1e3),
    Case(kernel=LiftedNTK(depth=5), domain=Interval(-1, 1), operator="fourier", last=1e3),
    Case(kernel=LiftedNTK(depth=2), domain=Interval(-1, 1), operator="markov", last=3e3),
    Case(kernel=Brownian(), domain=Interval(), operator="markov", last=1e3),
    Case(kernel=BrownianPlusOne(), domain=Interval(), operator="markov", last=1e3),
    Case(kernel=NeumannSobolev(c=2.0), domain=Interval(), operator="markov", last=1e3),
    Case(kernel=Laplace(scale=0.05), domain=Interval(), operator="markov", last=3e2),
    Case(kernel=LiftedNTK(depth=3), domain=Interval(-1, 1), operator="dense", last=3e3),
    Case(kernel=Matern(nu=1.5, length=0.3), domain=Interval(), operator="blocked", last=1e4, n=200),
    Case(kernel=Laplace(scale=0.5), domain=Interval(), operator="dense", last=1e3),
    Case(kernel=Matern(nu=2.5, length=0.3), domain=Interval(), operator="nystrom", last=1e3),
    Case(kernel=TorusSobolev(order=1.5, dimension=1), domain=Torus(), operator="fourier", last=1e5),
    Case(
        kernel=TorusSobolev(order=1.5, dimension=2), domain=Torus(2), operator="fourier", last=5e3
    ),
    Case(
        kernel=TorusSobolev(order=3.0, dimension=2), domain=Torus(2), operator="fourier", last=1e8
    ),
    Case(
        kernel=TorusSobolev(order=2.0, dimension=3), domain=Torus(3), operator="fourier", last=2e3
    ),
    Case(kernel=NTK(depth=2, bias=1.0), domain=Sphere(2), operator="sphere", last=60),
    Case(kernel=NTK(depth=3), domain=Sphere(2), operator="sphere", last=120, n=1000),
    Case(kernel=Matern(nu=1.5, length=0.5), domain=Sphere(2), operator="sphere", last=600),
    Case(kernel=NTK(depth=3), domain=Sphere(3), operator="sphere", last=25),
    Case(kernel=NTK(depth=2, bias=1.0), domain=Sphere(4), operator="sphere", last=15),
    Case(kernel=NTK(depth=3), domain=Sphere(5), operator="sphere", last=10),
)
FILTERS: tuple[Filter, ...] = (
    GradientFlowFilter(),
    RidgeFilter(),
    IteratedRidgeFilter(order=3),
    CutOffFilter(),
)


@cache
def data(case: Case, n: int) -> tuple[Array, Array, Array]:
    """Return a random design, noisy responses and a grid of times."""
    X = case.domain.design(n, generator(0, str(case), n, role="design"))
    y = np.sin(5 * X[:, 0]) + 0.5 * generator(0, str(case), n, role="noise").standard_normal(n)
    return X, y, np.geomspace(0.5, case.last, 25)


@cache
def reduced(case: Case, operator: OperatorName, n: int) -> Path:
    """Return the path of gradient flow; the reduction behind it serves every filter."""
    X, y, times = data(case, n)
    estimator = SpectralEstimator(filter=GradientFlowFilter(), operator=operator)
    return estimator.path(estimator.prepare(case.kernel, X), y, times)


def fitted(case: Case, filter_: Filter, operator: OperatorName, n: int) -> Path:
    path = reduced(case, operator, n)
    if filter_ == path.filter:
        return path
    return Path(times=path.times, filter=filter_, operator=path.operator, reduction=path.reduction)


def places(case: Case, count: int) -> Array:
    """Return points of the domain, equispaced where there is a grid."""
    if case.domain.dimension == 1:
        return case.domain.grid(count)
    return case.domain.design(count, generator(3, "places", role="design"))


def disagreement(case: Case, path: Path, reference: Path) -> Array:
    """Return ||f_t - reference_t||_n over the design, shape (T,)."""
    X, _, _ = data(case, path.size)
    ours = path.operator.predict(path.coordinates, X)
    exact = reference.operator.predict(reference.coordinates, X)
    return np.asarray(np.sqrt(np.mean((ours - exact) ** 2, axis=1)))


@pytest.mark.parametrize("filter_", FILTERS, ids=lambda f: type(f).__name__ + str(f.qualification))
@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_eigh_within_the_stated_error(case: Case, filter_: Filter) -> None:
    n = case.n
    path, reference = fitted(case, filter_, case.operator, n), fitted(case, filter_, "eigh", n)
    stated = path.errors + reference.errors
    assert (disagreement(case, path, reference) <= stated).all()
    # the statement is worth something: below a tenth of the data at every time but the very last
    if filter_.is_continuous:
        assert (path.errors[:-3] <= 0.1 * np.sqrt(path.reduction.ritz.energy)).all()
    root = np.sqrt(path.reduction.ritz.energy)
    assert np.abs(path.residuals - reference.residuals).max() <= (2.5 * root * stated).max()
    assert np.abs(path.gaps - reference.gaps).max() <= (5 * root * stated).max()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_wrong_kernel_is_not_within_the_stated_error(case: Case) -> None:
    n = case.n
    path = fitted(case, GradientFlowFilter(), case.operator, n)
    doubled = dataclasses.replace(case, kernel=2.0 * case.kernel)
    X, y, times = data(case, n)
    estimator = SpectralEstimator(filter=GradientFlowFilter(), operator="eigh")
    wrong = estimator.path(estimator.prepare(doubled.kernel, X), y, times)
    assert (disagreement(case, path, wrong) > path.errors + wrong.errors).any()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_traces(case: Case) -> None:
    n = case.n
    path = fitted(case, GradientFlowFilter(), case.operator, n)
    reference = fitted(case, GradientFlowFilter(), "eigh", n)
    # sampled traces and population spectra: a few per cent, far less than the constant of Lepski
    assert path.traces == pytest.approx(reference.traces, rel=0.08)
    assert path.square_traces == pytest.approx(reference.square_traces, rel=0.08)
    assert path.traces != pytest.approx(reference.square_traces, rel=0.08)
    assert (path.square_traces <= path.traces).all()
    assert (np.diff(path.traces) > 0).all()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_functions_and_predictions_are_one(case: Case) -> None:
    path = fitted(case, GradientFlowFilter(), case.operator, case.n)
    X = places(case, 40)
    values = path.operator.predict(path.coordinates, X)
    for index in (0, 12, 24):
        assert path.function(index)(X) == pytest.approx(values[index], abs=1e-9)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_errors_on_other_data(case: Case) -> None:
    path = fitted(case, GradientFlowFilter(), case.operator, case.n)
    X = case.domain.design(200, generator(1, "other", role="design"))
    y = generator(1, "other", role="noise").standard_normal(200)
    direct = np.mean((y - path.operator.predict(path.coordinates, X)) ** 2, axis=1)
    found = path.operator.prediction_errors(path.coordinates, X, y)
    assert found == pytest.approx(direct, rel=1e-8)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_order_of_the_data_does_not_matter(case: Case) -> None:
    X, y, times = data(case, case.n)
    estimator = SpectralEstimator(filter=GradientFlowFilter(), operator=case.operator)
    shuffle = generator(2, "shuffle", role="split").permutation(case.n)
    grid = places(case, 30)
    first = fitted(case, GradientFlowFilter(), case.operator, case.n)
    second = estimator.path(estimator.prepare(case.kernel, X[shuffle]), y[shuffle], times)
    a, b = estimator.predict(first, grid), estimator.predict(second, grid)
    assert np.abs(a - b).max() <= 1e-6 * np.abs(a).max()


def test_large_designs_take_the_rational_route() -> None:
    """The route of large n against the dense coefficient problem, at the size where they meet."""
    case = CASES[0]
    X, y, _ = data(case, 4000)
    times = np.geomspace(1.0, (2 * np.pi * 60) ** 2, 40)
    estimator = SpectralEstimator(filter=GradientFlowFilter(), tolerance=1e-9)
    path = estimator.path(estimator.prepare(case.kernel, X), y, times)
    assert path.reduction.ritz.vectors.shape[0] > 400  # beyond the dense route
    markov = SpectralEstimator(filter=GradientFlowFilter(), operator="markov", tolerance=1e-9)
    reference = markov.path(markov.prepare(case.kernel, X), y, times)
    gap = disagreement(case, path, path)
    assert gap.max() == 0.0
    ours = path.operator.predict(path.coordinates, X)
    exact = reference.operator.predict(reference.coordinates, X)
    distance = np.sqrt(np.mean((ours - exact) ** 2, axis=1))
    assert (distance <= path.errors + reference.errors).all()
    assert path.reduction.ritz.errors(path._weigh, times)[:30].max() < 1e-6


def test_choice_of_operator() -> None:
    torus = Torus().design(300, generator(0, "choice", role="design"))
    line = np.linspace(-1, 1, 3000)[:, None]
    plane = generator(0, "plane", role="design").standard_normal((7000, 3))
    sphere = Sphere(2).design(2000, generator(0, "sphere", role="design"))
    large = Sphere(3).design(7000, generator(0, "sphere", role="design"))
    assert isinstance(gram_operator(PeriodicSobolev(order=1), torus), FourierGram)
    assert isinstance(gram_operator(PeriodicSobolev(order=1), torus[:30]), DenseGram)
    assert isinstance(gram_operator(LiftedNTK(depth=3), line), FourierGram)
    assert isinstance(gram_operator(LiftedNTK(depth=2), line, "markov"), MarkovGram)
    cells = plane[:, :2] % 1.0
    assert isinstance(gram_operator(TorusSobolev(order=2, dimension=2), cells), TorusGram)
    assert isinstance(gram_operator(TorusSobolev(order=2, dimension=2), cells[:900]), DenseGram)
    assert isinstance(gram_operator(NTK(depth=3), sphere), SphereGram)
    assert isinstance(gram_operator(NTK(depth=3), sphere[:1000]), DenseGram)
    assert isinstance(gram_operator(NTK(depth=3), 2 * sphere), DenseGram)
    assert isinstance(gram_operator(NTK(depth=3), large), SphereGram)
    assert isinstance(gram_operator(NTK(depth=3), large[:5000]), DenseGram)
    assert isinstance(gram_operator(Matern(nu=1.5, length=1.0), plane), BlockedGram)
    assert isinstance(gram_operator(Matern(nu=1.5, length=1.0), plane[:3000]), DenseGram)


def test_refusals() -> None:
    X = np.linspace(0, 1, 20)[:, None]
    with pytest.raises(UnsupportedError, match="not semiseparable"):
        gram_operator(Matern(nu=1.5, length=1.0), X, "markov")
    with pytest.raises(UnsupportedError, match="not stationary in a chart"):
        gram_operator(Matern(nu=1.5, length=1.0), X, "fourier")
    with pytest.raises(InputError, match="operator must be one of"):
        gram_operator(Matern(nu=1.5, length=1.0), X, "magic")  # type: ignore[arg-type] # on purpose
    estimator = SpectralEstimator(filter=GradientFlowFilter())
    state = estimator.prepare(Matern(nu=1.5, length=1.0), X)
    with pytest.raises(InputError, match="20 entries"):
        estimator.path(state, np.ones(19), np.array([1.0]))
    with pytest.raises(InputError, match="strictly increasing"):
        estimator.path(state, np.ones(20), np.array([2.0, 1.0]))
    with pytest.raises(InputError, match="zero everywhere"):
        estimator.path(state, np.zeros(20), np.array([1.0]))


def test_a_fit_that_needs_more_frequencies_says_so() -> None:
    X = Torus().design(300, generator(0, "rough", role="design"))
    y = generator(0, "rough", role="noise").standard_normal(300)
    operator = gram_operator(PeriodicSobolev(order=1), X)
    assert isinstance(operator, FourierGram)
    short = dataclasses.replace(operator, coefficients=operator.coefficients[:129])
    times = np.array([1e2, 1e6])
    reduction = short.reduce(y, times, 1e-8)
    path = Path(times=times, filter=GradientFlowFilter(), operator=short, reduction=reduction)
    assert path.status == (Status.CONVERGED, Status.TRUNCATED)
