"""The cell on S^2 at n = 2^20 against the bare spherical transforms (ducc0) that it needs.

The cell: draw, fit at 50 times, clean risk and suprema over caps of two radii at the theoretical
time, NTK of depth 2 with bias 1. The peer: drawing points and noise, and ducc0's own non-uniform
transforms with the same points, degrees and accuracy, one thread: values of the target (degree
256), moments of the design (twice the band of the fit) and coefficients of the data (the band).
Also: wall time and peak memory of a fresh process, and growth from 2^14 to 2^20.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from ducc0 import sht
from threadpoolctl import threadpool_limits

import ratecheck as rc
from ratecheck.functions import Function
from ratecheck.montecarlo.calibrate import ball_radius, small_attack, theory_time
from ratecheck.operators.prepare import gram_operator
from ratecheck.operators.sphere import SphereGram
from ratecheck.path import Path
from ratecheck.targets.sphere import HIGHEST_DEGREE
from ratecheck.types import Array
from tests.benchmarks.harness import Ratio, cpu, medians, write

N = 2**20
TIMES = 50
SIGMA, SMOOTHNESS = 0.5, 2.0
DOMAIN, KERNEL = rc.domains.Sphere(2), rc.kernels.NTK(depth=2, bias=1.0)
RADIUS = ball_radius(KERNEL, DOMAIN, SMOOTHNESS, SIGMA, size=2**10, dimension=100)
ATTACK = small_attack(KERNEL, DOMAIN, SMOOTHNESS, SIGMA, RADIUS, size=2**10)


def times(n: int) -> Array:
    """Return 50 times, the last of them the theoretical one."""
    last = theory_time(KERNEL, DOMAIN, SMOOTHNESS, SIGMA, RADIUS, size=n)
    return np.geomspace(0.2, last, TIMES)


def fit(n: int, seed: int = 0) -> tuple[Path, Function]:
    """Draw data and fit at 50 times; return the path with the target."""
    rng = np.random.default_rng(seed)
    f = rc.targets.Sobolev(SMOOTHNESS, RADIUS).realise(DOMAIN, rng)
    X = DOMAIN.design(n, rng)
    y = f(X) + SIGMA * rng.standard_normal(n)
    estimator = rc.GradientFlow(tolerance=1e-4)
    path = estimator.path(estimator.prepare(KERNEL, X), y, times(n))
    assert len(path.errors) == TIMES
    return path, f


def cell(n: int, seed: int = 0) -> tuple[float, ...]:
    """Compute one cell: 50 fits, and the last one's risks, clean and at two radii."""
    path, f = fit(n, seed)
    clean = rc.risk.clean_risks(path, f, DOMAIN)
    radii = (ATTACK(n), 10 * ATTACK(n))
    attacked = rc.risk.adversarial_risks(path.function(TIMES - 1), f, DOMAIN, radii)
    assert all(risk.error <= 0.01 * risk.value for risk in attacked)
    return (float(clean[-1]), *(risk.value for risk in attacked))


def band(n: int) -> int:
    """Return the band limit of the fit."""
    operator = gram_operator(KERNEL, DOMAIN.design(n, np.random.default_rng(0)))
    assert isinstance(operator, SphereGram)
    return operator.band(float(times(n)[-1]))


def bare(fitted: int) -> None:
    """Draw points and noise, and transform three times, as the cell must at least."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N, 3))
    noise = rng.standard_normal((1, N))
    loc = np.column_stack(
        [np.arctan2(np.hypot(X[:, 0], X[:, 1]), X[:, 2]), np.arctan2(X[:, 1], X[:, 0])]
    )
    loc[:, 1] %= 2 * np.pi
    degree = HIGHEST_DEGREE[2]
    alm = np.ones((1, (degree + 1) * (degree + 2) // 2), dtype=np.complex128)
    common = {"spin": 0, "loc": loc, "epsilon": 1e-12, "nthreads": 1}
    sht.synthesis_general(alm=alm, lmax=degree, **common)
    for lmax in (2 * fitted, fitted):
        sht.adjoint_synthesis_general(map=noise, lmax=lmax, **common)


def growth(work: Callable[[int, int], object]) -> float:
    """Return the exponent of the time of some work over n = 2^14 ... 2^20."""
    sizes = [2**k for k in range(14, 21)]
    taken = [statistics.median(cpu(partial(work, n, i)) for i in range(3)) for n in sizes]
    return float(np.polyfit(np.log(sizes), np.log(taken), 1)[0])


def fresh_process() -> tuple[float, float]:
    """Return CPU seconds and peak megabytes of a fresh process that computes one cell."""
    code = (
        "import resource; from tests.benchmarks.bench_sphere_cell import cell, N; cell(N); "
        "used = resource.getrusage(resource.RUSAGE_SELF); "
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, kilobytes = map(float, done.stdout.split())
    return seconds, kilobytes / 1024


def main() -> None:
    """Run all and write the table."""
    with threadpool_limits(1):
        fitted = band(N)
        taken = medians({"cell": lambda: cell(N), "bare": partial(bare, fitted)}, repeats=5)
        exponents = {"the cell": growth(cell), "its draw and fits": growth(fit)}
    seconds, memory = fresh_process()
    write(
        "sphere_cell",
        [
            Ratio(
                name=f"cell on S^2, n = 2^20, {TIMES} times, clean and 2 radii, degree {fitted}",
                peer="drawing points and noise + ducc0's three non-uniform transforms",
                ours_seconds=taken["cell"],
                peer_seconds=taken["bare"],
                ratio=taken["cell"] / taken["bare"],
                wanted="<= 8",
            ),
            Ratio(
                name="the same in a fresh process, imports and calibration included",
                peer="60 s",
                ours_seconds=seconds,
                peer_seconds=60.0,
                ratio=seconds / 60,
                wanted="<= 1",
            ),
            *(
                Ratio(
                    name=f"growth exponent of the time of {name}, n = 2^14 ... 2^20",
                    peer="linear growth",
                    ours_seconds=exponent,
                    peer_seconds=1.0,
                    ratio=exponent,
                    wanted="<= 1.1",
                    remark="exponents, not seconds; suprema over caps cost the same at every n",
                )
                for name, exponent in exponents.items()
            ),
            Ratio(
                name="peak memory of the process, one cell at n = 2^20",
                peer="1 MB",
                ours_seconds=memory,
                peer_seconds=1.0,
                ratio=memory,
                wanted="<= 1500",
                remark="megabytes, not seconds",
            ),
        ],
    )


if __name__ == "__main__":
    main()
