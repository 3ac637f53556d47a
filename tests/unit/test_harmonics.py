from __future__ import annotations

import numpy as np
import pytest

from ratecheck.domains import Sphere
from ratecheck.harmonics import HarmonicSeries
from ratecheck.numerics.hyperspherical import offset
from ratecheck.streams import generator
from ratecheck.types import InputError


@pytest.mark.parametrize("d", [2, 3, 4])
def test_mean_square_is_that_of_the_values(d: int) -> None:
    c = generator(0, "series", d, role="target").standard_normal(offset(d, 4))
    f = HarmonicSeries(d=d, coefficients=c)
    X = Sphere(d).design(40_000, generator(0, "series", d, role="design"))
    square = f(X) ** 2
    spread = float(square.std()) / 200
    assert float(square.mean()) == pytest.approx(f.mean_square(), abs=4 * spread)
    assert f.mean_square() > 20 * spread


def test_differences_of_series_with_other_bands() -> None:
    f = HarmonicSeries(d=2, coefficients=np.arange(9.0))
    g = HarmonicSeries(d=2, coefficients=np.ones(4))
    X = Sphere(2).design(20, generator(0, "minus", role="design"))
    assert f.minus(g)(X) == pytest.approx(f(X) - g(X), abs=1e-9)
    assert g.minus(f)(X) == pytest.approx(g(X) - f(X), abs=1e-9)
    assert (f.band, g.band) == (2, 1)


def test_refusals() -> None:
    with pytest.raises(InputError, match="whole degrees"):
        HarmonicSeries(d=2, coefficients=np.ones(5))
    f = HarmonicSeries(d=2, coefficients=np.ones(4))
    with pytest.raises(InputError, match="unit vectors"):
        f(np.zeros((1, 3)))
    with pytest.raises(InputError, match="3"):
        f(np.ones((2, 2)))
