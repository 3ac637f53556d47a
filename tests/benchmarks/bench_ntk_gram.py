"""NTK Gram matrices against neural-tangents' compiled kernel, and the accuracy of both.

Standard normal points divided by the root of d (the first ones nearly parallel in pairs), bias
variance 0.1 unless said. Both make the whole symmetric matrix in float64 with one thread; CPU
seconds, medians over interleaved rounds; compilation is not counted. Accuracy: the largest relative
error over the diagonal of 40 points and 160 pairs, 20 of them nearly parallel, against the
recursion in 40 digits.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

import mpmath
import numpy as np
from threadpoolctl import threadpool_limits

from ratecheck.kernels import NTK
from ratecheck.types import Array, IntArray
from tests.benchmarks.harness import Ratio, cpu, write
from tests.benchmarks.peers.client import Peer

WANTED = {2: 1.8, 4: 3.0}
ROUNDS, CALLS = 3, 3  # alternating rounds of calls
CLOSE = 20  # pairs of points at distance 1e-6


@dataclass(frozen=True, kw_only=True)
class Case:
    """One matrix."""

    n: int
    d: int
    depth: int
    bias: float = 0.1

    def points(self) -> Array:
        """Return the points (n, d)."""
        rng = np.random.default_rng(self.d)
        X: Array = rng.standard_normal((self.n, self.d)) / self.d**0.5
        X[1 : 2 * CLOSE : 2] = X[: 2 * CLOSE : 2] + 1e-6 * rng.standard_normal((CLOSE, self.d))
        return X

    def pairs(self) -> IntArray:
        """Return the indices (2, 200) where values are compared."""
        rng = np.random.default_rng(1)
        same, close = rng.integers(0, self.n, 40), 2 * np.arange(CLOSE)
        others = rng.integers(0, self.n, (2, 140))
        return np.hstack([[same, same], [close, close + 1], others]).astype(np.int64)


CASES = (
    *(Case(n=4000, d=d, depth=depth) for d in (1, 10, 784) for depth in (2, 4)),
    *(Case(n=4000, d=10, depth=depth, bias=0.0) for depth in (2, 4)),
    *(Case(n=8000, d=10, depth=depth) for depth in (2, 4)),
)


def reference(case: Case, x: Array, y: Array) -> float:
    """Return Theta_L(x, y) by the recursion of theory note A1 in 40 digits, written naively."""
    with mpmath.workdps(40):
        a, b, bias = ([mpmath.mpf(float(v)) for v in z] for z in (x, y, [case.bias]))
        p, q = (sum(v * v for v in z) + bias[0] for z in (a, b))
        sigma = tangent = sum(u * v for u, v in zip(a, b, strict=True)) + bias[0]
        for _ in range(1, case.depth):
            size = mpmath.sqrt(p * q)
            theta = mpmath.acos(min(max(sigma / size, -1), 1))
            rest = (mpmath.pi - theta) / mpmath.pi
            sigma = sigma * rest + size * mpmath.sin(theta) / mpmath.pi + bias[0]
            tangent = tangent * rest + sigma
            p, q = p + bias[0], q + bias[0]
        return float(tangent)


def ratio(case: Case, peer: Peer) -> Ratio:
    """Time both and compare both with the reference."""
    X, pairs, kernel = case.points(), case.pairs(), NTK(depth=case.depth, bias=case.bias)
    exact = np.array([reference(case, X[i], X[j]) for i, j in pairs.T])
    ours: list[float] = []
    theirs: list[float] = []
    K = kernel(X, X)
    for _ in range(ROUNDS):
        ours.extend(cpu(lambda: kernel(X, X)) for _ in range(CALLS))
        told = peer.ask(
            "gram", {"X": X, "pairs": pairs},
            depth=case.depth, bias=case.bias, repeats=CALLS, warm=True,
        )  # fmt: skip
        theirs.extend(told.seconds)
    errors = [float(np.max(np.abs(v / exact - 1))) for v in (K[tuple(pairs)], told.values)]
    fast, slow = statistics.median(ours), statistics.median(theirs)
    bias = f", bias {case.bias}" if case.bias else ", no bias"
    return Ratio(
        name=f"NTK Gram matrix, depth {case.depth}{bias}, d = {case.d}, n = {case.n}",
        peer="neural-tangents, jitted, float64",
        ours_seconds=fast,
        peer_seconds=slow,
        ratio=slow / fast,
        wanted=f">= {WANTED[case.depth]}",
        remark=f"largest relative error: ours {errors[0]:.1e}, peer {errors[1]:.1e}",
    )


def main() -> None:
    """Run all cases and write the table."""
    with threadpool_limits(1), Peer() as peer:
        ratios = [ratio(case, peer) for case in CASES]
        write("ntk_gram", ratios, peers=peer.versions)


if __name__ == "__main__":
    main()
