"""The scripts behind effective_dimension.json and misc.json make what is stored."""

from __future__ import annotations

import json

import mpmath
import numpy as np
import pytest
from scipy.special import zeta

from ratecheck.numerics.quadrature import composite_legendre
from tests.reference import make_effective_dimension, make_misc

DIMENSIONS = json.loads(make_effective_dimension.TARGET.read_text(encoding="utf-8"))
MISC = json.loads(make_misc.TARGET.read_text(encoding="utf-8"))


def test_effective_dimensions_are_regenerated() -> None:
    assert make_effective_dimension.row(2) == DIMENSIONS["m=2"]
    assert sorted(DIMENSIONS) == [f"m={m}" for m in make_effective_dimension.ORDERS]


def test_a_wrong_constant_would_stop_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    right = make_effective_dimension.closed
    wrong = {key: 2 * value for key, value in right(mpmath.mpf(1) / 4).items()}
    monkeypatch.setattr(make_effective_dimension, "closed", lambda a: wrong)
    with pytest.raises(ArithmeticError, match="m=2"):
        make_effective_dimension.row(2)


def test_smoothed_values_are_regenerated_by_both_routes() -> None:
    stored = MISC["smoothing"]["x=0.2,s=0.3"]
    with mpmath.workdps(30):
        for name, (value, _) in make_misc.smoothed().items():
            assert abs(value - mpmath.mpf(stored[name])) < mpmath.mpf(10) ** -24
        bump = make_misc.smoothed()["E exp(-(x+sZ)^2/(2*0.25))"][1]
        again = make_misc.mean(bump)
        assert abs(again - mpmath.mpf(stored["E exp(-(x+sZ)^2/(2*0.25))"])) < 1e-20
        assert abs(make_misc.mean(lambda y: 1 - bump(y)) - again) > 0.1


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_noise_factors_of_interpolants(m: int) -> None:
    x, weights = composite_legendre(30, (0.0, 0.1, 0.25, 0.5))

    def total(power: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray(zeta(power, x) + zeta(power, 1 - x))

    found = 2 * weights @ (total(4 * m) / total(2 * m) ** 2)
    stored = float(MISC["interpolant_L2_noise_factor_c_m"][f"m={m}"])
    assert found == pytest.approx(stored, abs=1e-13)
    without_aliases = 2 * weights @ (total(2 * m) / total(2 * m) ** 2)  # mutated: S_{2m} twice
    assert without_aliases != pytest.approx(stored, abs=1e-3)
