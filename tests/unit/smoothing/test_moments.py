"""Closed forms of Gaussian means against stored digits and against quadrature."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from ratecheck.kernels import Gaussian
from ratecheck.smoothing.kernels import smoothed_kernel
from ratecheck.smoothing.moments import (
    half_exponential,
    half_moments,
    kink_excess,
    smoothed_absolute,
    smoothed_exponential,
    smoothed_relu,
)
from ratecheck.smoothing.series import multiplier

STORED = json.loads((Path(__file__).parents[2] / "reference" / "misc.json").read_text())
VALUES = {k: float(v) for k, v in STORED["smoothing"]["x=0.2,s=0.3"].items()}
U = np.array([0.2])


def mean(f: Callable[[float], float], x: float, s: float) -> float:
    """Return E f(x + s Z) by adaptive quadrature, split at the kink 0."""

    def integrand(t: float) -> float:
        return f(t) * float(np.exp(-0.5 * ((t - x) / s) ** 2) / (s * np.sqrt(2 * np.pi)))

    cuts = sorted({x - 12 * s, x - 3 * s, 0.0, x, x + 3 * s, x + 12 * s})
    return sum(quad(integrand, a, b, epsabs=1e-14)[0] for a, b in pairwise(cuts))


def test_stored_digits() -> None:
    found = {
        "E exp(-2|x+sZ|)": smoothed_exponential(U, 0.3, 2.0),
        "E|x+sZ|": smoothed_absolute(U, 0.3),
        "E relu(x+sZ)": smoothed_relu(U, 0.3),
        "E cos(6pi(x+sZ))": multiplier(3, 0.3)[3:] * np.cos(6 * np.pi * U),
    }
    for name, value in found.items():
        assert value[0] == pytest.approx(VALUES[name], rel=1e-13, abs=1e-20), name
    wide = smoothed_kernel(Gaussian(length=0.5), 0.3, 1)
    assert wide is not None
    value = wide(U[:, None], np.zeros((1, 1)))[0, 0]
    assert value == pytest.approx(VALUES["E exp(-(x+sZ)^2/(2*0.25))"], rel=1e-13)


def _half(p: int, c: float, t: float) -> float:
    return t**p * float(np.exp(-c * t)) if t > 0 else 0.0


@pytest.mark.parametrize("s", [0.05, 0.7, 4.0])
@pytest.mark.parametrize("c", [0.3, 2.0])
@pytest.mark.parametrize("u", [-1.3, -0.02, 0.0, 0.4, 2.5])
def test_half_moments_are_means(u: float, s: float, c: float) -> None:
    found = half_moments(2, np.array([u]), s, c)
    for p, value in enumerate(found):
        naive = mean(partial(_half, p, c), u, s)
        assert value[0] == pytest.approx(naive, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("c", [1e-3, 1.0, 50.0, 1e4])
@pytest.mark.parametrize("s", [1e-3, 0.1, 3.0])
def test_no_factor_overflows(c: float, s: float) -> None:
    u = np.linspace(-3, 3, 1001)
    values = smoothed_exponential(u, s, c)
    assert np.all(np.isfinite(values))
    assert np.all((values >= 0) & (values <= 1))
    assert values == pytest.approx(values[::-1], rel=1e-12)
    far = half_exponential(np.array([40 * s]), s, c)
    exponent = c * (0.5 * c * s * s - 40 * s)
    if c * s < 30:  # all of the mass is on the right
        assert far[0] == pytest.approx(np.exp(exponent), rel=1e-12)


def test_little_smoothing_changes_little() -> None:
    u = np.linspace(-1, 1, 201)
    assert smoothed_exponential(u, 1e-9, 2.0) == pytest.approx(np.exp(-2 * np.abs(u)), abs=3e-9)
    assert smoothed_relu(u, 1e-9) == pytest.approx(np.maximum(u, 0), abs=1e-9)
    assert kink_excess(np.array([9.0, -9.0]), 1.0) == pytest.approx(0, abs=2e-19)
    assert kink_excess(np.zeros(1), 2.0)[0] == pytest.approx(2 / np.sqrt(2 * np.pi), rel=1e-15)
