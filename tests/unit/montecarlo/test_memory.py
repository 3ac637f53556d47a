"""The models of memory against the memory that a process really takes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.domains import Domain
from ratecheck.kernels import Kernel
from ratecheck.montecarlo.exact import Curve, Number
from ratecheck.montecarlo.memory import MODELS, need, parse, require_room
from ratecheck.operators import room
from ratecheck.operators.prepare import OperatorName, gram_operator
from ratecheck.operators.room import machine
from ratecheck.types import InputError

MEASURE = """
import numpy as np
import ratecheck as rc
from ratecheck.kernels import *
from ratecheck.operators.prepare import gram_operator
def use(n, latest):
    rng = np.random.default_rng(0)
    operator = gram_operator({kernel}, {domain}.design(n, rng), {forced!r})
    operator.reduce(rng.standard_normal(n), np.geomspace(1, latest, 30), 1e-4)
def told(name):
    (line,) = (line for line in open("/proc/self/status") if line.startswith(name))
    return int(line.split()[1]) * 1024
use(80, {first})
open("/proc/self/clear_refs", "w").write("5")  # the peak starts anew
before = told("VmRSS")
use({n}, {latest})
print(told("VmHWM") - before)
"""
TORUS, CUBE = rc.domains.Torus(d=1), rc.domains.Cube(d=3)
SMOOTH = rc.kernels.PeriodicSobolev(order=1)
MATERN = rc.kernels.Matern(nu=1.5, length=0.5)


def study(kernel: Kernel, domain: object, n: int, operator: OperatorName = "auto") -> rc.RateStudy:
    estimator = rc.estimators.GradientFlow() if operator == "auto" else None
    if estimator is None:
        estimator = rc.estimators.SpectralEstimator(
            filter=rc.filters.GradientFlowFilter(), operator=operator
        )
    problem = rc.Problem(
        domain=domain,  # type: ignore[arg-type] # any domain will do
        kernel=kernel,
        target=rc.targets.Sobolev(smoothness=1.5, radius=1.0, band=64),
        noise=rc.noise.Gaussian(sigma=0.5),
    )
    rules = (rc.stopping.PowerTime(c=1.0, exponent=0.5),)
    return rc.RateStudy(
        name="m", problem=problem, estimator=estimator, stopping=rules, sizes=(n,), replicates=2
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kernel", "domain", "n", "operator"),
    [
        (SMOOTH, TORUS, 2**20, "fourier"),
        (MATERN, CUBE, 1000, "eigh"),
        (MATERN, CUBE, 3000, "dense"),
        (MATERN, CUBE, 7000, "blocked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_model_is_an_upper_bound_and_not_a_wild_one(
    kernel: Kernel, domain: object, n: int, operator: str
) -> None:
    found = need(study(kernel, domain, n), n)
    assert found is not None
    assert found.operator == operator
    peak = measured(kernel, domain, n)
    assert peak <= 1.1 * found.cell
    assert found.cell <= 6 * peak + 2**27  # small ones hide behind what importing took


def measured(
    kernel: Kernel,
    domain: object,
    n: int,
    forced: str = "auto",
    latest: float = 400,
    first: float | None = None,
) -> int:
    """Return the peak of a process that fits n points, beyond a small fit up to time ``first``."""
    program = MEASURE.format(
        kernel=kernel,
        domain=f"rc.domains.{domain}",
        n=n,
        forced=forced,
        latest=latest,
        first=first or latest,
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True
    )
    return int(told.stdout)


NARROW = {  # models that hold within a factor of three, but for what every process takes
    "nystrom": (rc.kernels.NTK(depth=3), rc.domains.Cube(d=5), 4000, 400.0),
    "markov, early": (rc.kernels.Brownian(), rc.domains.Interval(), 2**16, 400.0),
    "markov, late": (rc.kernels.Brownian(), rc.domains.Interval(), 2**16, 1e5),
    "sphere": (rc.kernels.NTK(depth=2, bias=1.0), rc.domains.Sphere(2), 2**16, 4e3),
    "harmonics": (rc.kernels.NTK(depth=2, bias=1.0), rc.domains.Sphere(3), 2**12, 1e4),
    "fourier, plane": (
        rc.kernels.TorusSobolev(order=1.5, dimension=2),
        rc.domains.Torus(d=2),
        2**12,
        1e6,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NARROW)
def test_the_model_is_an_upper_bound_within_a_factor_of_three(name: str) -> None:
    kernel, domain, n, latest = NARROW[name]
    operator = name.split(",", maxsplit=1)[0]
    forced = "sphere" if operator == "harmonics" else operator
    peak = measured(kernel, domain, n, forced, latest)
    assert peak <= MODELS[operator][1](n)
    assert MODELS[operator][1](n) <= 3 * peak + 2**26


LATE: dict[
    str, tuple[Kernel, Domain, OperatorName, int, float]
] = {  # where the coefficients of late times take more than the points
    "lanczos": (rc.kernels.NTK(depth=2, bias=1.0), rc.domains.Sphere(2), "sphere", 2**14, 5e4),
    "poles": (rc.kernels.NTK(depth=2, bias=1.0), rc.domains.Sphere(2), "sphere", 2**17, 3e5),
    "torus": (
        rc.kernels.TorusSobolev(order=1.5, dimension=2),
        rc.domains.Torus(d=2),
        "fourier",
        2**12,
        1e6,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LATE)
def test_late_times_take_what_the_coefficients_take(name: str) -> None:
    kernel, domain, operator, n, latest = LATE[name]
    X = domain.design(n, np.random.default_rng(0))
    late = gram_operator(kernel, X, operator).coefficient_bytes(latest)
    peak = measured(kernel, domain, n, operator, latest, first=10.0)  # 80 points: a huge band
    assert peak <= MODELS[operator][1](n) + late
    assert late <= 2.5 * peak


@pytest.mark.parametrize(
    ("domain", "kernel", "operator"),
    [
        (rc.domains.Sphere(2), rc.kernels.NTK(depth=2, bias=1.0), "sphere"),
        (rc.domains.Torus(d=3), rc.kernels.TorusSobolev(order=2.0, dimension=3), "fourier"),
    ],
)
def test_a_study_of_late_times_is_refused_before_it_starts(
    domain: object, kernel: Kernel, operator: OperatorName
) -> None:
    made = study(kernel, domain, 2**14, operator)
    early, late = (replace(made, stopping=(rc.stopping.FixedTime(t),)) for t in (100.0, 1e8))
    first, last = need(early, 2**14), need(late, 2**14)
    assert first is not None
    assert last is not None
    assert last.late > 2**28 > 4 * first.late
    with pytest.raises(InputError, match=r"needs about .*of coefficients by the last time\), but"):
        require_room([late], 512 * 2**20, "a worker")
    require_room([early], 512 * 2**20, "a worker")


def test_a_forced_operator_has_its_own_model() -> None:
    forced = need(study(SMOOTH, TORUS, 4096, "dense"), 4096)
    assert forced is not None
    assert forced.operator == "dense"
    assert forced.cell == MODELS["dense"][1](4096)


def test_every_operator_has_a_model() -> None:
    from typing import get_args

    assert set(MODELS) == set(get_args(OperatorName)) - {"auto"} | {"harmonics"}


def test_spheres_beyond_the_second_have_harmonics_in_tiles() -> None:
    kernel = rc.kernels.NTK(depth=2, bias=1.0)
    found = {d: need(study(kernel, rc.domains.Sphere(d), 4096, "sphere"), 4096) for d in (2, 3)}
    assert [known.operator for known in found.values() if known] == ["sphere", "harmonics"]


def test_a_study_that_cannot_fit_says_so() -> None:
    wide = study(MATERN, CUBE, 6000)
    with pytest.raises(
        InputError, match=r"cell of m at n = 6000 needs about \d+ MB \(dense.*this one has 100 MB"
    ):
        require_room([wide], 100 * 2**20, "this one")
    require_room([wide], 4 * 2**30, "this one")


def test_measurements_have_no_model() -> None:
    exact = rc.ExactStudy(name="e", curves=(_Curve(),), sizes=(4,))
    assert need(exact, 4) is None
    require_room([exact], 1.0, "nothing")


class _Curve(Curve):
    __slots__ = ()
    name = "c"
    quantity = "q"

    def value(self, x: int) -> Number:
        return Number(value=float(x))


@pytest.mark.parametrize(
    ("text", "count"), [("4G", 2**32), ("500M", 500 * 2**20), ("1.5GiB", 3 * 2**29), ("7", 7)]
)
def test_sizes_of_memory(text: str, count: int) -> None:
    assert parse(text) == count


@pytest.mark.parametrize("text", ["", "4X", "-1G", "0", "G", "1e9", "nan", "4 G B"])
def test_no_size_of_memory(text: str) -> None:
    with pytest.raises(InputError, match="memory reads 4G"):
        parse(text)


def test_the_machine_has_some_memory_and_a_group_may_have_less(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = machine()
    assert whole > 2**28
    limit = tmp_path_factory.mktemp("cgroup") / "memory.max"
    monkeypatch.setattr(room, "_LIMITS", (limit,))
    limit.write_text("max\n")
    assert machine() >= whole
    limit.write_text("1048576\n")
    assert machine() == 2**20
