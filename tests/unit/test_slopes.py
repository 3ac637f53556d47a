"""Slopes: recovered exactly on powers, equal to statsmodels, refused on bad input."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import WLS

from ratecheck.slopes import All, From, LastDecades, SlopeFit, fit, fit_ratio, regression
from ratecheck.types import Array, InputError

SIZES = 2.0 ** np.arange(8, 21)


def noisy(
    exponent: float = -0.75, count: int = 32, seed: int = 0, freedom: float = 6.0
) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [2 * n**exponent * rng.chisquare(freedom, count) / freedom for n in SIZES]


@given(st.floats(-3, 3), st.floats(-20, 20), st.integers(3, 12), st.sampled_from([1.1, 2.0, 10.0]))
def test_exact_power_is_recovered(slope: float, shift: float, count: int, ratio: float) -> None:
    sizes = 4 * ratio ** np.arange(count)
    found = fit(sizes, np.exp(shift) * sizes**slope)
    assert found.estimate == pytest.approx(slope, abs=1e-10)
    assert found.low - 1e-10 <= slope <= found.high + 1e-10
    assert found.intercept == pytest.approx(shift, abs=1e-9)
    assert all(local.value == pytest.approx(slope, abs=1e-9) for local in found.local)
    assert abs(found.curvature.value) < 1e-7


def test_wrong_power_is_not_recovered() -> None:
    found = fit(SIZES, SIZES**-0.75)
    assert not found.low <= -0.7499 <= found.high


@given(st.integers(0, 10**6), st.integers(3, 13), st.integers(1, 2))
def test_functional_is_statsmodels_leading_coefficient(seed: int, count: int, degree: int) -> None:
    rng = np.random.default_rng(seed)
    x, y, weight = np.sort(rng.uniform(0, 9, count)), rng.normal(size=count), rng.uniform(1, 9)
    weights = weight ** rng.uniform(0, 2, count)
    row = regression.functional(x, weights, np.ones(count, dtype=bool), degree)
    design = np.vander(x - x.mean(), degree + 1)
    expected = np.asarray(WLS(y, design, weights=weights).fit().params)[0]
    assert row @ y == pytest.approx(expected, rel=1e-6, abs=1e-9)
    unweighted = regression.functional(x, np.ones(count), np.ones(count, dtype=bool), degree)
    assert count == degree + 1 or abs(unweighted @ y - row @ y) > 1e-9  # the weights matter


def test_estimate_is_weighted_least_squares_with_given_errors() -> None:
    means, rng = np.array([r.mean() for r in noisy()]), np.random.default_rng(1)
    errors = means * rng.uniform(0.01, 0.2, SIZES.size)
    found = fit(SIZES, means, errors)
    design = np.column_stack([np.ones_like(SIZES), np.log(SIZES)])
    expected = WLS(np.log(means), design, weights=(means / errors) ** 2).fit(cov_type="fixed scale")
    assert found.estimate == pytest.approx(expected.params[1], rel=1e-9)
    assert found.standard_error == pytest.approx(expected.bse[1] * found.inflation, rel=1e-6)
    assert found.estimate != pytest.approx(fit(SIZES, means).estimate, abs=1e-6)


def test_same_data_and_seed_give_the_same_interval() -> None:
    first, again, other = (fit(SIZES, noisy(), seed=seed) for seed in (5, 5, 6))
    assert (first.low, first.high) == (again.low, again.high)
    assert (first.low, first.high) != (other.low, other.high)
    assert first.estimate == other.estimate


@given(st.floats(1e-8, 1e8), st.floats(0.1, 10))
def test_units_do_not_matter(risk_unit: float, size_unit: float) -> None:
    base = fit(SIZES, noisy(), resamples=200)
    scaled = fit(SIZES * size_unit, [risk_unit * r for r in noisy()], resamples=200)
    for name in ("estimate", "low", "high", "standard_error"):
        assert getattr(scaled, name) == pytest.approx(getattr(base, name), abs=1e-9)


def test_interval_shrinks_like_the_square_root_of_the_replicates() -> None:
    few, many = (fit(SIZES, noisy(count=c)) for c in (50, 5000))
    ratio = (few.high - few.low) / (many.high - many.low)
    assert 7 < ratio < 14


def test_unequal_counts_weigh_by_their_number() -> None:
    rows = noisy(count=400)
    short = [row[:20] if index < 6 else row for index, row in enumerate(rows)]
    found = fit(SIZES, short)
    assert found.errors[:6].min() > found.errors[6:].max()
    assert found.low < -0.75 < found.high


def test_few_replicates_use_students_t_and_many_the_bootstrap() -> None:
    assert fit(SIZES, noisy(count=4)).method == "Student's t"
    few, many = (fit(SIZES, noisy(count=count)) for count in (7, 8))
    assert few.method == "Student's t"
    assert many.method == "symmetric studentised bootstrap"


def test_interval_is_symmetric_and_never_below_students_t() -> None:
    """With 8 replicates a size, all sizes alike, a slope has at most 13 * 7 degrees of freedom."""
    wider = 0
    for seed in range(20):
        found = fit(SIZES, noisy(count=8, seed=seed), resamples=400)
        half = (found.high - found.low) / 2
        assert half == pytest.approx(found.high - found.estimate)
        assert half >= scipy.stats.t.ppf(0.975, 13 * 7) * found.standard_error
        wider += half > scipy.stats.t.ppf(0.975, 2 * 7) * found.standard_error
    assert wider  # the bootstrap decides somewhere


def test_misfit_beyond_the_noise_widens_the_interval() -> None:
    bumps = 1 + 0.1 * np.sin(np.arange(SIZES.size) * 2.4)
    rows = noisy(count=4000)
    plain, bumpy = fit(SIZES, rows), fit(SIZES, [b * r for b, r in zip(bumps, rows, strict=True)])
    assert plain.inflation == 1
    assert bumpy.inflation > 3
    assert bumpy.high - bumpy.low > 3 * (plain.high - plain.low)


def test_curvature_sees_a_correction_term_and_no_straight_line() -> None:
    assert not fit(SIZES, noisy(count=2000)).curvature.is_nonzero
    bent = [r * (1 + 5 * n**-0.3) for n, r in zip(SIZES, noisy(count=2000), strict=True)]
    found = fit(SIZES, bent)
    assert found.curvature.is_nonzero
    assert found.early.high < found.late.low


def test_nearly_perfect_replicates_give_a_narrow_finite_interval() -> None:
    rng = np.random.default_rng(0)
    rows = [n**-0.5 * (1 + 1e-13 * rng.normal(size=16)) for n in SIZES]
    found = fit(SIZES, rows)
    assert found.estimate == pytest.approx(-0.5, abs=1e-12)
    assert 0 < found.high - found.low < 1e-11


def test_identical_replicates_count_as_exact() -> None:
    found = fit(SIZES, [np.full(16, n**-0.5) for n in SIZES])
    assert found.estimate == pytest.approx(-0.5, abs=1e-12)
    assert np.isfinite([found.low, found.high]).all()


def test_one_size_without_spread_does_not_rule_the_fit() -> None:
    rows = noisy(count=64)
    rows[3] = np.full(64, 1.3 * rows[3].mean())
    assert abs(fit(SIZES, rows).estimate + 0.75) < 0.1


@pytest.mark.parametrize(
    ("rule", "first", "count"),
    [
        (All(), 256, 13),
        (From(4096), 4096, 9),
        (LastDecades(2), 16384, 7),
        (LastDecades(9), 256, 13),
    ],
)
def test_window_rule_keeps(rule: Any, first: float, count: int) -> None:
    found = fit(SIZES, noisy(), window=rule)
    assert (found.window.first, found.window.count) == (first, count)
    assert found.window.rule == rule.text
    assert len(found.local) == SIZES.size - 1


def test_window_leaves_out_what_it_says() -> None:
    rows = noisy(count=400)
    rows[0] = 50 * rows[0]
    spoiled, saved = fit(SIZES, rows), fit(SIZES, rows, window=From(512))
    assert saved.low < -0.75 < saved.high
    assert abs(spoiled.estimate + 0.75) > 10 * abs(saved.estimate + 0.75)
    assert spoiled.inflation > 3 > saved.inflation


def test_decade_boundary_is_inside() -> None:
    decades: Array = np.array([1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6])
    assert LastDecades(3).select(decades).sum() == 4
    assert LastDecades(2.99).select(decades).sum() == 3


def test_ratio_cancels_shared_noise() -> None:
    rng = np.random.default_rng(3)
    shared = noisy(count=64, freedom=2)
    above = [
        n**0.1 * r * (1 + 0.01 * rng.normal(size=64)) for n, r in zip(SIZES, shared, strict=True)
    ]
    paired = fit_ratio(SIZES, above, shared)
    shuffled = fit_ratio(SIZES, above, [rng.permutation(r) for r in shared])
    assert paired.low < 0.1 < paired.high
    assert paired.standard_error < 0.05 * shuffled.standard_error


def test_swapping_a_ratio_turns_its_sign() -> None:
    a, b = noisy(-0.6, seed=1), noisy(-0.8, seed=2)
    there, back = fit_ratio(SIZES, a, b), fit_ratio(SIZES, b, a)
    assert there.estimate == pytest.approx(-back.estimate, abs=1e-12)
    assert there.standard_error == pytest.approx(back.standard_error, rel=1e-9)


def test_bootstrap_is_fast() -> None:
    rows = noisy(count=1000)
    fit(SIZES, rows)
    spent = []
    for _ in range(3):
        start = time.process_time()
        fit(SIZES, rows, resamples=2000)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.6  # 0.15 s on a free core; the rest is room for a busy machine


def _bad(index: int, value: float) -> list[Array]:
    rows = noisy()
    rows[index][2] = value
    return rows


@pytest.mark.parametrize(
    ("sizes", "risks", "errors", "words"),
    [
        (SIZES, _bad(0, 0.0), None, "n = 256 must be positive"),
        (SIZES, _bad(1, -1.0), None, "n = 512 must be positive"),
        (SIZES, _bad(2, np.nan), None, "n = 1024 must be finite"),
        (SIZES, _bad(2, np.inf), None, "must be finite"),
        (SIZES[:2], noisy()[:2], None, "at least 3 sizes"),
        (SIZES[::-1], noisy(), None, "increasing"),
        (SIZES, noisy()[:-1], None, "one entry a size"),
        (SIZES, [r[:1] if i == 4 else r for i, r in enumerate(noisy())], None, "at least 2"),
        (SIZES, noisy(), np.ones(13), "leave them out"),
        (SIZES, SIZES**-1, -np.ones(13), "errors must be"),
        (SIZES, -SIZES, None, "must be positive"),
    ],
)
def test_bad_data_is_refused(sizes: Array, risks: Any, errors: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        fit(sizes, risks, errors)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"window": From(2**19)}, "keeps 2 of 13 sizes"),
        ({"level": 1.0}, "level"),
        ({"resamples": 3}, "resamples"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        fit(SIZES, noisy(), **settings)


def test_bad_pairs_are_refused() -> None:
    rows = noisy()
    with pytest.raises(InputError, match="equal counts"):
        fit_ratio(SIZES, rows, [r[:-1] for r in rows])


def test_text_of_a_fit_holds_interval_and_window() -> None:
    found: SlopeFit = fit(SIZES, noisy(), window=LastDecades(2))
    assert f"[{found.low:.3f}, {found.high:.3f}]" in str(found)
    assert "16384..1048576 (7 sizes, last 2 decades)" in str(found)
