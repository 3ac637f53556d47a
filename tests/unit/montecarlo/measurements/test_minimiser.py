from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.montecarlo.measurements.minimiser import minimiser
from ratecheck.types import Array, InputError, Status

TIMES = np.logspace(-1, 5, 19)


@given(best=st.floats(-0.6, 4.6), depth=st.floats(0.1, 5.0), level=st.floats(-3, 3))
def test_a_parabola_is_found_exactly(best: float, depth: float, level: float) -> None:
    risks = np.exp(level + depth * (np.log10(TIMES) - best) ** 2)
    found, status = minimiser(TIMES, risks)
    assert found == pytest.approx(best, abs=1e-8)
    assert status is Status.CONVERGED


@pytest.mark.parametrize("shape", [lambda x: x**4, abs, lambda x: -np.exp(-(x**2))])
def test_other_minima_are_found_to_a_part_of_a_step(shape: object) -> None:
    for best in np.linspace(1.0, 1.35, 8):
        risks = np.exp(shape(np.log10(TIMES) - best))  # type: ignore[operator] # a function
        assert abs(minimiser(TIMES, risks)[0] - best) < 0.17  # half a step


def test_edges_are_named() -> None:
    assert minimiser(TIMES, TIMES) == (-1.0, Status.EDGE_LOW)
    assert minimiser(TIMES, 1 / TIMES) == (5.0, Status.EDGE_HIGH)
    assert minimiser(TIMES[:3], np.array([2.0, 1.0, 1.0]))[1] is Status.CONVERGED


@pytest.mark.parametrize(
    ("times", "risks"),
    [
        (TIMES[:2], np.ones(2)),
        (TIMES, np.ones(3)),
        (TIMES[::-1], np.ones(19)),
        (TIMES, np.zeros(19)),
        (np.append(TIMES[:18], np.inf), np.ones(19)),
    ],
)
def test_refusals(times: Array, risks: Array) -> None:
    with pytest.raises(InputError):
        minimiser(times, risks)
