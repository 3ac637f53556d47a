"""Odd values for every setting of every public object: an `InputError`, or an object that works.

The examples are sound; one field at a time is replaced. What is no number at all must be refused.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pytest
import scipy.sparse

from ratecheck import (
    charts,
    domains,
    filters,
    interpolation,
    kernels,
    noise,
    risk,
    schedules,
    slopes,
    smoothing,
    stopping,
    targets,
    theory,
)
from ratecheck.estimators import GradientFlow, Ridge
from ratecheck.types import RatecheckError

EXAMPLES: Final[tuple[Any, ...]] = (
    charts.CosineChart(low=0.0, high=1.0),
    domains.Ball(d=3),
    domains.Cube(d=3),
    domains.Interval(low=0.0, high=1.0),
    domains.Sphere(d=3),
    domains.Torus(d=2),
    filters.IteratedRidgeFilter(order=2),
    interpolation.Interpolant(),
    kernels.ArcCosine(order=1),
    kernels.DualActivation(activation="relu"),
    kernels.Gaussian(length=1.0),
    kernels.Laplace(scale=1.0),
    kernels.LiftedNTK(depth=2),
    kernels.Matern(nu=1.5, length=1.0),
    kernels.NNGP(depth=3, bias=0.1),
    kernels.NTK(depth=3, bias=0.1),
    kernels.NeumannSobolev(c=1.0),
    kernels.PeriodicSobolev(order=1),
    kernels.TorusSobolev(order=2.0, dimension=2),
    noise.Gaussian(sigma=0.5),
    noise.Laplace(sigma=0.5),
    noise.Rademacher(sigma=0.5),
    noise.Uniform(sigma=0.5),
    risk.Adversarial(radius=0.1),
    schedules.Constant(value=0.1),
    schedules.Power(c=0.1, exponent=-0.5),
    slopes.Corrections(),
    slopes.LastDecades(decades=2.0),
    smoothing.MonteCarlo(),
    smoothing.Quadrature(),
    smoothing.SmoothedMatern(nu=1.5, length=1.0, sigma=0.1, dimension=2),
    stopping.FixedTime(t=3.0),
    stopping.Lepski(),
    stopping.PowerTime(c=1.0, exponent=0.5),
    targets.Lacunary(smoothness=1.0),
    targets.Sobolev(smoothness=1.0),
    targets.WorstCase(smoothness=1.0),
)
NOT_NUMBERS: Final[tuple[Any, ...]] = (
    "x",
    None,
    [],
    {},
    np.zeros(3),
    np.zeros((0, 2)),
    1 + 2j,
    object(),
)
ODD: Final = (
    float("nan"), float("inf"), -float("inf"), -1, 0, True, 10**400, -(10**400), 1e308, 5e-324,
    np.float64("nan"), np.int64(-1), Fraction(-1, 3),
)  # fmt: skip
PUBLIC: Final = (
    "charts", "domains", "filters", "kernels", "noise", "schedules", "stopping", "targets",
)  # fmt: skip


def settings() -> Iterator[Any]:
    for example in EXAMPLES:
        for field in dataclasses.fields(example):
            value = getattr(example, field.name)
            if field.init and isinstance(value, int | float) and not isinstance(value, bool):
                yield pytest.param(example, field.name, id=f"{example!r}-{field.name}")


def outcome(make: Callable[[], object]) -> str:
    """Return what came of a call; anything but success and our own errors is raised."""
    try:
        repr(make())
    except RatecheckError as error:
        told = str(error)
    else:
        return "accepted"
    assert 0 < len(told) < 1000
    return "refused"


@pytest.mark.parametrize(("example", "name"), list(settings()))
def test_odd_settings_are_refused_or_work(example: Any, name: str) -> None:
    for value in ODD:
        outcome(lambda value=value: dataclasses.replace(example, **{name: value}))  # type: ignore[misc]


@pytest.mark.parametrize(("example", "name"), list(settings()))
def test_what_is_no_number_is_refused(example: Any, name: str) -> None:
    for value in NOT_NUMBERS:
        found = outcome(lambda value=value: dataclasses.replace(example, **{name: value}))  # type: ignore[misc]
        assert found == "refused", value


@pytest.mark.parametrize(("example", "name"), list(settings()))
def test_nan_is_refused(example: Any, name: str) -> None:
    assert outcome(lambda: dataclasses.replace(example, **{name: float("nan")})) == "refused"


def test_every_public_object_with_a_number_has_an_example() -> None:
    known = {type(example) for example in EXAMPLES}
    missing = []
    for name in PUBLIC:
        module = importlib.import_module(f"ratecheck.{name}")
        for item in map(module.__dict__.get, getattr(module, "__all__", dir(module))):
            if inspect.isclass(item) and dataclasses.is_dataclass(item) and item not in known:
                types = {str(field.type) for field in dataclasses.fields(item)}
                if types and types <= {"int", "float", "str", "bool"} and _is_ours(item):
                    missing.append(item.__name__)
    assert missing == []


def _is_ours(item: type) -> bool:
    return item.__module__.startswith("ratecheck") and not inspect.isabstract(item)


ARRAYS: Final[tuple[Any, ...]] = (
    None, "x", 3.0, [], {}, np.zeros(5), np.zeros((0, 1)), np.zeros((5, 0)), np.zeros((5, 1, 1)),
    np.full((5, 1), np.nan), np.array([[0.1], [np.inf]]), np.array([["a"], ["b"]]),
    np.array([[None], [0.1]], dtype=object), np.zeros((5, 1), dtype=complex),
    np.array([["2020-01-01"]], dtype="datetime64[D]"), [[0.1], [0.1, 0.2]], Fraction,
    scipy.sparse.csr_matrix(np.eye(3)[:, :1]),
)  # fmt: skip
TIMES: Final = np.array([1.0])
KERNELS: Final = [e for e in EXAMPLES if isinstance(e, kernels.Kernel)]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@pytest.mark.parametrize("points", ARRAYS, ids=lambda value: repr(value)[:40].replace("\n", ""))
def test_bad_points_are_refused_by_kernels(kernel: kernels.Kernel, points: Any) -> None:
    assert outcome(lambda: kernel(points, points)) == "refused"


@pytest.mark.parametrize("points", ARRAYS, ids=lambda value: repr(value)[:40].replace("\n", ""))
def test_bad_data_are_refused_by_estimators(points: Any) -> None:
    good = np.linspace(0, 1, 5)[:, None]
    laplace = kernels.Laplace()
    for estimator in (GradientFlow(), Ridge(), interpolation.Interpolant()):
        assert outcome(lambda e=estimator: e.prepare(laplace, points)) == "refused"  # type: ignore[misc]
        state = estimator.prepare(laplace, good)
        found = outcome(lambda e=estimator, s=state: e.path(s, points, TIMES))  # type: ignore[misc]
        assert found == "refused"


@pytest.mark.parametrize("s", ["x", None, -1, 0.5, float("nan"), [], "1/0"])
def test_a_smoothness_that_no_theorem_covers_is_refused(s: Any) -> None:
    assert outcome(lambda: theory.clean_minimax(s, 1)) == "refused"
    assert outcome(lambda: theory.minimax_exponent(s=s, d=1)) == "refused"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: kernels.DualActivation(activation="rellu"), "did you mean relu"),
        (lambda: GradientFlow(operator="sphear").prepare(  # type: ignore[arg-type]
            kernels.Laplace(), np.zeros((5, 1))), "did you mean sphere"),
        (lambda: kernels.NTK(depth=10**5000), "an integer of 16610 bits"),
    ],
)  # fmt: skip
def test_errors_name_what_was_meant_and_stay_short(call: Callable[[], object], words: str) -> None:
    with pytest.raises(RatecheckError, match=words):
        call()
