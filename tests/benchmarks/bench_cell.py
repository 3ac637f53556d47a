"""The flagship cell at n = 2^20 against the bare cost of its randomness and one transform.

The cell: draw, fit at 50 times, four stopping rules, adversarial risk at three radii. The peer:
2^20 uniform points, 2^20 normal numbers and one type-1 transform (finufft) with as many modes and
the same accuracy, one thread. Also: growth of the time from 2^14 to 2^20, and peak memory.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

import ratecheck as rc
from ratecheck.montecarlo.cell import compute, settings
from ratecheck.montecarlo.plan import Cell
from ratecheck.numerics import nufft
from tests.benchmarks.harness import Ratio, cpu, medians, write

N = 2**20
BAND = 8192  # moments of the cell's fit: twice its band limit


def study() -> rc.RateStudy:
    """Return the cell of the benchmark: order 1, s = 1, radii above, at and below the corner."""
    radii = ((0.04, -1 / 3), (0.5, -0.5), (0.25, -0.8))
    return rc.RateStudy(
        name="benchmark",
        problem=rc.Problem(
            domain=rc.domains.Torus(d=1),
            kernel=rc.kernels.PeriodicSobolev(order=1),
            target=rc.targets.Sobolev(1.0, 3.5),
            noise=rc.noise.Gaussian(0.5),
        ),
        estimator=rc.GradientFlow(tolerance=1e-4),
        stopping=(
            rc.stopping.TheoryTime(),
            rc.stopping.Lepski(),
            rc.stopping.GCV(),
            rc.stopping.Oracle(),
        ),
        risk=tuple(rc.risk.Adversarial(radius=rc.schedules.power(c, a)) for c, a in radii),
        sizes=(2**14, N),
        replicates=1,
    )


def cell(n: int, replicate: int = 0) -> None:
    """Compute one cell."""
    compute(study(), Cell(study="benchmark", size=n, replicate=replicate), 0)


def bare(n: int = N, seed: int = 0) -> None:
    """Draw points and noise and transform once, as the cell must at least."""
    rng = np.random.default_rng(seed)
    z, noise = rng.random(n), rng.standard_normal(n)
    nufft.analyse(z, noise.astype(np.complex128), BAND)


def growth(work: Callable[[int, int], None]) -> float:
    """Return the exponent of the time of ``work(n, seed)`` over n = 2^14 ... 2^20."""
    sizes = [2**k for k in range(14, 21)]
    taken = [statistics.median(cpu(partial(work, n, i)) for i in range(5)) for n in sizes]
    return float(np.polyfit(np.log(sizes), np.log(taken), 1)[0])


def peak_memory() -> float:
    """Return the peak resident memory in MB of a fresh process that computes one cell."""
    code = (
        "import resource; from tests.benchmarks.bench_cell import cell, N; cell(N); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout) / 1024


def main() -> None:
    """Run all and write the table."""
    with threadpool_limits(1):
        _, times = settings(study(), N)
        taken = medians({"cell": lambda: cell(N), "bare": bare}, repeats=9)
        exponent, floor = growth(cell), growth(bare)
    memory = peak_memory()
    write(
        "cell",
        [
            Ratio(
                name=f"flagship cell, n = 2^20, {times.size} times, 4 rules, 3 radii",
                peer="drawing points and noise + one finufft type-1 transform",
                ours_seconds=taken["cell"],
                peer_seconds=taken["bare"],
                ratio=taken["cell"] / taken["bare"],
                wanted="<= 4",
            ),
            Ratio(
                name="growth exponent of the cell's time, n = 2^14 ... 2^20",
                peer=f"that of the same transform (always {2 * BAND + 1} modes); promised of ours",
                ours_seconds=exponent,
                peer_seconds=floor,
                ratio=exponent,
                wanted="<= 1.05",
                unit="",
            ),
            Ratio(
                name="peak memory of the process, one cell at n = 2^20",
                peer="1 MB",
                ours_seconds=memory,
                peer_seconds=1.0,
                ratio=memory,
                wanted="<= 700",
                unit="MB",
            ),
        ],
    )


if __name__ == "__main__":
    main()
