"""ReLU network kernels against the reference table and their identities (theory note A1)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.kernels import NNGP, NTK, Kernel, LiftedNTK, MpmathField
from ratecheck.types import InputError, UnsupportedError
from tests.reference import make_ntk_values as maker

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "reference" / "ntk_values.json").read_text(encoding="utf-8")
)
X, Y = np.array([[0.3, -1.2, 2.0]]), np.array([[1.0, 0.5, -0.25]])
PAIRS = TABLE["R3 x=(0.3,-1.2,2), y=(1,0.5,-0.25)"]
LIFT = TABLE["lift convention (bias in layer 1 and output)"]
TOLERANCE = 1e-13


def layers_and_bias(key: str) -> tuple[int, float]:
    depth, bias = key.split(",")
    return int(depth[2:]), float(bias[2:])


def close(value: Any, text: str) -> bool:
    return bool(abs(float(np.squeeze(value)) - float(text)) <= TOLERANCE * (1 + abs(float(text))))


@pytest.mark.parametrize("key", TABLE["sphere"])
def test_sphere_table(key: str) -> None:
    depth, bias = layers_and_bias(key)
    for u, expected in TABLE["sphere"][key].items():
        inner = np.array([float(u)])
        assert close(NNGP(depth=depth, bias=bias).profile(inner), expected["nngp"])
        assert close(NTK(depth=depth, bias=bias).profile(inner), expected["ntk"])
        mutated = NTK(depth=depth + 1, bias=bias).profile(inner)
        assert u == "-1" or not close(mutated, expected["ntk"])


@pytest.mark.parametrize("key", PAIRS)
def test_pair_of_different_lengths(key: str) -> None:
    depth, bias = layers_and_bias(key)
    assert close(NNGP(depth=depth, bias=bias)(X, Y), PAIRS[key][0])
    assert close(NTK(depth=depth, bias=bias)(X, Y), PAIRS[key][1])
    assert not close(NTK(depth=depth, bias=bias + 1e-6)(X, Y), PAIRS[key][1])


@pytest.mark.parametrize("key", LIFT)
def test_lifted_pair(key: str) -> None:
    depth = int(key[2:])
    assert close(LiftedNTK(depth=depth)(X, Y), LIFT[key])
    agree = close(NTK(depth=depth, bias=1.0)(X, Y), LIFT[key])
    assert agree == (depth == 2)  # with a bias in every layer deeper networks differ


def test_table_is_what_the_script_makes() -> None:
    assert maker.on_sphere(3, "0.1", "0.25") == TABLE["sphere"]["L=3,b=0.1"]["0.25"]
    assert maker.of_pair(5, "1") == PAIRS["L=5,b=1"]
    assert maker.lifted(3) == LIFT["L=3"]


@given(depth=st.integers(1, 30), bias=st.floats(0, 10))
def test_value_at_one(depth: int, bias: float) -> None:
    expected = depth + bias * depth * (depth + 1) / 2
    kernel = NTK(depth=depth, bias=bias)
    assert kernel.profile(np.array(1.0)) == pytest.approx(expected, rel=1e-13)
    unit = np.array([[0.6, -0.8]])
    assert kernel.diagonal(unit) == pytest.approx(expected, rel=1e-13)
    assert NNGP(depth=depth, bias=bias).diagonal(unit) == pytest.approx(1 + depth * bias)


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
@pytest.mark.parametrize("bias", [0.0, 0.1, 1.0])
def test_deep_profiles_keep_their_digits(depth: int, bias: float) -> None:
    field, theta = MpmathField(), np.array([1e-12, 1e-9, 1e-6, 1e-3, 0.5, 2.0, 3.14])
    for kernel in (NTK(depth=depth, bias=bias), NNGP(depth=depth, bias=bias)):
        with mpmath.workdps(60):
            u = [mpmath.cos(mpmath.mpf(float(t))) for t in theta]
            exact = np.array([float(kernel.exact_profile(v, field)) for v in u])
        np.testing.assert_allclose(kernel.at_angle(theta), exact, rtol=4e-15, atol=4e-15)


def test_lift_is_a_function_of_the_angle_on_the_line() -> None:
    x = np.array([-3.0, -0.2, 0.0, 0.7, 5.0])
    for depth in (2, 3, 5):
        K = LiftedNTK(depth=depth)
        size = np.sqrt(np.multiply.outer(1 + x * x, 1 + x * x))
        angle = np.subtract.outer(np.arctan(x), np.arctan(x))
        expected = size * K.angular_profile(angle) + K.constant
        np.testing.assert_allclose(K(x[:, None], x[:, None]), expected, rtol=1e-14)


def test_two_layers_on_the_line_are_semiseparable() -> None:
    x = np.sort(np.random.default_rng(0).uniform(-2, 2, 30))[:, None]
    F, G = LiftedNTK(depth=2).semiseparable_factors(x)
    K, low = LiftedNTK(depth=2)(x, x), np.tril_indices(30)
    assert F.shape == G.shape == (30, 4)
    np.testing.assert_allclose((F @ G.T)[low], K[low], rtol=1e-14)
    up = np.triu_indices(30, 1)
    assert np.abs((F @ G.T)[up] - K[up]).max() > 1e-2  # the other triangle needs the transpose
    with pytest.raises(UnsupportedError, match="depth=2"):
        LiftedNTK(depth=3).semiseparable_factors(x)


@pytest.mark.parametrize("kernel", [NTK(depth=3), NNGP(depth=3)])
def test_origin_gives_zero(kernel: Kernel) -> None:
    points = np.array([[0.0, 0.0], [1.0, 2.0]])
    assert kernel(points, points)[0].tolist() == [0.0, 0.0]
    assert kernel.diagonal(points)[0] == 0.0


@pytest.mark.parametrize("scale", [1e-200, 1e-150, 1e100])
def test_lengths_far_from_one(scale: float) -> None:
    values = NNGP(depth=3)(scale * X, Y) / scale
    np.testing.assert_allclose(values, NNGP(depth=3)(X, Y), rtol=1e-14)


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "2"])
@pytest.mark.parametrize("kernel", [NTK, NNGP, LiftedNTK])
def test_bad_depth(kernel: type[Kernel], bad: object) -> None:
    with pytest.raises(InputError, match="depth"):
        kernel(depth=bad)  # type: ignore[call-arg]  # every one of the three has a depth


@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf, "1"])
def test_bad_bias(bad: Any) -> None:
    with pytest.raises(InputError, match="bias"):
        NTK(depth=2, bias=bad)
