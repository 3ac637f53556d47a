"""Sensitivities through N x N kernels against the explicit routes of the paper's formulas.

The peers are what a plain reader of the paper writes down: rows x (x) phi'(W^T x), or phi(X W),
as a matrix Phi; theta = pinv(Phi) Y; the Jacobian of the feature map at z as a matrix with d rows
(with W diag(phi'(W^T z)) as it stands in the paper); activations of single numbers, made to work
on arrays by `numpy.vectorize`, as in the public code. What the same costs with NumPy's own
functions of arrays is told as a remark. Same data, one thread, CPU seconds; the random features
also by the clock with as many BLAS threads as the machine has cores, which is what a reader sees
who types the lines into a fresh interpreter. In one thread the limit is the product X W, which
both routes need and which runs at the peak of the core: two thirds of our time.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from ratecheck.random_features import sensitivity_of
from ratecheck.random_features.features import FeatureName
from ratecheck.types import Array
from tests.benchmarks.harness import Ratio, cpu, medians, write

N, D = 400, 1000
Problem = tuple[Array, Array, Array, Array]
Function = Callable[[Array], Array]


@dataclass(frozen=True, kw_only=True)
class Tanh:
    """tanh with two derivatives, by single numbers or by arrays."""

    value: Function
    slope: Function
    bend: Function


ARRAYS = Tanh(
    value=np.tanh,
    slope=lambda x: 1.0 / np.cosh(x) ** 2,
    bend=lambda x: -2.0 * np.tanh(x) * (1.0 - np.tanh(x) ** 2),
)
NUMBERS = Tanh(
    value=np.vectorize(lambda x: np.tanh(x)),  # noqa: PLW0108 - as the reader writes it
    slope=np.vectorize(lambda x: 1.0 / np.cosh(x) ** 2),
    bend=np.vectorize(lambda x: -2.0 * np.tanh(x) * (1.0 - np.tanh(x) ** 2)),
)


def row_wise_kron(A: Array, B: Array) -> Array:
    """Return the matrix whose rows are the Kronecker products of the rows of A and B."""
    return np.array([np.kron(a, b) for a, b in zip(A, B, strict=True)])


def explicit_rf(phi: Tanh, X: Array, Y: Array, z: Array, W: Array) -> float:
    """Return S(z) of random features by feature matrix and Jacobian."""
    Phi = phi.value(X @ W)
    jacobian = W @ np.diag(phi.slope(W.T @ z))
    return float(np.linalg.norm(z) * np.linalg.norm(jacobian @ np.linalg.pinv(Phi) @ Y))


def explicit_ntk(phi: Tanh, X: Array, Y: Array, z: Array, W: Array) -> float:
    """Return S(z) of tangent features by feature matrix and Jacobian."""
    d = z.size
    Phi = row_wise_kron(X, phi.slope(X @ W))
    first = row_wise_kron(np.identity(d), np.outer(np.ones(d), phi.slope(W.T @ z)))
    second = row_wise_kron(np.outer(np.ones(d), z), W @ np.diag(phi.bend(W.T @ z)))
    theta = np.linalg.pinv(Phi) @ Y
    return float(np.linalg.norm(z) * np.linalg.norm((first + second) @ theta))


def problem(k: int) -> Problem:
    """Return the cell of the paper's figures with that width."""
    rng = np.random.default_rng(0)
    X, Y, z = rng.standard_normal((N, D)), rng.standard_normal(N), rng.standard_normal(D)
    return X, Y, z, rng.standard_normal((D, k)) / np.sqrt(D)


def ratio(features: FeatureName, k: int, wanted: str) -> Ratio:
    """Time one cell by both routes."""
    data = problem(k)
    explicit = explicit_ntk if features == "ntk" else explicit_rf
    found: list[float] = []
    slow = cpu(lambda: found.append(explicit(NUMBERS, *data)))
    kinder = cpu(lambda: found.append(explicit(ARRAYS, *data)))
    ours = partial(sensitivity_of, features, "tanh", *data)
    fast = medians({"ours": ours}, repeats=9)["ours"]
    gap = abs(float(ours()) / found[0] - 1.0)
    kind = "Kronecker features" if features == "ntk" else "features"
    return Ratio(
        name=f"sensitivity, {features}, tanh, N = {N}, k = {k}, d = {D}",
        peer=f"{kind}, pinv, Jacobian as a matrix",
        ours_seconds=fast,
        peer_seconds=slow,
        ratio=slow / fast,
        wanted=wanted,
        remark=f"relative difference {gap:.1e}; peer with functions of arrays {kinder:.2f} s",
    )


def clock(function: Callable[[], object]) -> float:
    """Return the seconds of one call by the clock."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def as_typed(k: int, wanted: str) -> Ratio:
    """Time the cell of random features by the clock, all cores, both routes in turn."""
    data, ours, peer = problem(k), list[float](), list[float]()
    for _ in range(5):
        ours += [clock(partial(sensitivity_of, "rf", "tanh", *data)) for _ in range(3)]
        peer.append(clock(partial(explicit_rf, NUMBERS, *data)))
    fast, slow = statistics.median(ours), statistics.median(peer)
    return Ratio(
        name=f"sensitivity, rf, tanh, N = {N}, k = {k}, d = {D}, by the clock",
        peer="features, pinv, Jacobian as a matrix",
        ours_seconds=fast,
        peer_seconds=slow,
        ratio=slow / fast,
        wanted=wanted,
        remark=f"{os.cpu_count()} cores; ours {min(ours):.3f} to {max(ours):.3f} s, "
        f"peer {min(peer):.2f} to {max(peer):.2f} s",
    )


def main() -> None:
    """Run the cells and write the table."""
    with threadpool_limits(1):
        found = [ratio("ntk", 150, ">= 1000"), ratio("rf", 10_000, ">= 40")]
    with threadpool_limits(os.cpu_count()):
        found.append(as_typed(10_000, ">= 40"))
    write("sensitivity", found)


if __name__ == "__main__":
    main()
