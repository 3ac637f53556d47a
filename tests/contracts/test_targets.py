"""Laws that every target obeys, and the ones of each class."""

from __future__ import annotations

import functools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck import domains, targets
from ratecheck.domains import Circle, Cube, Domain, Interval, Sphere, Torus
from ratecheck.filters import CutOffFilter, Filter, GradientFlowFilter, RidgeFilter
from ratecheck.functions import FourierSeries, Plain
from ratecheck.streams import generator
from ratecheck.targets import FitSetting, Lacunary, Sobolev, Target, WorstCase
from ratecheck.types import Array, InputError, UnsupportedError

LINES: tuple[Domain, ...] = (Torus(d=1), Interval(low=-1, high=3), Circle())
SERIES: tuple[Target, ...] = (
    Sobolev(1.5, band=60),
    Sobolev(0.75, radius=4.0, slack=0.3, band=1),
    Lacunary(0.75, band=100),
    Lacunary(2.0, radius=0.1, base=3, band=100),
    WorstCase(1.0, radius=2.0, band=50),
)
on_lines = pytest.mark.parametrize("domain", LINES, ids=repr)
on_series = pytest.mark.parametrize("target", SERIES, ids=repr)


def stream(seed: int) -> np.random.Generator:
    return generator(seed, "targets", role="target")


def first_order(band: int) -> Array:
    """Eigenvalues ``(1 + k)^-2``."""
    return np.asarray((1.0 + np.arange(band + 1)) ** -2)


def fit(filter: Filter | None = None, time: float = 100.0) -> FitSetting:
    residual = (GradientFlowFilter() if filter is None else filter).residual
    return FitSetting(time=time, residual=residual, eigenvalues=first_order)


def realised(target: Target, domain: Domain, seed: int = 0) -> FourierSeries:
    f = target.realise(domain, stream(seed), fit())
    assert isinstance(f, FourierSeries)
    return f


def frequency(domain: Domain, k: Array) -> Array:
    """The conventions, written out domain by domain."""
    if isinstance(domain, Torus):
        return 2 * math.pi * k
    if isinstance(domain, Circle):
        return k
    return math.pi * k / domain.length


def squared_norm(f: FourierSeries, domain: Domain, s: float) -> float:
    c = f.coefficients[1:]
    w = frequency(domain, np.arange(1.0, c.size + 1))
    return float(2 * np.sum(w ** (2 * s) * np.abs(c) ** 2))


@on_lines
@on_series
@given(seed=st.integers(0, 2**32))
def test_equal_streams_give_equal_functions_of_mean_zero(
    target: Target, domain: Domain, seed: int
) -> None:
    f = realised(target, domain, seed)
    again = realised(target, domain, seed)
    assert np.array_equal(f.coefficients, again.coefficients)
    assert f.coefficients[0] == 0
    assert f.chart == domain.chart


@on_lines
@on_series
def test_other_streams_give_other_functions(target: Target, domain: Domain) -> None:
    drawn = {realised(target, domain, seed).coefficients.tobytes() for seed in range(20)}
    assert len(drawn) > 1


@on_lines
@on_series
@given(seed=st.integers(0, 2**32))
def test_values_at_scattered_points_are_the_naive_sum(
    target: Target, domain: Domain, seed: int
) -> None:
    f = realised(target, domain, seed)
    X = domain.design(40, stream(seed))
    waves = np.exp(
        2j * np.pi * np.multiply.outer(domain.chart.coordinate(X), np.arange(f.band + 1))
    )
    naive = 2 * (waves @ f.coefficients).real
    assert np.allclose(f(X), naive, rtol=0, atol=1e-11 * np.abs(f.coefficients).sum())


def test_intervals_get_cosine_series() -> None:
    for target in SERIES:
        c = realised(target, Interval(low=-1, high=3)).coefficients
        assert np.array_equal(c.imag, np.zeros(c.size))


@on_lines
@given(
    s=st.floats(0.51, 5),
    radius=st.floats(1e-3, 1e3),
    band=st.integers(1, 300),
    seed=st.integers(0, 99),
)
def test_the_norm_is_the_radius(
    domain: Domain, s: float, radius: float, band: int, seed: int
) -> None:
    for target in (Sobolev(s, radius, band=band), WorstCase(s, radius, band=band)):
        f = realised(target, domain, seed)
        assert squared_norm(f, domain, s) == pytest.approx(radius**2, rel=1e-10)
    # an octave of the lacunary series has the seminorm; the whole, sqrt(octaves) times it
    lacunary = Lacunary(s, radius, band=band)
    norm = squared_norm(realised(lacunary, domain, seed), domain, s)
    assert norm == pytest.approx(radius**2 * lacunary.octaves, rel=1e-10)


