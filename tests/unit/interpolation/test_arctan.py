from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratecheck as rc
from ratecheck.functions import Plain
from ratecheck.interpolation.arctan import ArctanSpline
from ratecheck.interpolation.recognise import monotone_form
from ratecheck.kernels import LiftedNTK
from ratecheck.operators.expansion import KernelExpansion
from ratecheck.operators.markov import MarkovGram
from ratecheck.risk import adversarial_risks
from ratecheck.types import Array

KERNEL = LiftedNTK(depth=2)
seeds = st.integers(0, 10**6)


def sample(k: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.uniform(-2, 2, (k, 1)), rng.standard_normal(k)


def recognised(X: Array, weights: Array) -> ArctanSpline:
    f = monotone_form(KernelExpansion(kernel=KERNEL, centres=X, weights=weights))
    assert isinstance(f, ArctanSpline)
    return f


@settings(max_examples=30)
@given(k=st.integers(1, 40), seed=seeds)
def test_values_are_those_of_the_expansion(k: int, seed: int) -> None:
    X, w = sample(k, seed)
    f, new = recognised(X, w), np.append(np.linspace(-9, 9, 101), X[:, 0])[:, None]
    naive = KERNEL(new, X) @ w
    assert f(new) == pytest.approx(naive, abs=1e-11 * (1 + np.abs(w).sum()) * 100)
    assert f(new) != pytest.approx(KERNEL(new, X) @ (w * 1.001), abs=1e-9)


@settings(max_examples=30)
@given(k=st.integers(1, 30), seed=seeds)
def test_monotone_between_turning_points(k: int, seed: int) -> None:
    X, w = sample(k, seed)
    f = recognised(X, w)
    places, values = f.turning_points()
    assert np.isin(f.knots, places).all()
    assert values == pytest.approx(f(places[:, None]), abs=0)
    ends = np.concatenate([[-50.0], places[np.abs(places) < 50], [50.0]])
    u = np.linspace(0, 1, 30)[:, None]
    steps = np.diff(f((ends[:-1] + u * np.diff(ends)).T.reshape(-1, 1)).reshape(-1, 30))
    slack = 1e-10 * np.abs(values).max()
    assert np.all((steps >= -slack).all(axis=1) | (steps <= slack).all(axis=1))


def test_curved_pieces_do_turn() -> None:
    """Two equal centres: the fit between them turns at the middle."""
    f = recognised(np.array([[-1.0], [1.0]]), np.array([1.0, 1.0]))
    places, _ = f.turning_points()
    assert np.abs(places).min() < 1e-9
    assert places.size > 2


def test_repeated_centres_and_sorted_weights() -> None:
    X, w = sample(12, 3)
    twice = np.vstack([X, X[:4]])
    more = np.append(w, np.ones(4))
    new = np.linspace(-3, 3, 50)[:, None]
    assert recognised(twice, more)(new) == pytest.approx(KERNEL(new, twice) @ more, abs=1e-9)
    gram = MarkovGram.of(KERNEL, X)
    f = monotone_form(gram.function(w[gram.order]))
    assert isinstance(f, ArctanSpline)
    assert f(new) == pytest.approx(KERNEL(new, X) @ w, abs=1e-10)


def test_other_depths_and_dimensions_are_not_recognised() -> None:
    X, w = sample(5, 0)
    deep = KernelExpansion(kernel=LiftedNTK(depth=3), centres=X, weights=w)
    plane = KernelExpansion(kernel=KERNEL, centres=np.hstack([X, X]), weights=w)
    assert monotone_form(deep) is None
    assert monotone_form(plane) is None


@pytest.mark.parametrize("r", [0.0, 0.02, 0.2])
def test_risks_agree_with_windows_around_kinks(r: float) -> None:
    """`expansion_risks` makes the design points nodes of a grid: an independent route."""
    from ratecheck.risk import as_expansion, expansion_risks

    rng = np.random.default_rng(5)
    domain = rc.domains.Interval(-1.0, 1.0)
    X = domain.design(90, rng)
    f = Plain(call=lambda X: np.sin(5 * X[:, 0]))
    interpolant = rc.Interpolant()
    path = interpolant.path(interpolant.prepare(KERNEL, X), f(X) + rng.standard_normal(90))
    slow = expansion_risks(as_expansion(path), f, domain, (r,))[0][0]
    fast = adversarial_risks(path.function(0), f, domain, (r,))[0]
    assert fast.value == pytest.approx(slow.value, abs=fast.error + slow.error + 1e-6)
    assert slow.value > 0.1
