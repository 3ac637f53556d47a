"""Checked user input, and random problems."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final, get_args

import numpy as np

from ratecheck import check
from ratecheck.filters import Filter, GradientFlowFilter
from ratecheck.random_features.features import Data
from ratecheck.random_features.weights import DrawnWeights, Weights, random_source
from ratecheck.types import Array, InputError

Inputs: TypeAlias = Literal["gaussian", "sphere"]

_SEED_WORDS: Final = 8


def checked_data(X: Any, Y: Any) -> tuple[Array, Array]:  # noqa: ANN401 - judged here
    """Return X (N, d) and Y (N,), or raise `InputError`."""
    points = check.points("X", X)
    return points, check.values("Y", Y, length=len(points))


def checked_tests(z: Any, d: int) -> Array:  # noqa: ANN401 - judged here
    """Return test points as (m, d) from (d,) or (m, d), or raise `InputError`."""
    array = np.asarray(z, dtype=np.float64)
    if array.ndim not in (1, 2):
        raise InputError(f"z must have shape (d,) or (m, d), got shape {array.shape}")
    return check.points("z", np.atleast_2d(array), dimension=d)


def checked_weights(W: Any, d: int) -> Array:  # noqa: ANN401 - judged here
    """Return W (d, k), or raise `InputError`; whether it is finite shows in products with it."""
    array = np.asarray(W, dtype=np.float64)
    if array.ndim != 2 or len(array) != d or array.shape[1] < 1:
        raise InputError(
            f"W must have shape (d, k) with d = {d}, one column a neuron, got {array.shape}"
        )
    return array


def checked_widths(k: Any) -> tuple[int, ...] | None:  # noqa: ANN401 - judged here
    """Return increasing widths, or None for infinite width."""
    if isinstance(k, float) and math.isinf(k) and k > 0:
        return None
    widths = tuple(k) if isinstance(k, Sequence | np.ndarray) else (k,)
    checked = tuple(check.integer("k", width, low=1) for width in widths)
    if not checked or list(checked) != sorted(set(checked)):
        raise InputError(f"several k must be increasing and not empty, got {k!r}")
    return checked


def regularised(
    rule: Filter | None, times: float | Array | None
) -> tuple[Filter | None, Array | None]:
    """Return filter and times (T,), both None for the fit of minimum norm."""
    if times is None:
        if rule is not None:
            raise InputError(f"{rule!r} needs times (1/lambda for ridge), got None")
        return None, None
    if rule is not None and not isinstance(rule, Filter):
        raise InputError(f"filter must be one of ratecheck.filters, got {rule!r}")
    return rule or GradientFlowFilter(), check.times("times", np.atleast_1d(times))


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Draw:
    """Random data, labels and test points, and where the weights' numbers come from."""

    data: Data
    Y: Array
    source: np.random.Generator

    def weights(self, width: int) -> Weights:
        """Return N(0, 1/d) weights; those of a smaller width are their first columns."""
        d = self.data.X.shape[1]
        return DrawnWeights(dimension=d, width=width, generator=self.source)


def draw_problem(inputs: Inputs, N: int, m: int, d: int, rng: np.random.Generator) -> Draw:
    """Draw X (N, d), Y (N,), z (m, d) and a seed of the weights, in this order.

    Raises
    ------
    InputError
        For another kind of inputs, numbers below one, or something that is no generator.
    """
    check.choice("inputs", inputs, get_args(Inputs))
    for name, value in (("N", N), ("tests", m), ("d", d)):
        check.integer(name, value, low=1)
    random_source(rng)
    X, Y, z = rng.standard_normal((N, d)), rng.standard_normal(N), rng.standard_normal((m, d))
    if inputs == "sphere":
        X, z = on_sphere(X), on_sphere(z)
    source = np.random.default_rng(rng.integers(2**32, size=_SEED_WORDS).tolist())
    return Draw(data=Data(X=X, z=z), Y=Y, source=source)


def on_sphere(points: Array) -> Array:
    """Return the points (n, d) moved along their rays to the sphere of radius sqrt(d)."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points * (math.sqrt(points.shape[1]) / lengths))