@on_lines
def test_the_norm_is_in_the_unit_of_length_of_the_domain(domain: Domain) -> None:
    """At s = 1 the norm is the mean square slope, measured here by differences of values."""
    f = realised(Sobolev(1.0, radius=3.0, band=6), domain)
    n = 20_000
    values = f(domain.grid(n))
    steps = np.diff(values, append=values[:1]) if domain.periodic else np.diff(values)
    assert np.mean((steps * n / domain.length) ** 2) == pytest.approx(9.0, rel=1e-3)
    assert np.mean(values) == pytest.approx(0, abs=1e-9)


def decay(f: FourierSeries) -> float:
    k = np.arange(1, f.coefficients.size)
    return float(np.polyfit(np.log(k), np.log(np.abs(f.coefficients[1:])), 1)[0])


@on_lines
@given(s=st.floats(0.51, 4), slack=st.floats(0.001, 1))
def test_sobolev_coefficients_decay_as_stated(domain: Domain, s: float, slack: float) -> None:
    slope = decay(realised(Sobolev(s, slack=slack, band=200), domain))
    assert slope == pytest.approx(-(s + 0.5 + slack), abs=1e-9)
    assert slope != pytest.approx(-(s + 0.6 + slack), abs=1e-9)


@given(band=st.integers(1, 5000), base=st.integers(2, 10))
def test_lacunary_frequencies_are_the_powers_up_to_the_band(band: int, base: int) -> None:
    target = Lacunary(1.0, base=base, band=band)
    present = np.flatnonzero(realised(target, Torus(d=1)).coefficients)
    assert present.size == target.octaves
    assert np.array_equal(present, base ** np.arange(present.size))
    assert present[-1] <= band < base * present[-1]


def modulus_slope(f: FourierSeries) -> float:
    """Log-log slope of ``E |f(x + h) - f(x)|^2`` for h = 2^-6 ... 2^-12, from values on a grid."""
    size = 2**17
    values = f.on_grid(size)
    shifts = [size >> j for j in range(6, 13)]
    squares = [np.mean((np.roll(values, shift) - values) ** 2) for shift in shifts]
    return float(np.polyfit(np.log(shifts), np.log(squares), 1)[0])


@pytest.mark.parametrize("s", [0.6, 0.7, 0.8])
@pytest.mark.parametrize("base", [2, 4])
def test_lacunary_modulus_of_continuity(s: float, base: int) -> None:
    slope = modulus_slope(realised(Lacunary(s, base=base, band=2**15), Torus(d=1)))
    assert slope == pytest.approx(2 * s, abs=0.06)
    wrong = modulus_slope(realised(Lacunary(s + 0.1, base=base, band=2**15), Torus(d=1)))
    assert wrong != pytest.approx(2 * s, abs=0.06)


@pytest.mark.parametrize("s", [1.5, 2.0])
def test_smooth_lacunary_functions_have_slope_two(s: float) -> None:
    assert modulus_slope(realised(Lacunary(s), Torus(d=1))) == pytest.approx(2, abs=0.01)


def bias(f: FourierSeries, setting: FitSetting) -> float:
    mu = setting.eigenvalues(f.band)
    left = setting.residual(mu, np.array([setting.time]))[0]
    return float(2 * np.sum(np.abs(left * f.coefficients) ** 2))


@on_lines
@pytest.mark.parametrize("filter", [GradientFlowFilter(), RidgeFilter(), CutOffFilter()], ids=repr)
@given(s=st.floats(0.51, 3), time=st.floats(1, 1e5), seed=st.integers(0, 2**32))
def test_the_worst_case_dominates_its_ball(
    domain: Domain, filter: Filter, s: float, time: float, seed: int
) -> None:
    setting = fit(filter, time)
    worst = bias(WorstCase(s, band=400).realise(domain, stream(seed), setting), setting)
    w = frequency(domain, np.arange(1.0, 401))
    rng = np.random.default_rng(seed)
    for power in (0.0, 1.0, s + 0.5):
        sizes = rng.random(400) * np.arange(1.0, 401) ** -power
        sizes /= math.sqrt(2 * np.sum(w ** (2 * s) * sizes**2))
        member = FourierSeries(coefficients=np.append(0, sizes) + 0j, chart=domain.chart)
        assert bias(member, setting) <= worst * (1 + 1e-12)


