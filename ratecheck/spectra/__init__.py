"""Spectra of kernels: on spheres, on the circle and the torus, and on intervals."""

from ratecheck.spectra.circle import circle_coefficients, fourier_coefficients
from ratecheck.spectra.interval import interval_eigenvalues
from ratecheck.spectra.sphere import multiplicity, sphere_eigenvalues
from ratecheck.spectra.summaries import (
    effective_dimension,
    hermite_coefficients,
    sobolev_order,
)
from ratecheck.spectra.waves import Eigenpairs, Wave, interval_eigenpairs

__all__ = [
    "Eigenpairs",
    "Wave",
    "circle_coefficients",
    "effective_dimension",
    "fourier_coefficients",
    "hermite_coefficients",
    "interval_eigenpairs",
    "interval_eigenvalues",
    "multiplicity",
    "sobolev_order",
    "sphere_eigenvalues",
]
