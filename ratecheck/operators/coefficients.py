"""Reductions in coefficient space, shared by the operators that work on a band of eigenfunctions.

The coefficients of a fit obey f' = D (Y - T f) with D the diagonal of kernel eigenvalues, T the
Gram matrix of the eigenfunctions over the design and Y the coefficients of the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import scipy.linalg as sl

from ratecheck.numerics.lanczos import Apply, lanczos
from ratecheck.numerics.ritz import Ritz, compress, poles, rational_ritz
from ratecheck.operators.base import Spectrum
from ratecheck.operators.trace import sampled_spectrum
from ratecheck.types import Array

DENSE_BELOW = 400  # real coefficients up to which a dense eigenproblem is the cheapest


def all_of(ritz: Ritz) -> Callable[[], Spectrum]:
    """Return the spectrum of a dense reduction: all its values, as one callable."""
    return lambda: Spectrum(
        values=ritz.values, counts=np.ones(ritz.values.size), exact=True, banded=True
    )


def blocks(coefficients: Array) -> tuple[Array, Array]:
    """Return values and counts in decreasing order, runs of 1 % of their ranks merged to the mean.

    Filters are smooth in log mu: merging changes their traces by less than 1e-4 relative. By
    frequency instead of rank, the parity zeros of some kernels would be averaged in; here they
    are left out.
    """
    coefficients = np.sort(coefficients[coefficients > 0])[::-1]
    edges = np.unique(np.geomspace(1, coefficients.size + 1, 1 + int(100 * _octaves(coefficients))))
    starts = np.unique(edges.astype(np.int64)) - 1
    starts = starts[starts < coefficients.size]
    counts = np.diff(np.concatenate([starts, [coefficients.size]])).astype(np.float64)
    return np.add.reduceat(coefficients, starts) / counts, counts


def _octaves(coefficients: Array) -> float:
    return float(np.log(coefficients.size + 1))


def dense(prior: Array, matrix: Array, data: Array, energy: float) -> Ritz:
    """Diagonalise D^{1/2} T D^{1/2}; the defect is the backward error of the eigensolver."""
    root = np.sqrt(prior)
    values, u = sl.eigh(matrix * root * root[:, None], driver="evd", check_finite=False)
    flaw = np.finfo(float).eps * abs(values[-1])
    return from_symmetric(
        values, u, root, u.T @ (root * data), energy, flaw**2 * np.eye(prior.size)
    )


def rational(
    prior: Array, multiply: Apply, bound: float, data: Array, energy: float, times: Array,
    tolerance: float,
) -> Ritz:  # fmt: skip
    """Return the rational Krylov decomposition, for T close to the identity; ``bound`` >= ||T||."""
    shifts = poles(float(times[0]), float(times[-1]), pole_ratio(tolerance))
    return rational_ritz(
        prior, multiply, data, energy, bound, shifts, tolerance=min(tolerance, 1e-4) * 1e-4
    )


def pole_ratio(tolerance: float) -> float:
    """Return the ratio of poles: 2 reaches errors of 1e-5, 1.5 of 1e-7, 1.3 of 1e-9."""
    return 2.0 if tolerance >= 1e-5 else 1.5 if tolerance >= 1e-7 else 1.3


def sampled(apply: Apply, size: int) -> Spectrum:
    """Return the sampled spectrum of the banded operator on R^size."""
    return replace(sampled_spectrum(apply, size), banded=True)


def symmetric(prior: Array, multiply: Apply) -> Apply:
    """Return v -> D^{1/2} T D^{1/2} v."""
    root = np.sqrt(prior)

    def apply(v: Array) -> Array:
        w = multiply(root * v)
        w *= root
        return w

    return apply


def krylov(
    prior: Array, apply: Apply, data: Array, energy: float, times: Array, tolerance: float
) -> Ritz:
    """Return the decomposition by Lanczos with D^{1/2} T D^{1/2} (``apply``), for any T."""
    root = np.sqrt(prior)
    t = float(times[-1])
    target = tolerance * np.sqrt(energy) / max(np.linalg.norm(root * data) * np.sqrt(t), 1e-300)
    run = lanczos(
        apply, root * data, shift=1 / t, tolerance=float(target), budget=4000, reorthogonalise=False
    )
    small = compress(run, poles(float(times[0]), t, pole_ratio(tolerance)))
    return from_symmetric(
        small.values, small.vectors, root, small.loadings, energy, small.defect,
        converged=run.converged,
    )  # fmt: skip


def from_symmetric(
    values: Array, u: Array, root: Array, loadings: Array, energy: float, defect: Array,
    *, converged: bool = True,
) -> Ritz:  # fmt: skip
    """Turn eigenpairs of D^{1/2} T D^{1/2} into the Ritz form of the coefficients D^{1/2} x."""
    values = np.maximum(values, 0.0)
    scale = np.sqrt(values)
    safe = np.where(scale > 0, scale, 1.0)
    return Ritz(
        values=values, vectors=root[:, None] * u, amplitudes=loadings, drive=scale * loadings,
        overlaps=np.where(scale > 0, loadings / safe, 0.0), energy=energy, defect=defect,
        order=0.5, converged=converged,
    )  # fmt: skip
