from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.domains import Sphere
from ratecheck.harmonics import HarmonicSeries
from ratecheck.numerics import hyperspherical
from ratecheck.streams import generator
from ratecheck.targets import Sobolev
from ratecheck.targets.sphere import HIGHEST_DEGREE
from ratecheck.types import Array, InputError, UnsupportedError


def realised(s: float, radius: float, d: int, band: int, seed: int) -> HarmonicSeries:
    rng = generator(seed, "targets", role="target")
    f = Sobolev(s, radius, band=band).realise(Sphere(d), rng)
    assert isinstance(f, HarmonicSeries)
    return f


def energies(f: HarmonicSeries) -> Array:
    """Mean square of each degree 0 ... band."""
    degree = hyperspherical.degrees(f.d, f.band).astype(int)
    return np.bincount(degree, weights=f.coefficients**2).astype(np.float64)


@given(
    s=st.floats(2.6, 4), radius=st.floats(1e-2, 1e2), d=st.integers(2, 5), seed=st.integers(0, 99)
)
def test_the_norm_is_the_radius(s: float, radius: float, d: int, seed: int) -> None:
    f = realised(s, radius, d, 12, seed)
    k = np.arange(1.0, f.band + 1)
    energy = energies(f)
    assert energy[0] == 0
    norm = np.sum((k * (k + d - 1)) ** s * energy[1:])
    assert float(norm) == pytest.approx(radius**2)
    assert float(np.sum(k ** (2 * s) * energy[1:])) != pytest.approx(radius**2, rel=1e-2)
    decay = np.diff(np.log(energy[1:])) / np.diff(np.log(k))
    assert decay == pytest.approx(np.full(f.band - 1, -2 * (s + 0.51)))


def test_streams_and_directions() -> None:
    f, again, other = (realised(2.0, 1.0, 2, 40, seed) for seed in (0, 0, 1))
    assert np.array_equal(f.coefficients, again.coefficients)
    units = [g.coefficients[4:9] / np.linalg.norm(g.coefficients[4:9]) for g in (f, other)]
    assert abs(float(units[0] @ units[1])) < 0.999
    mean = np.mean([realised(2.0, 1.0, 2, 2, seed).coefficients for seed in range(400)], axis=0)
    size = float(np.sqrt(f.mean_square()))
    assert np.abs(mean).max() < 0.15 * size  # directions are symmetric


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_bands_end_where_values_get_dear(d: int) -> None:
    assert realised(3.0, 1.0, d, 10**6, 0).band == HIGHEST_DEGREE[d]
    assert realised(3.0, 1.0, d, 5, 0).band == 5


def test_refusals() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match=r"exceed d/2 = 1.5, got 1.5"):
        Sobolev(1.5).realise(Sphere(3), rng)
    with pytest.raises(UnsupportedError, match=r"targets\.Callable"):
        Sobolev(4.0).realise(Sphere(6), rng)
