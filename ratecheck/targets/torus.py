"""Random functions of a Sobolev ball on the torus of two and three dimensions."""

from __future__ import annotations

from typing import Final

import numpy as np

from ratecheck.domains import Torus
from ratecheck.numerics.lattice import half_box
from ratecheck.targets.base import above_half_dimension
from ratecheck.torus_series import TorusSeries
from ratecheck.types import ComplexArray, UnsupportedError

#: Largest frequency of a target by dimension: it has about band^d coefficients.
HIGHEST_BAND: Final = {2: 256, 3: 40}


def random_series(
    domain: Torus, smoothness: float, radius: float, decay: float, band: int,
    rng: np.random.Generator,
) -> TorusSeries:  # fmt: skip
    """Return a series with |c_k| proportional to |k|^{-decay}, 0 < |k| <= band, random phases.

    Mean 0; ``sum_k |2 pi k|^{2s} |c_k|^2 = radius^2`` exactly.

    Raises
    ------
    InputError
        If s <= d/2.
    UnsupportedError
        If d is above 3.
    """
    d = domain.d
    above_half_dimension(smoothness, d)
    if d not in HIGHEST_BAND:
        raise UnsupportedError(
            f"targets on tori exist for d = 1, 2, 3, not on {domain!r}: pass targets.Callable(...)"
        )
    band = min(band, HIGHEST_BAND[d])
    squared = half_box(d, band).astype(np.float64)
    inside = (squared > 0) & (squared <= band**2)
    safe = np.where(inside, squared, 1.0)
    sizes = np.where(inside, safe ** (-decay / 2), 0.0)
    c = sizes * np.exp(2j * np.pi * rng.random(squared.shape))
    f = TorusSeries(coefficients=_with_real_values(c))
    roots = (2 * np.pi) ** smoothness * safe ** (smoothness / 2)
    norm = np.sqrt(TorusSeries(coefficients=roots * f.coefficients).mean_square())
    return TorusSeries(coefficients=f.coefficients * (radius / norm))


def _with_real_values(half: ComplexArray) -> ComplexArray:
    """Set c_{-k} = conj c_k in the plane of last frequency 0, which holds both."""
    plane = half[..., 0]
    axes = tuple(range(plane.ndim))
    mirrored = np.roll(np.flip(plane), 1, axis=axes).conj()
    band = half.shape[-1] - 1
    k = np.fft.fftfreq(2 * band + 1, 1 / (2 * band + 1))
    # the first non-zero frequency decides which of +-k is kept; powers of 3 B order them
    order = sum(
        np.expand_dims(k, tuple(a for a in axes if a != axis)) * (3.0 * band + 1) ** -axis
        for axis in axes
    )
    half[..., 0] = np.where(order > 0, plane, mirrored)
    return half
