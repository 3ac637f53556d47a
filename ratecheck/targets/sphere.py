"""Random functions of a Sobolev ball on spheres."""

from __future__ import annotations

from typing import Final

import numpy as np

from ratecheck.domains import Sphere
from ratecheck.harmonics import HarmonicSeries
from ratecheck.numerics import hyperspherical
from ratecheck.targets.base import above_half_dimension
from ratecheck.types import Array, UnsupportedError

#: Largest degree of a target by dimension: its values at a design cost (degree + 1)^d each.
HIGHEST_DEGREE: Final = {2: 256, 3: 32, 4: 20, 5: 12}


def frequencies(d: int, band: int) -> Array:
    """Return w_k = (k (k + d - 1))^{1/2}, k = 1 ... band: roots of the Laplacian's eigenvalues."""
    k = np.arange(1, band + 1, dtype=np.float64)
    return np.sqrt(k * (k + d - 1))


def random_series(
    domain: Sphere, smoothness: float, radius: float, decay: float, band: int,
    rng: np.random.Generator,
) -> HarmonicSeries:  # fmt: skip
    """Return a series whose degree k has energy proportional to k^{-2 decay}, in random directions.

    The direction of each degree is uniform on the unit sphere of its harmonics; mean 0;
    ``sum_k w_k^{2s} energy_k = radius^2`` exactly.

    Raises
    ------
    InputError
        If s <= d/2.
    UnsupportedError
        If the dimension is above 5.
    """
    d = domain.d
    above_half_dimension(smoothness, d)
    if d not in HIGHEST_DEGREE:
        raise UnsupportedError(
            f"targets on spheres exist for d = 2 ... 5, not on {domain!r}: "
            "pass targets.Callable(...)"
        )
    band = min(band, HIGHEST_DEGREE[d])
    k = np.arange(1, band + 1, dtype=np.float64)
    sizes = k**-decay
    sizes *= radius / np.sqrt(np.sum((frequencies(d, band) ** smoothness * sizes) ** 2))
    coefficients = rng.standard_normal(hyperspherical.offset(d, band + 1))
    coefficients[0] = 0.0
    starts = [hyperspherical.offset(d, j) for j in range(1, band + 1)]
    lengths = np.sqrt(np.add.reduceat(coefficients**2, starts))
    counts = np.diff([*starts, coefficients.size])
    coefficients[1:] *= np.repeat(sizes / lengths, counts)
    return HarmonicSeries(d=d, coefficients=coefficients)