def test_the_worst_case_depends_on_the_time() -> None:
    late = WorstCase(1.0, band=4000).realise(Torus(d=1), stream(0), fit(time=1e5))
    early = WorstCase(1.0, band=4000).realise(Torus(d=1), stream(0), fit(time=1e2))
    assert late.band > 10 * early.band
    assert bias(early, fit(time=1e5)) < 0.1 * bias(late, fit(time=1e5))


def test_the_worst_case_needs_a_fit() -> None:
    with pytest.raises(InputError, match="pass setting=FitSetting"):
        WorstCase(1.0).realise(Torus(d=1), stream(0))
    with pytest.raises(InputError, match="time must be positive"):
        fit(time=0.0)


def tent(X: Array) -> Array:
    return np.abs(X[:, 0] - 0.5)


HERE = f"{tent.__module__}.tent"


def test_a_function_of_a_module_is_a_target() -> None:
    target = targets.Callable(function=tent, smoothness=1.25, radius=2)
    f = target.realise(Torus(d=1), stream(0))
    assert isinstance(f, Plain)
    assert np.array_equal(f(np.array([[0.0], [0.75]])), [0.5, 0.25])
    assert repr(target) == f"Callable(function={HERE!r}, smoothness=1.25, radius=2.0)"
    named = targets.Callable(function=HERE, smoothness=1.25, radius=2.0)
    assert (named, hash(named)) == (target, hash(target))
    assert pickle.loads(pickle.dumps(target)) == target


def local_function() -> object:
    def inner(X: Array) -> Array:
        return X[:, 0]

    return inner


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda X: X[:, 0], "top level of a module"),
        (local_function(), "top level of a module"),
        (functools.partial(tent), "top level of a module"),
        (Sobolev(1.0).realise, "top level of a module"),
        ("no_such_module.f", "names nothing that can be imported"),
        ("math.no_such_function", "names nothing that can be imported"),
        ("math.pi", "must be callable"),
        (3.0, "must be callable"),
    ],
)
def test_a_function_without_a_name_of_its_own_is_refused(function: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        targets.Callable(function=function)  # type: ignore[arg-type]  # what users pass


def test_wrong_shapes_from_a_user_are_named() -> None:
    f = targets.Callable(function="numpy.sin").realise(Torus(d=1), stream(0))
    with pytest.raises(InputError, match=r"must return shape \(3,\)"):
        f(np.zeros((3, 1)))


@on_series
def test_the_repr_is_the_identity(target: Target) -> None:
    assert eval(repr(target)) == target
    assert repr(eval(repr(target))) == repr(target)
    assert repr(Sobolev(np.float64(2))) == repr(Sobolev(smoothness=2.0))


@on_series
@pytest.mark.parametrize("domain", [Torus(d=4), Sphere(d=7), Cube(d=3)], ids=repr)
def test_several_dimensions_are_refused_with_a_remedy(target: Target, domain: Domain) -> None:
    assert target.smoothness is not None
    expected = UnsupportedError if target.smoothness > domain.dimension / 2 else InputError
    with pytest.raises(expected, match=r"targets\.Callable|exceed d/2"):
        target.realise(domain, stream(0), fit())


@pytest.mark.parametrize("make", [Sobolev, Lacunary, WorstCase])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"smoothness": 0.5}, "smoothness must exceed d/2"),
        ({"smoothness": -1.0}, "smoothness must exceed d/2"),
        ({"smoothness": math.nan}, "smoothness must be finite"),
        ({"smoothness": "1"}, "smoothness must be a number"),
        ({"radius": 0.0}, "radius must be positive"),
        ({"radius": math.inf}, "radius must be finite"),
        ({"band": 0}, "band must be at least 1"),
        ({"band": 2.0}, "band must be an integer"),
    ],
)
def test_bad_parameters_are_named(
    make: type[Sobolev | Lacunary | WorstCase], changes: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make(**{"smoothness": 1.0, **changes})  # type: ignore[arg-type]  # by name


def test_more_bad_parameters_are_named() -> None:
    with pytest.raises(InputError, match="slack must be positive"):
        Sobolev(1.0, slack=0.0)
    with pytest.raises(InputError, match="base must be at least 2"):
        Lacunary(1.0, base=1)
    with pytest.raises(InputError, match="radius must be positive"):
        targets.Callable(function=tent, radius=-1.0)


def test_registry_is_complete() -> None:
    classes = {type(t) for t in SERIES} | {targets.Callable, targets.FitSetting, Target}
    assert {getattr(targets, name) for name in targets.__all__} == classes
    assert {type(d).__name__ for d in LINES} <= set(domains.__all__)
