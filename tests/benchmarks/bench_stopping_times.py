"""Fifty stopping times in ten dimensions, n = 8000, against what others do for the same fits.

Standard normal points divided by the root of d, bias-free NTK, times up to ten times n^{2/3} as in
`bench_ntk_path`; predictions on 1000 new points, and agreement with the peer's is reported. Peers:
neural-tangents' `gradient_descent_mse` (CPU and memory of its own process, matrices compiled
beforehand); scikit-learn's `KernelRidge` on the finished matrix, refitted for each of the times
(three refits are timed and counted as fifty; ours is ridge regression too); `scipy.linalg.eigh`
of the finished matrix. One thread, CPU seconds, memory of fresh processes.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time

import numpy as np
import scipy.linalg as sl
from sklearn.kernel_ridge import KernelRidge
from threadpoolctl import threadpool_limits

from ratecheck.estimators import GradientFlow, Ridge, SpectralEstimator
from ratecheck.kernels import NTK, Kernel
from ratecheck.types import Array
from tests.benchmarks.harness import Ratio, cpu, write
from tests.benchmarks.peers.client import Peer

N, D, T, NEW, REFITS = 8000, 10, 50, 1000, 3


def data(n: int = N) -> dict[str, Array]:
    """Return design, responses, new points and times."""
    rng = np.random.default_rng(0)
    X, new = (rng.standard_normal((m, D)) / D**0.5 for m in (n, NEW))
    y = np.sin(2 * X[:, 0]) + 0.5 * rng.standard_normal(n)
    return {"X": X, "y": y, "new": new, "times": np.geomspace(1.0, 10 * n ** (2 / 3), T)}


def fit(kernel: Kernel, estimator: SpectralEstimator, given: dict[str, Array]) -> Array:
    """Return the predictions (T, m) at all times."""
    state = estimator.prepare(kernel, given["X"])
    return estimator.predict(estimator.path(state, given["y"], given["times"]), given["new"])


def alone(depth: int) -> None:
    """Print the peak memory in MB of this process after one fit."""
    with threadpool_limits(1):
        fit(NTK(depth=depth), GradientFlow(), data())
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def memory(depth: int) -> float:
    """Return the peak memory in MB of a fresh process that does it once."""
    code = f"from tests.benchmarks.bench_stopping_times import alone; alone({depth})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def against_neural_tangents(depth: int) -> tuple[list[Ratio], dict[str, str]]:
    """Return time and memory, and the versions of the peer."""
    given, kernel = data(), NTK(depth=depth)
    ours = [cpu(lambda: fit(kernel, GradientFlow(), given)) for _ in range(3)]
    with Peer() as peer:
        told = peer.ask("path", given, depth=depth, bias=0.0, repeats=1, warm=False)
        versions = peer.versions
    gap = float(np.abs(told.values - fit(kernel, GradientFlow(), given)).max())
    name = f"{T} stopping times, NTK depth {depth}, d = {D}, n = {N}"
    fast, slow, space = statistics.median(ours), told.seconds[0], memory(depth)
    return [
        Ratio(
            name=f"{name}, predictions at {NEW} points",
            peer="neural-tangents gradient_descent_mse",
            ours_seconds=fast, peer_seconds=slow, ratio=slow / fast, wanted=">= 25",
            remark=f"largest difference of predictions {gap:.1e}",
        ),
        Ratio(
            name=f"{name}, peak memory of the process",
            peer="neural-tangents gradient_descent_mse",
            ours_seconds=space, peer_seconds=told.peak, ratio=space / told.peak,
            wanted="<= 0.25", unit="MB",
        ),
    ], versions  # fmt: skip


def against_ridge(K: Array, cross: Array, kernel: Kernel) -> Ratio:
    """Return the comparison with refits of ridge regression."""
    given = data()
    found: list[Array] = []
    fast = cpu(lambda: found.append(fit(kernel, Ridge(), given)))
    chosen = np.linspace(0, T - 1, REFITS).astype(int)
    start = time.process_time()
    refits = [
        KernelRidge(alpha=N / given["times"][i], kernel="precomputed").fit(K, given["y"])
        for i in chosen
    ]
    slow = (time.process_time() - start) * T / REFITS
    theirs = np.stack([model.predict(cross) for model in refits])
    gap = float(np.abs(theirs - found[0][chosen]).max())
    return Ratio(
        name=f"{T} ridge parameters, NTK depth 2, d = {D}, n = {N}, kernel matrix included for us",
        peer=f"scikit-learn KernelRidge, {T} refits on the finished matrix ({REFITS} timed)",
        ours_seconds=fast, peer_seconds=slow, ratio=slow / fast, wanted=">= 25",
        remark=f"largest difference of predictions {gap:.1e}",
    )  # fmt: skip


def against_eigh(K: Array, cross: Array, kernel: Kernel) -> Ratio:
    """Return the comparison with all eigenpairs."""
    given = data()
    found: list[Array] = []
    fast = cpu(lambda: found.append(fit(kernel, GradientFlow(), given)))

    def peer() -> None:
        values, vectors = sl.eigh(K / N)
        values = np.maximum(values, 1e-300)
        weights = -np.expm1(-np.multiply.outer(given["times"], values)) / values
        coefficients = vectors @ (weights * (vectors.T @ given["y"])).T / N
        found.append((cross @ coefficients).T)

    slow = cpu(peer)
    return Ratio(
        name=f"{T} stopping times, NTK depth 2, d = {D}, n = {N}, kernel matrix included for us",
        peer="scipy.linalg.eigh of the finished matrix + the same predictions",
        ours_seconds=fast, peer_seconds=slow, ratio=slow / fast, wanted=">= 15",
        remark=f"largest difference of predictions {np.abs(found[1] - found[0]).max():.1e}",
    )  # fmt: skip


def main() -> None:
    """Run all and write the table."""
    with threadpool_limits(1):
        two, versions = against_neural_tangents(2)
        four, _ = against_neural_tangents(4)
        given, kernel = data(), NTK(depth=2)
        K, cross = kernel(given["X"], given["X"]), kernel(given["new"], given["X"])
        others = [against_ridge(K, cross, kernel), against_eigh(K, cross, kernel)]
    write("stopping_times", [*two, *four, *others], peers=versions)


if __name__ == "__main__":
    main()
