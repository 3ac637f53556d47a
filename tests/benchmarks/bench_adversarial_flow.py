"""The gradient of linearised adversarial training against jax through the matrix exponential.

The problem of one step of Adv-NTK: tangent kernel of depth 3 on digits (jittered copies where
n exceeds their number), ten outputs, times with which the fit has learnt about half. The peer is
what a reader of the paper would write: xi -> sum_k a_k^T Theta^{-1} (I - exp(-Theta Xi)) y_k with
the inverse computed beforehand, compiled, ``jax.grad``, float64. CPU seconds, one BLAS thread; the
compilation of the peer is not counted.
"""

from __future__ import annotations

import os

os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from threadpoolctl import threadpool_limits

from ratecheck.adversarial_flow import adversarial_flow_gradient
from ratecheck.datasets import load
from ratecheck.kernels import NTK
from ratecheck.types import Array
from tests.benchmarks.harness import Ratio, medians, write

SIZES = (1000, 2000)
OUTPUTS = 10
REPEATS = 3


def problem(n: int) -> tuple[Array, Array, Array, Array]:
    """Return Theta, xi, a, y."""
    rng, data = np.random.default_rng(0), load("digits")
    X = (
        data.X[rng.permutation(data.size)]
        if n <= data.size
        else data.X[rng.integers(data.size, size=n)]
    )
    X = np.clip(X[:n] + (n > data.size) * 0.05 * rng.standard_normal((n, data.dimension)), 0, 1)
    Theta = NTK(depth=3)(X, X)
    a, y = rng.standard_normal((2, n, OUTPUTS))
    return Theta, rng.uniform(0, 0.2 / np.mean(np.diagonal(Theta)), n), a, y


def peer(Theta: Array, a: Array, y: Array) -> Callable[[Array], Any]:
    """Return the compiled gradient by automatic differentiation."""
    inverse = np.linalg.inv(Theta)

    def value(xi: Any, kernel: Any, solve: Any) -> Any:
        decay = jax.scipy.linalg.expm(-kernel * xi, max_squarings=32)
        return jax.numpy.sum(a * (solve @ (y - decay @ y)))

    gradient = jax.jit(jax.grad(value))
    return lambda xi: gradient(xi, Theta, inverse).block_until_ready()


def ratio(n: int) -> Ratio:
    """Time both at one size."""
    Theta, xi, a, y = problem(n)
    slow = peer(Theta, a, y)
    ours = adversarial_flow_gradient(Theta, xi, a, y)
    gap = float(np.abs(np.asarray(slow(xi)) - ours).max() / np.abs(ours).max())
    taken = medians(
        {"ours": lambda: adversarial_flow_gradient(Theta, xi, a, y), "peer": lambda: slow(xi)},
        repeats=REPEATS,
    )
    return Ratio(
        name=f"gradient in xi, n = {n}, {OUTPUTS} right-hand sides, float64",
        peer="jax.grad through jax.scipy.linalg.expm, compiled, one thread",
        ours_seconds=taken["ours"],
        peer_seconds=taken["peer"],
        ratio=taken["peer"] / taken["ours"],
        wanted=">= 8",
        remark=f"largest difference {gap:.1e} of the largest entry",
    )


def main() -> None:
    """Run both sizes and write the table."""
    with threadpool_limits(1), jax.enable_x64(True):
        ratios = [ratio(n) for n in SIZES]
    write("adversarial_flow", ratios)


if __name__ == "__main__":
    main()
