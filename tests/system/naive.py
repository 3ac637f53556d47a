"""What the naive routes share: committed records, streams of cells, kernels written out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from ratecheck.cli.catalogue import load_study
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.study import RateStudy, Suite
from ratecheck.streams import Role, generator
from ratecheck.types import Array

ROOT = Path(__file__).resolve().parents[2]
Rows = list[dict[str, str]]


@cache
def records(suite: str) -> Rows:
    path = ROOT / "results" / suite / "standard" / "records.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows(suite: str, **wanted: str) -> Rows:
    return [r for r in records(suite) if all(r[key] == value for key, value in wanted.items())]


def value(suite: str, **wanted: str) -> float:
    (row,) = rows(suite, **wanted)
    return float(row["value"])


@cache
def studies(suite: str) -> dict[str, RateStudy | MeasuredStudy]:
    found = load_study(str(ROOT / "studies" / f"{suite}.py"))
    assert isinstance(found, Suite)
    return {
        study.name: study for study in found.studies if isinstance(study, RateStudy | MeasuredStudy)
    }


def streams(name: str, n: int, replicate: int) -> Callable[[Role], np.random.Generator]:
    return lambda role: generator(0, name, n, replicate, role=role)


def arc(rho: Array) -> tuple[Array, Array]:
    """Return kappa_0 and kappa_1 by their textbook formulas."""
    rho = np.clip(rho, -1, 1)
    angle = np.pi - np.arccos(rho)
    return angle / np.pi, (rho * angle + np.sqrt(1 - rho**2)) / np.pi


def ntk(A: Array, B: Array, depth: int, bias: float) -> Array:
    """Return the tangent kernel by its recursion, with the bias in every layer."""
    p, q = (A * A).sum(1) + bias, (B * B).sum(1) + bias
    sigma = A @ B.T + bias
    theta = sigma.copy()
    for _ in range(depth - 1):
        lengths = np.sqrt(np.outer(p, q))
        zero, one = arc(sigma / lengths)
        sigma = lengths * one + bias
        theta = theta * zero + sigma
        p, q = p + bias, q + bias
    return theta


def supremum(fit: Array, truth: Array, steps: int, mode: Literal["wrap", "nearest"]) -> Array:
    """Return max over a window of |fit' - truth| at each point of a grid."""
    high = maximum_filter1d(fit, 2 * steps + 1, mode=mode)
    low = minimum_filter1d(fit, 2 * steps + 1, mode=mode)
    return np.asarray(np.maximum(high - truth, truth - low))


def differences(f: Callable[[Array], Array], z: Array, h: float = 1e-4) -> Array:
    """Return the gradients of f at the rows of z."""
    return np.stack([(f(z + h * e) - f(z - h * e)) / (2 * h) for e in np.eye(z.shape[1])], axis=1)
