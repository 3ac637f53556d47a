"""Pinsker's constant and the exact linear minimax risk: tables, brute force, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from ratecheck import bounds
from ratecheck.types import InputError

REFERENCE = Path(__file__).parents[2] / "reference" / "rates.json"
SMOOTHNESS = st.floats(0.55, 6)
SIZES = st.floats(0, 14).map(lambda e: 10.0**e)
SCALES = st.floats(0.1, 10)


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(REFERENCE.read_text())
    return content


def test_pinsker_constants_of_the_table(table: dict[str, Any]) -> None:
    for s, value in table["pinsker_1d_torus_[0,1]_R=1_sigma=1"].items():
        assert bounds.pinsker_constant(s) == pytest.approx(float(value), abs=0, rel=1e-14)
    for key, value in table["pinsker_d_torus"].items():
        s, d = (part.split("=")[1] for part in key.split(","))
        assert bounds.pinsker_constant(s, int(d)) == pytest.approx(float(value), abs=0, rel=1e-14)


def test_exact_risks_of_the_table(table: dict[str, Any]) -> None:
    rows = table["exact_linear_minimax_1d (n, risk, ratio to Pinsker asymptote)"]
    for s, entries in rows.items():
        for n, risk, ratio in entries:
            found = bounds.exact_linear_minimax(n, s)
            assert found == pytest.approx(risk, abs=0, rel=1e-12)
            assert found / bounds.pinsker_risk(n, s) == pytest.approx(ratio, abs=0, rel=1e-12)


@given(SMOOTHNESS, SCALES, SCALES)
def test_one_dimensional_formula_and_its_mutant(s: float, radius: float, sigma: float) -> None:
    def closed(factor: float) -> float:
        shape = (2 * s + 1) ** (1 / (2 * s + 1)) * (s / (np.pi * (s + 1))) ** (2 * s / (2 * s + 1))
        return float(shape * radius ** (2 / (2 * s + 1)) * sigma ** (factor * s / (2 * s + 1)))

    found = bounds.pinsker_constant(s, 1, radius, sigma)
    assert found == pytest.approx(closed(4), abs=0, rel=1e-12)
    if abs(sigma - 1) > 1e-3:
        assert found != pytest.approx(closed(2), abs=0, rel=1e-12)  # mutated: sigma for sigma^2


def waterfilled(n: float, s: float, radius: float, sigma: float) -> float:
    """The same minimax risk by a root finder on an explicit list of frequencies."""
    noise, axes = sigma**2 / n, (2 * np.pi * np.arange(1.0, 20_000)) ** s

    def spent(level: float) -> float:
        return float(2 * noise * (axes * np.maximum(level - axes, 0)).sum() - radius**2)

    level = brentq(spent, axes[0], axes[-1], xtol=1e-300, rtol=1e-15)
    return float(noise + 2 * noise * np.maximum(1 - axes / level, 0).sum())


@given(SMOOTHNESS, st.floats(0, 5).map(lambda e: 10.0**e), st.floats(0.3, 3), st.floats(0.3, 3))
def test_exact_risk_equals_explicit_water_filling(
    s: float, n: float, radius: float, sigma: float
) -> None:
    found = bounds.exact_linear_minimax(n, s, radius, sigma)
    assert found == pytest.approx(waterfilled(n, s, radius, sigma), abs=0, rel=1e-9)


@given(SMOOTHNESS, SIZES, SCALES, SCALES)
def test_risk_scales_with_the_noise_and_falls_with_n(
    s: float, n: float, radius: float, sigma: float
) -> None:
    risk = bounds.exact_linear_minimax(n, s, radius, sigma)
    scaled = sigma**2 * bounds.exact_linear_minimax(n, s, radius / sigma, 1.0)
    assert risk == pytest.approx(scaled, abs=0, rel=1e-10)
    assert bounds.exact_linear_minimax(2 * n, s, radius, sigma) < risk
    assert bounds.exact_linear_minimax(n, s, 2 * radius, sigma) > risk


@pytest.mark.parametrize("s", [0.51, 0.75, 1, 2, 3])
def test_exact_risk_approaches_pinsker_whatever_the_size(s: float) -> None:
    for n in (1e6, 1e12, 1e20, 1e30):
        ratio = bounds.exact_linear_minimax(n, s) / bounds.pinsker_risk(n, s)
        assert abs(ratio - 1) < 5e-3
    wrong = bounds.exact_linear_minimax(1e20, s) / bounds.pinsker_risk(1e20, s + 0.5)
    assert abs(wrong - 1) > 0.5  # mutated: another exponent


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.5,), "exceed d/2"),
        ((1.0, 2), "exceed d/2"),
        (("x",), "such as 1.5"),
        ((1, 0), "d must be"),
        ((1, 1, 0.0), "radius"),
        ((1, 1, 1.0, -1.0), "sigma"),
    ],
)
def test_bad_input_to_pinsker(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        bounds.pinsker_constant(*arguments)


@pytest.mark.parametrize(("n", "s"), [(0.5, 1), (10, 0.5), (float("nan"), 1), (10, float("inf"))])
def test_bad_input_to_the_exact_risk(n: float, s: float) -> None:
    with pytest.raises(InputError):
        bounds.exact_linear_minimax(n, s)
