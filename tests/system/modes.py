"""The exact population risk by modes: gradient flow in the eigenbasis, no design, no draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import scipy.linalg as sl

from ratecheck.domains import Interval
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.cell import settings
from ratecheck.montecarlo.study import RateStudy
from ratecheck.operators.population import population
from ratecheck.risk import Adversarial
from ratecheck.spectra.interval import _jumps
from ratecheck.targets import Lacunary, Sobolev
from ratecheck.types import Array

NODES, MODES = 1024, 400  # of the quadrature on an interval
FITTED = slice(60, 240)  # modes that fix how energies go on; later ones feel the grid
GAUSSIAN, LARGEST = 4 / np.pi, 2.0  # cross term: Gaussian errors and derivatives; Cauchy-Schwarz


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Modes:
    """Eigenvalues, and per mode: its count, E<f, v>^2, its share of E f'^2, mean square of v'."""

    mu: Array
    counts: Array
    energy: Array
    slope: Array
    steepness: Array


@lru_cache(maxsize=64)
def modes(study: RateStudy) -> Modes:
    """Return the modes of a study; the mean is over the random phases or signs of its target."""
    if isinstance(study.problem.domain, Interval):
        return _on_interval(study)
    mu = population(study.problem.kernel, study.problem.domain).coefficients
    assert mu is not None
    k = np.arange(mu.size, dtype=np.float64)
    w = 2 * np.pi / study.problem.domain.length * k
    energy = np.zeros(mu.size)
    found = amplitudes(study, w[1:])
    energy[1 : found.size + 1] = found
    counts = np.where(k > 0, 2.0, 1.0)
    return Modes(mu=mu, counts=counts, energy=energy, slope=w**2 * energy, steepness=w**2)


def amplitudes(study: RateStudy, w: Array) -> Array:
    """Return the energies of the target's frequencies 1 ... band, at most as many as w has."""
    target, k = study.problem.target, np.arange(1.0, w.size + 1)
    if isinstance(target, Lacunary):
        octaves: Array = np.zeros(target.band)
        places = target.base ** np.arange(target.octaves) - 1
        octaves[places] = target.radius**2 * w[places] ** (-2 * target.smoothness)
        return octaves
    assert isinstance(target, Sobolev)
    k, w = k[: target.band], w[: target.band]
    energy: Array = k ** (-2 * (target.smoothness + 0.5 + target.slack))
    norm = float(w ** (2 * target.smoothness) @ energy)
    return np.asarray(energy * (target.radius**2 / norm))


@lru_cache(maxsize=4)
def _eigenvectors(kernel: Kernel) -> Array:
    """Return the eigenfunctions on [-1, 1] in the basis of cosines, (modes, frequencies)."""
    step = 2 / NODES
    x: Array = (-1 + step * (np.arange(NODES, dtype=np.float64) + 0.5))[:, None]
    matrix: Array = kernel(x, x) / NODES
    matrix[np.diag_indices(NODES)] += step / NODES * _jumps(kernel, x, 2.0) / 12
    vectors = sl.eigh(matrix, subset_by_index=(NODES - MODES, NODES - 1))[1][:, ::-1]
    k = np.arange(NODES)
    cosines = np.sqrt(2 / NODES) * np.cos(np.pi / 2 * k * (x + 1))
    return np.asarray(vectors.T @ cosines)


def _on_interval(study: RateStudy) -> Modes:
    spectrum = population(study.problem.kernel, study.problem.domain).spectrum
    mu = np.repeat(spectrum.values, spectrum.counts.astype(int))
    s = study.problem.target.smoothness
    assert s is not None
    vectors = _eigenvectors(study.problem.kernel)
    w: Array = np.pi / 2 * np.arange(2**13 + 1, dtype=np.float64)
    energy = np.append(0.0, amplitudes(study, w[1:]))[:NODES]
    gram = (vectors * w[:NODES] ** 2) @ vectors.T
    overlap = (vectors * energy) @ vectors.T
    decay = -2 * s - 1.02
    return Modes(
        mu=mu,
        counts=np.ones(mu.size),
        energy=continued(np.diag(overlap), (decay, decay - 1, -4.0), mu.size),
        slope=continued((overlap * gram).sum(axis=1), (decay + 2, decay + 1, -2.0), mu.size),
        steepness=continued(np.diag(gram), (2.0, 1.0, 0.0), mu.size),
    )


def continued(values: Array, powers: tuple[float, ...], size: int) -> Array:
    """Continue values by powers of the index: the leading one, and what the ends add."""
    i = np.arange(1.0, size + 1)[:, None]
    terms = i ** np.array(powers)
    weight = 1 / terms[FITTED, :1]
    share = np.linalg.lstsq(terms[FITTED] * weight, values[FITTED] * weight[:, 0], rcond=None)[0]
    return np.append(values[: FITTED.stop], terms[FITTED.stop :] @ share)


def fitted(study: RateStudy, n: int, rule: int = 0) -> tuple[Array, Modes]:
    """Return the share 1 - exp(-t mu) of every mode that is fitted at the planned time."""
    known, setting = modes(study), settings(study, study.sizes[0])[0]
    (t,) = study.stopping[rule].planned(replace(setting, size=n))
    return -np.expm1(-t * known.mu), known


def dimension(study: RateStudy, n: int) -> float:
    """Return N_2 at the planned time."""
    share, known = fitted(study, n)
    return float(share**2 @ known.counts)


def clean(study: RateStudy, n: int) -> float:
    """Return bias and variance."""
    share, known = fitted(study, n)
    noise = study.problem.noise.sigma**2 / n
    return float((1 - share) ** 2 @ known.energy + noise * (share**2 @ known.counts))


def adversarial(study: RateStudy, n: int, risk: Adversarial, cross: float = GAUSSIAN) -> float:
    """Return E (|error| + r |f_hat'|)^2, the first order in the radius r.

    ``cross`` is 2 E|error||f_hat'| over the roots of both mean squares; the two are uncorrelated.
    """
    share, known = fitted(study, n)
    noise = study.problem.noise.sigma**2 / n
    steep = share**2 @ (known.slope + noise * known.counts * known.steepness)
    r = risk.radius(n) if callable(risk.radius) else risk.radius
    error = clean(study, n)
    return float(error + cross * r * np.sqrt(error * steep) + r**2 * steep)
