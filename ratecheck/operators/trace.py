"""Spectra of designs too large for all eigenvalues: leading ones exact, the rest sampled."""

from __future__ import annotations

import numpy as np

from ratecheck.numerics.lanczos import Apply, Tridiagonal, lanczos
from ratecheck.operators.base import Spectrum
from ratecheck.types import Array

_PROBES = 16
_LEADING_STEPS = 160
_QUADRATURE_STEPS = 60
_SEED = 20_170_617  # the spectrum belongs to the design: its estimate is a fixed function of it


def sampled_spectrum(apply: Apply, n: int) -> Spectrum:
    """Return eigenvalues of K/n and fractional counts, for traces of smooth functions.

    The leading eigenpairs are those that a Lanczos run from random signs resolves; traces over
    their complement are averages of z^T f(K/n) z over random signs z by Lanczos quadrature
    (Ubaru, Chen, Saad 2017; deflation as in Hutch++, Meyer et al. 2021).

    Parameters
    ----------
    apply : callable
        v -> (K/n) v.
    n : int
        Length of the vectors.
    """
    rng = np.random.default_rng(_SEED)
    top, basis = _leading(_run(apply, _signs(rng, n), _LEADING_STEPS))
    values, counts = [top], [np.ones(top.size)]
    for _ in range(_PROBES if top.size < n else 0):
        z = _signs(rng, n)
        z -= basis @ (basis.T @ z)
        run = _run(apply, z, _QUADRATURE_STEPS)
        nodes, vectors = _eigen(run)
        values.append(np.maximum(nodes, 0.0))
        counts.append((run.norm * vectors[0]) ** 2 / _PROBES)
    return Spectrum(values=np.concatenate(values), counts=np.concatenate(counts), exact=False)


def _signs(rng: np.random.Generator, n: int) -> Array:
    return np.asarray(rng.integers(0, 2, n) * 2.0 - 1.0, dtype=np.float64)


def _run(apply: Apply, z: Array, steps: int) -> Tridiagonal:
    return lanczos(apply, z, shift=1.0, tolerance=0.0, budget=steps, reorthogonalise=True)


def _leading(run: Tridiagonal) -> tuple[Array, Array]:
    """Return the Ritz pairs whose residual is below 1e-8 of the largest value."""
    nodes, vectors = _eigen(run)
    good = run.coupling * np.abs(vectors[-1]) <= 1e-8 * nodes[-1]
    return np.asarray(np.maximum(nodes[good], 0.0)), run.basis @ vectors[:, good]


def _eigen(run: Tridiagonal) -> tuple[Array, Array]:
    from scipy.linalg import eigh_tridiagonal

    nodes, vectors = eigh_tridiagonal(run.diagonal, run.off_diagonal)
    return np.asarray(nodes, dtype=np.float64), np.asarray(vectors, dtype=np.float64)
