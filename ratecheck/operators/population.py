"""The spectrum of the integral operator: what is known of K before any design is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ratecheck.domains import Circle, Domain, Interval, Sphere, Torus
from ratecheck.filters import Filter
from ratecheck.kernels import Kernel, LiftedNTK, PeriodicSobolev, TorusSobolev
from ratecheck.operators.base import Spectrum
from ratecheck.operators.coefficients import blocks
from ratecheck.operators.prepare import frequency_coefficients
from ratecheck.operators.torus import torus_spectrum
from ratecheck.spectra import interval_eigenvalues, sobolev_order
from ratecheck.spectra.degrees import COMPUTED, degree_eigenvalues, multiplicities
from ratecheck.types import Array, InputError, UnsupportedError

_COMPUTED = 200  # interval eigenvalues by quadrature; the power law of the kernel beyond
_INTERVAL_MODES = 2**14


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Population:
    """Eigenvalues of the integral operator under the uniform law, and their power law.

    Attributes
    ----------
    spectrum : Spectrum
    order : float
        Sobolev order m of the kernel's space: mu ~ scale * frequency^{-2m}.
    scale : float
    coefficients : ndarray or None, shape (B + 1,)
        mu_0 ... mu_B by frequency where the Fourier basis is the eigenbasis.
    """

    spectrum: Spectrum
    order: float
    scale: float
    coefficients: Array | None

    @property
    def largest(self) -> float:
        """Largest eigenvalue."""
        return float(self.spectrum.values.max())

    def effective_dimension(self, filter_: Filter, t: float) -> float:
        """Return N_2(t) = sum_i (1 - residual(mu_i, t))^2."""
        shares = 1 - filter_.residual(self.spectrum.values, np.array([t]))[0]
        return float(shares**2 @ self.spectrum.counts)


@lru_cache(maxsize=64)
def population(kernel: Kernel, domain: Domain) -> Population:
    """Return the population spectrum of a kernel on a line, a circle, a torus or a sphere.

    Raises
    ------
    UnsupportedError
        Where the spectrum is not known: use stopping rules and grids that do not need it.
    """
    if isinstance(domain, Torus) and domain.d == 1 and isinstance(kernel, PeriodicSobolev):
        return _by_frequency(frequency_coefficients(kernel), float(kernel.order), 1.0)
    if isinstance(domain, Torus) and isinstance(kernel, TorusSobolev):
        if kernel.dimension != domain.d:
            raise InputError(f"{kernel!r} needs Torus(d={kernel.dimension}), got {domain!r}")
        spectrum = torus_spectrum(kernel)
        return Population(spectrum=spectrum, order=kernel.order, scale=1.0, coefficients=None)
    if isinstance(domain, Circle) and kernel.is_zonal:
        mu = frequency_coefficients(kernel)
        order = float(sobolev_order(kernel, 1))
        return _by_frequency(mu, order, _tail_constant(mu, 2 * order))
    if isinstance(domain, Sphere) and kernel.is_zonal:
        return _by_degree(kernel, domain.d)
    if isinstance(domain, Interval):
        return _on_interval(kernel, domain)
    raise UnsupportedError(
        f"the spectrum of {kernel!r} on {domain!r} is not known: use PeriodicSobolev on "
        "Torus(d=1), TorusSobolev on Torus(d), a zonal kernel on Circle() or Sphere(d), or "
        "LiftedNTK on an Interval"
    )


def _by_frequency(mu: Array, order: float, scale: float) -> Population:
    values, counts = blocks(mu[1:])
    spectrum = Spectrum(
        values=np.concatenate([mu[:1], values]),
        counts=np.concatenate([[1.0], 2 * counts]),
        exact=True,
    )
    return Population(spectrum=spectrum, order=order, scale=scale, coefficients=mu)


def _by_degree(kernel: Kernel, d: int) -> Population:
    """Return the spectrum on S^d; the frequency of degree k is w_k = (k (k + d - 1))^{1/2}.

    ``coefficients`` are by degree; the scale is that of the law at degree 1024.
    """
    mu = degree_eigenvalues(kernel, d)
    order = float(sobolev_order(kernel, d))
    k = np.arange(COMPUTED // 2, COMPUTED)
    scale = float(np.mean(mu[k] * (k * (k + d - 1.0)) ** order))
    spectrum = Spectrum(values=mu, counts=multiplicities(d, mu.size), exact=True)
    return Population(spectrum=spectrum, order=order, scale=scale, coefficients=mu)


def _tail_constant(mu: Array, power: float) -> float:
    """Return c in mu_k ~ c k^-power from high frequencies, averaged over both parities."""
    k = np.arange(mu.size)
    high = slice(mu.size // 4, mu.size // 2)
    return float(np.mean(mu[high] * k[high] ** power))


def _on_interval(kernel: Kernel, domain: Interval) -> Population:
    """Return computed leading eigenvalues, continued by c / (i + a)^{2m} matched at the joint.

    Frequencies are pi i / length, so that scale is in that unit.
    """
    if not isinstance(kernel, LiftedNTK):
        raise UnsupportedError(
            f"the population spectrum on an interval is known for LiftedNTK, not {kernel!r}"
        )
    lead = interval_eigenvalues(kernel, _COMPUTED, low=domain.low, high=domain.high)
    i = np.array([_COMPUTED // 2, _COMPUTED], dtype=np.float64)
    roots = lead[i.astype(int) - 1] ** -0.5
    slope = (roots[1] - roots[0]) / (i[1] - i[0])
    offset = roots[1] / slope - i[1]
    tail = (slope * (np.arange(_COMPUTED + 1, _INTERVAL_MODES) + offset)) ** -2.0
    values, counts = blocks(tail)
    spectrum = Spectrum(
        values=np.concatenate([lead, values]),
        counts=np.concatenate([np.ones(lead.size), counts]),
        exact=True,
    )
    scale = (np.pi / domain.length) ** 2 / slope**2
    return Population(spectrum=spectrum, order=1.0, scale=float(scale), coefficients=None)
