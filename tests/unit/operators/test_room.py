"""Late times: bases that are cut off say so, and what cannot fit is refused before any work."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from ratecheck.domains import Sphere, Torus
from ratecheck.filters import GradientFlowFilter
from ratecheck.kernels import NTK, TorusSobolev
from ratecheck.numerics import lanczos
from ratecheck.operators import room, sphere, torus
from ratecheck.operators.base import GramOperator
from ratecheck.operators.prepare import gram_operator
from ratecheck.path import Path
from ratecheck.streams import generator
from ratecheck.types import Array, Status, UnsupportedError

N, LATE = 2048, 4000.0
COEFFICIENTS = 3969  # harmonics of degree at most 62
TIMES = np.geomspace(1, LATE, 30)
NOISE = generator(0, "room", role="noise").standard_normal(N)


def on_sphere() -> GramOperator:
    X = Sphere(2).design(N, generator(0, "room", role="design"))
    return gram_operator(NTK(depth=2, bias=1.0), X, "sphere")


def on_torus() -> GramOperator:
    X = Torus(d=2).design(N, generator(0, "room", role="design"))
    return gram_operator(TorusSobolev(order=1.5, dimension=2), X, "fourier")


def path() -> Path:
    operator = on_sphere()
    return Path(
        times=TIMES,
        filter=GradientFlowFilter(),
        operator=operator,
        reduction=operator.reduce(NOISE, TIMES, 1e-4),
    )


def test_a_basis_that_is_cut_off_says_so_with_an_error_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = path()
    assert set(whole.status) == {Status.CONVERGED}
    monkeypatch.setattr(lanczos, "BASIS_BYTES", 8 * COEFFICIENTS * 12)
    cut = path()
    assert set(cut.status) == {Status.BUDGET}
    lost = np.linalg.norm(cut.coordinates - whole.coordinates, axis=0)  # T is near the identity
    assert lost[-1] > 1e-3
    assert (lost <= 2 * cut.algebra + whole.algebra).all()


def test_a_basis_with_room_to_spare_is_the_same_digit_for_digit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = path()
    monkeypatch.setattr(lanczos, "BASIS_BYTES", 8 * COEFFICIENTS * 100)
    assert np.array_equal(path().coordinates, whole.coordinates)


def test_no_basis_exceeds_its_bytes() -> None:
    assert 600 < lanczos.longest(811_801) <= 2**32 / (8 * 811_801)
    assert lanczos.longest(2**17 + 2) >= 4000  # the circle's highest band keeps its budget
    assert lanczos.longest(2**40) == 1


def test_a_basis_that_the_machine_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(shape: tuple[int, int]) -> Array:
        raise MemoryError(shape)

    b = np.ones(5)
    monkeypatch.setattr(np, "empty", refuse)
    with pytest.raises(UnsupportedError, match=r"5 vectors of 5 numbers takes 200 bytes.*shorter"):
        lanczos.lanczos(lambda v: v, b, shift=1.0, tolerance=0.0, budget=9, reorthogonalise=False)


@pytest.mark.parametrize(
    ("make", "module", "work"),
    [(on_sphere, sphere, "normal_equations"), (on_torus, torus, "half_box")],
)
def test_what_cannot_fit_is_refused_before_any_work(
    make: Callable[[], GramOperator], module: ModuleType, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = make()
    monkeypatch.setattr(room, "machine", lambda: operator.coefficient_bytes(LATE) - 1)
    assert operator.reduce(NOISE, TIMES / 4, 1e-4).status is Status.CONVERGED
    monkeypatch.setattr(module, work, None)  # would fail with another error
    with pytest.raises(
        UnsupportedError,
        match=r"n = 2048 points up to time t = 4000 needs about .*B.*shorter times",
    ):
        operator.reduce(NOISE, TIMES, 1e-4)


def test_needs_grow_with_time_and_end_with_the_largest_basis() -> None:
    operator = on_sphere()
    needs = [operator.coefficient_bytes(t) for t in (10.0, 1e3, 1e5, 1e12)]
    assert needs == sorted(needs)
    assert needs[0] == 0
    assert lanczos.BASIS_BYTES < needs[-1] < 1.3 * lanczos.BASIS_BYTES
