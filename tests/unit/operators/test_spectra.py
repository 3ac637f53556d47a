"""Spectra for traces: merged runs, sampled designs, populations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.domains import Circle, Cube, Domain, Interval, Torus
from ratecheck.filters import Filter, GradientFlowFilter, RidgeFilter
from ratecheck.kernels import NTK, Kernel, Laplace, LiftedNTK, Matern, PeriodicSobolev
from ratecheck.operators.coefficients import blocks
from ratecheck.operators.population import population
from ratecheck.operators.trace import sampled_spectrum
from ratecheck.types import Array, UnsupportedError

FLOW = GradientFlowFilter()


def trace(values: Array, counts: Array, t: float, power: int, f: Filter = FLOW) -> float:
    return float((1 - f.residual(values, np.array([t]))[0]) ** power @ counts)


@given(
    decay=st.floats(1.2, 6), size=st.integers(1, 3000), t=st.floats(0, 8),
    zeros=st.integers(0, 3), seed=st.integers(0, 100),
)  # fmt: skip
def test_merged_runs_have_the_same_traces(
    decay: float, size: int, t: float, zeros: int, seed: int
) -> None:
    mu = np.arange(1.0, size + 1) ** -decay
    if zeros:  # parity: every so many coefficients vanish
        mu[:: zeros + 1] = 0.0
    mu = np.random.default_rng(seed).permutation(mu) if seed % 2 else mu
    values, counts = blocks(mu)
    assert counts.sum() == np.count_nonzero(mu)
    assert values @ counts == pytest.approx(mu.sum())
    assert (np.diff(values) <= 0).all()
    for power in (1, 2):
        exact = trace(mu, np.ones(size), 10.0**t, power)
        assert trace(values, counts, 10.0**t, power) == pytest.approx(exact, rel=3e-4, abs=1e-12)


def test_few_values_remain_of_many() -> None:
    assert blocks(np.arange(1.0, 2**17) ** -2.0)[0].size < 1200
    assert blocks(np.empty(0))[0].size == 0


def test_averaging_parity_zeros_in_would_change_traces() -> None:
    mu = np.arange(1.0, 2**14 + 1) ** -2.0
    mu[::2] = 0.0
    pairs = np.repeat(mu.reshape(-1, 2).mean(axis=1), 2)
    exact = trace(mu, np.ones(mu.size), 1e6, 2)
    assert trace(pairs, np.ones(mu.size), 1e6, 2) != pytest.approx(exact, rel=0.1)
    assert trace(*blocks(mu), 1e6, 2) == pytest.approx(exact, rel=3e-4)


@settings(max_examples=5)
@given(decay=st.floats(1.5, 5), n=st.integers(30, 200), t=st.floats(0, 4))
def test_sampled_spectra(decay: float, n: int, t: float) -> None:
    mu = np.arange(1.0, n + 1) ** -decay
    found = sampled_spectrum(lambda v: mu * v, n)
    assert not found.exact
    assert found.counts.sum() == pytest.approx(n, rel=0.05)
    for power in (1, 2):
        exact = trace(mu, np.ones(n), 10.0**t, power)
        assert trace(found.values, found.counts, 10.0**t, power) == pytest.approx(exact, rel=0.05)


def test_sampling_is_a_function_of_the_design() -> None:
    mu = np.arange(1.0, 301) ** -2.0
    first, second = (sampled_spectrum(lambda v: mu * v, 300) for _ in range(2))
    assert first.values.tolist() == second.values.tolist()
    assert first.counts.tolist() == second.counts.tolist()


def test_a_projection_is_found_exactly() -> None:
    mu = np.concatenate([np.ones(7), np.zeros(93)])
    found = sampled_spectrum(lambda v: mu * v, 100)
    assert found.values @ found.counts == pytest.approx(7, rel=0.4)


CASES: tuple[tuple[Kernel, Domain], ...] = (
    (PeriodicSobolev(order=1), Torus()),
    (PeriodicSobolev(order=2), Torus()),
    (NTK(depth=2), Circle()),
    (NTK(depth=3, bias=0.5), Circle()),
    (LiftedNTK(depth=2), Interval(-1, 1)),
)


@pytest.mark.parametrize(("kernel", "domain"), CASES, ids=repr)
def test_populations_are_limits_of_designs(kernel: Kernel, domain: Domain) -> None:
    known = population(kernel, domain)
    X = domain.grid(400)
    mu = np.maximum(np.linalg.eigvalsh(kernel(X, X) / 400), 0)
    assert known.largest == pytest.approx(mu[-1], rel=1e-2)
    for t in (3.0, 30.0, 300.0):
        for f in (FLOW, RidgeFilter()):
            design = trace(mu, np.ones(400), t / known.largest, 2, f)
            found = known.effective_dimension(f, t / known.largest)
            assert found == pytest.approx(design, rel=0.02)
    shifted = known.effective_dimension(FLOW, 330.0 / known.largest)
    assert shifted != pytest.approx(known.effective_dimension(FLOW, 300 / known.largest), rel=0.01)


@pytest.mark.parametrize(("kernel", "domain"), CASES, ids=repr)
def test_the_power_law_of_populations(kernel: Kernel, domain: Domain) -> None:
    known = population(kernel, domain)
    values = np.repeat(known.spectrum.values, known.spectrum.counts.astype(int))
    values = np.sort(values)[::-1]
    decay = 2 * known.order
    i = np.array([1000, 4000])
    slope = np.diff(np.log(values[i - 1])) / np.diff(np.log(i))
    assert slope[0] == pytest.approx(-decay, abs=0.05)
    unit = 2 * np.pi / (domain.length if domain.periodic else 2 * domain.length)
    per_frequency = 2 if domain.periodic else 1
    if kernel != NTK(depth=2):  # without bias half of the frequencies are missing
        ahead = known.scale * (unit * i / per_frequency) ** -decay
        assert values[i - 1] == pytest.approx(ahead, rel=0.05)


@pytest.mark.parametrize(
    ("kernel", "domain"),
    [
        (Laplace(scale=1.0), Torus()),
        (NTK(depth=2), Cube(2)),
        (Matern(nu=1.5, length=1.0), Interval()),
    ],
    ids=repr,
)
def test_unknown_populations_are_refused(kernel: Kernel, domain: Domain) -> None:
    with pytest.raises(UnsupportedError, match=r"known|one dimension"):
        population(kernel, domain)
