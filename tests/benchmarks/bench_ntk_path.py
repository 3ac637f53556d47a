"""Fifty stopping times of the one-dimensional NTK at n = 8000 against one eigendecomposition.

Both give the fits at 50 times on 1000 new points, to 1e-8 of each other. The peer is
`scipy.linalg.eigh` of the Gram matrix and the same predictions from it, one thread.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl
from threadpoolctl import threadpool_limits

from ratecheck.estimators import GradientFlow
from ratecheck.kernels import LiftedNTK
from ratecheck.types import Array
from tests.benchmarks.harness import Ratio, cpu, medians, write

N = 8000
KERNEL = LiftedNTK(depth=2)


def data() -> tuple[Array, Array, Array, Array]:
    """Return design, responses, new points and times up to ten times n^{2/3}."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (N, 1))
    y = np.sin(4 * X[:, 0]) + 0.5 * rng.standard_normal(N)
    return X, y, np.linspace(-1, 1, 1000)[:, None], np.geomspace(1.0, 10 * N ** (2 / 3), 50)


def ours() -> Array:
    """Fit and predict by prefix sums and Lanczos."""
    X, y, new, times = data()
    estimator = GradientFlow(operator="markov", tolerance=1e-10)
    path = estimator.path(estimator.prepare(KERNEL, X), y, times)
    return estimator.predict(path, new)


def peer() -> Array:
    """Fit and predict from all eigenpairs of the Gram matrix."""
    X, y, new, times = data()
    values, vectors = sl.eigh(KERNEL(X, X) / N)
    values = np.maximum(values, 1e-300)
    weights = -np.expm1(-np.multiply.outer(times, values)) / values
    coefficients = vectors @ (weights * (vectors.T @ y)).T / N
    return np.asarray((KERNEL(new, X) @ coefficients).T)


def main() -> None:
    """Run both and write the table."""
    with threadpool_limits(1):
        found: list[Array] = []
        slow = cpu(lambda: found.append(peer()))
        fast = medians({"ours": ours}, repeats=9)["ours"]
        gap = float(np.abs(found[0] - ours()).max())
    write(
        "ntk_path",
        [
            Ratio(
                name=f"50 stopping times, LiftedNTK(depth=2), n = {N}, predictions at 1000 points",
                peer="scipy.linalg.eigh + the same predictions",
                ours_seconds=fast,
                peer_seconds=slow,
                ratio=slow / fast,
                wanted=">= 500",
                remark=f"largest difference of predictions {gap:.1e}",
            )
        ],
    )


if __name__ == "__main__":
    main()
