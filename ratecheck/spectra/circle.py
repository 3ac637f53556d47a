"""Fourier coefficients of kernels on the torus and of zonal kernels on the circle, at any band."""

from __future__ import annotations

import numpy as np

from ratecheck import check
from ratecheck.kernels import Kernel, PeriodicSobolev, Scaled, Sum
from ratecheck.numerics.special import cosine_power_sum
from ratecheck.spectra.closed import closed_eigenvalues
from ratecheck.spectra.kinks import odd_derivatives
from ratecheck.types import Array, IntArray, UnsupportedError

SMALLEST_GRID = 2**14
LARGEST_GRID = 2**20
SHARE = 8  # the transform serves frequencies up to grid / SHARE at most
_ROUGHEST = 100.0  # third derivative, over K(x, x), whose subtraction costs no digits
_NOISE = 2e-16  # coefficients below this share of K(x, x) are rounding of the transform
_SEAM = 1e-15  # transform and expansion must meet within this share of K(x, x)


def fourier_coefficients(kernel: Kernel, band: int) -> Array:
    """Return mu_0 ... mu_band of a stationary kernel on the torus [0, 1).

    K(x, y) = sum_k mu_{|k|} exp(2 pi i k (x - y)). `PeriodicSobolev` and sums and multiples of it.

    Examples
    --------
    >>> from ratecheck.kernels import PeriodicSobolev
    >>> fourier_coefficients(PeriodicSobolev(order=1), 2) * (2 * np.pi) ** 2
    array([39.4784176,  1.       ,  0.25     ])
    """
    check.integer("band", band, low=0)
    if isinstance(kernel, PeriodicSobolev):
        return kernel.fourier(band)
    if isinstance(kernel, Scaled):
        return kernel.factor * fourier_coefficients(kernel.kernel, band)
    if isinstance(kernel, Sum):
        terms = [fourier_coefficients(term, band) for term in kernel.terms]
        return np.asarray(np.sum(terms, axis=0))
    raise UnsupportedError(
        f"{kernel!r} is not stationary on the torus: use PeriodicSobolev, or "
        "circle_coefficients for a zonal kernel on the circle"
    )


def circle_coefficients(kernel: Kernel, band: int) -> Array:
    r"""Return mu_0 ... mu_band of a zonal kernel on the unit circle.

    Parameters
    ----------
    kernel : Kernel
        A zonal kernel; Matern kernels with half-integer ``nu``. `LiftedNTK` is taken as a
        function on the circle; its angular profile in one dimension is ``NTK(depth)``.
    band : int
        Largest frequency; 10^5 takes about 0.1 s.

    Returns
    -------
    array of shape (band + 1,)
        K = sum_k mu_{|k|} e^{i k theta}, theta the angle between the points: mu_k >= 0 and
        mu_0 + 2 sum_{k>=1} mu_k = K(x, x). Absolute error below 1e-14 K(x, x) and, for ReLU
        kernels, relative error below 1e-9 at every frequency.

    Raises
    ------
    UnsupportedError
        If the kernel is not zonal, or not analytic in the angle up to 0 and pi.

    Notes
    -----
    K is an even function g(theta), analytic on [0, pi], with kinks at 0 and pi where its odd
    derivatives jump. Integration by parts gives, exactly to any order,

        mu_k ~ (1/pi) sum_j (-1)^j ((-1)^k g^{(2j+1)}(pi) - g^{(2j+1)}(0)) / k^{2j+2}.

    High frequencies are this expansion, from the frequency on where it meets the transform that
    serves the low ones. Before the transform the first kinks are subtracted as Bernoulli
    polynomials, whose coefficients are known.

    Examples
    --------
    >>> from ratecheck.kernels import ArcCosine
    >>> circle_coefficients(ArcCosine(order=0), 3) * np.pi**2 / 2
    array([2.4674011 , 1.        , 0.        , 0.11111111])
    """
    check.integer("band", band, low=0)
    if not kernel.is_zonal:
        raise UnsupportedError(
            f"{kernel!r} is not zonal: coefficients on the circle need a function of the angle"
        )
    closed = closed_eigenvalues(kernel, 1, band)
    return expanded_coefficients(kernel, band) if closed is None else closed


def expanded_coefficients(kernel: Kernel, band: int) -> Array:
    """Return the coefficients of `circle_coefficients` without closed forms."""
    jumps = odd_derivatives(kernel)
    scale = float(kernel.at_angle(np.zeros(1))[0])
    grid = SMALLEST_GRID
    while True:
        low = _by_transform(kernel, jumps, grid, scale)
        seam = 1 + _last_above(low - _expansion(jumps, np.arange(low.size)), _SEAM * scale)
        if seam <= low.size // 2:
            break
        if (grid := 4 * grid) > LARGEST_GRID:
            raise UnsupportedError(
                f"{kernel!r} varies too fast on the circle for {LARGEST_GRID} points: "
                "use a larger length scale"
            )
    high = _expansion(jumps, np.arange(seam, max(band, seam) + 1))
    return np.asarray(np.maximum(np.concatenate([low[:seam], high])[: band + 1], 0.0))


def _by_transform(kernel: Kernel, jumps: Array, grid: int, scale: float) -> Array:
    """Return mu_0 ... mu_{grid/SHARE}: the first kinks exactly, the rest by FFT."""
    from scipy.fft import dct

    theta = np.pi * np.arange(grid + 1) / grid
    rest = kernel.at_angle(theta)
    subtracted = jumps[:, : 2 if np.abs(jumps[:, 1]).max() <= _ROUGHEST * scale else 1]
    for j in range(subtracted.shape[1]):
        at_zero, at_pi = (-1) ** j * 2 / np.pi * jumps[:, j]
        power = 2 * j + 2
        rest = rest + at_zero * cosine_power_sum(theta, power)
        rest -= at_pi * cosine_power_sum(np.pi - theta, power)
    smooth = np.asarray(dct(rest, type=1)[: grid // SHARE + 1] / (2 * grid))
    k = np.arange(smooth.size)
    smooth += _expansion(subtracted, k)
    smooth[(np.abs(smooth) <= _NOISE * scale) & (_expansion(jumps, k) == 0)] = 0.0
    return smooth


def _expansion(jumps: Array, k: IntArray) -> Array:
    """Return the expansion at k from the odd derivatives at 0 and pi, (2, orders); 0 at k = 0."""
    frequency, sign = np.maximum(k, 1).astype(np.float64), (-1.0) ** (k % 2)
    total = np.zeros(k.size)
    for j in reversed(range(jumps.shape[1])):
        term = (-1) ** j * (sign * jumps[1, j] - jumps[0, j])
        total += term * frequency ** -(2.0 * j + 2)
    return np.where(k > 0, total / np.pi, 0.0)


def _last_above(values: Array, floor: float) -> int:
    above = np.flatnonzero(np.abs(values) > floor)
    return int(above[-1]) if above.size else 0
