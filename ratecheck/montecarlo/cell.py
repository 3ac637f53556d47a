"""One cell of a study: a pure function of the study, the cell's address and the seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from ratecheck.functions import Function
from ratecheck.montecarlo.plan import Cell
from ratecheck.montecarlo.study import Problem, RateStudy
from ratecheck.operators.population import Population, population
from ratecheck.path import Path
from ratecheck.risk import Adversarial, Clean, Risk, RiskValue, adversarial_risks, clean_risks
from ratecheck.risk.adversarial import RELATIVE_ERROR
from ratecheck.stopping import Oracle, TheoryTime
from ratecheck.stopping.base import Choice, Context, OracleContext
from ratecheck.stopping.grid import merged, time_grid
from ratecheck.stopping.noise_level import estimate_noise
from ratecheck.stopping.setting import Setting
from ratecheck.streams import Role, generator
from ratecheck.targets import FitSetting, WorstCase
from ratecheck.types import Array, InputError, Row, Status, UnsupportedError

Streams = Callable[[Role], np.random.Generator]


def compute(study: RateStudy, cell: Cell, seed: int) -> list[Row]:
    """Return the rows of a cell: one for each stopping rule and risk.

    Design, noise, target and split have streams of their own, addressed by (study, size,
    replicate); all rules and radii share them (common random numbers).
    """

    def streams(role: Role) -> np.random.Generator:
        return generator(seed, study.name, cell.size, cell.replicate, role=role)

    setting, times = settings(study, cell.size)
    problem = study.problem
    f = _target(study, setting, streams("target"))
    X = _design(problem, cell.size, streams("design"))
    y = f(X) + problem.noise.draw(cell.size, streams("noise"))
    path = _fit(study, X, y, times)
    clean = clean_risks(path, f, problem.domain)
    context = Context(
        setting=setting, X=X, y=y, domain=problem.domain,
        noise_level=estimate_noise(X, y, problem.domain, path),
        holdout=lambda: _holdout(study, X, y, times, streams("split")),
    )  # fmt: skip
    oracle = OracleContext(context=context, risks=clean)
    choices = {
        rule.name: rule.choose(path, oracle if isinstance(rule, Oracle) else context)
        for rule in study.stopping
    }
    measured = {i: _risks(study, path, f, clean, i) for i in {c.index for c in choices.values()}}
    return [
        _row(study, cell, name, choice, risk, value, path, context.noise_level)
        for name, choice in choices.items()
        for risk, value in zip(study.risks, measured[choice.index], strict=True)
    ]


@lru_cache(maxsize=256)
def settings(study: RateStudy, n: int) -> tuple[Setting, Array]:
    """Return what is declared before the data, and the grid of times with the planned ones."""
    problem = study.problem
    known = population(problem.kernel, problem.domain)
    setting = Setting(
        size=n,
        filter=study.estimator.filter,
        effective_dimension=partial(known.effective_dimension, study.estimator.filter),
        largest_eigenvalue=known.largest,
        order=known.order,
        scale=known.scale,
        dimension=problem.domain.dimension,
        sigma=problem.noise.sigma,
        smoothness=problem.target.smoothness,
        radius=problem.target.radius,
    )
    planned = [t for rule in study.stopping for t in rule.planned(setting)]
    return setting, merged(time_grid(setting, study.grid_ratio), planned)


def _known(problem: Problem) -> Population | None:
    try:
        return population(problem.kernel, problem.domain)
    except UnsupportedError:
        return None


def _target(study: RateStudy, setting: Setting, rng: np.random.Generator) -> Function:
    problem = study.problem
    if not isinstance(problem.target, WorstCase):
        return problem.target.realise(problem.domain, rng)
    coefficients = population(problem.kernel, problem.domain).coefficients
    if coefficients is None:
        raise InputError(
            f"WorstCase needs a kernel that is diagonal in the Fourier basis of {problem.domain!r}"
        )
    fit = FitSetting(
        time=TheoryTime().planned(setting)[0],
        residual=setting.filter.residual,
        eigenvalues=lambda band: coefficients[: band + 1],
    )
    return problem.target.realise(problem.domain, rng, fit)


def _design(problem: Problem, n: int, rng: np.random.Generator) -> Array:
    if problem.design == "equispaced":
        return problem.domain.grid(n)
    return problem.domain.design(n, rng)


def _fit(study: RateStudy, X: Array, y: Array, times: Array) -> Path:
    known = _known(study.problem)
    spectrum = known.spectrum if known is not None else None
    state = study.estimator.prepare(study.problem.kernel, X, spectrum)
    return study.estimator.path(state, y, times)


def _holdout(study: RateStudy, X: Array, y: Array, times: Array, rng: np.random.Generator) -> Array:
    """Return the errors on one random half of fits to the other half, shape (T,)."""
    chosen = np.zeros(y.size, dtype=bool)
    chosen[rng.permutation(y.size)[: y.size // 2]] = True
    path = _fit(study, X[chosen], y[chosen], times)
    return path.operator.prediction_errors(path.coordinates, X[~chosen], y[~chosen])


def _risks(study: RateStudy, path: Path, f: Function, clean: Array, index: int) -> list[RiskValue]:
    """Return every risk of the fit at an index; windows of all radii share one sampling."""
    f_hat, domain, n = path.function(index), study.problem.domain, path.size
    values: dict[Risk, RiskValue] = {}
    for reference in ("x", "x'"):
        group = [r for r in study.risks if isinstance(r, Adversarial) and r.reference == reference]
        for attack in group:
            attack.admit(domain)
        radii = tuple(risk.radius_at(n) for risk in group)
        if group:
            found = adversarial_risks(f_hat, f, domain, radii, reference)
            values |= dict(zip(group, found, strict=True))
    for risk in study.risks:
        if isinstance(risk, Clean):
            values[risk] = RiskValue(value=float(clean[index]), error=0.0)
        elif risk not in values:
            values[risk] = risk.evaluate(f_hat, f, domain, n)
    return [values[risk] for risk in study.risks]


def _row(
    study: RateStudy, cell: Cell, name: str, choice: Choice, risk: Risk, value: RiskValue,
    path: Path, noise_level: float,
) -> Row:  # fmt: skip
    status = choice.status if choice.status is not Status.CONVERGED else path.status[choice.index]
    if status is Status.CONVERGED and value.error > 2 * RELATIVE_ERROR * value.value:
        status = Status.GRID
    return {
        "study": study.name,
        "size": cell.size,
        "replicate": cell.replicate,
        "stopping": name,
        "risk": risk.name,
        "radius": _digits(risk.radius_at(cell.size)),
        "value": _digits(value.value),
        "error": _digits(value.error, 2),
        "time": _digits(choice.time),
        "index": choice.index,
        "status": status.name,
        "noise_level": _digits(noise_level, 5),
    }


def _digits(value: float, count: int = 7) -> float:
    """Return the value to some significant digits: records stay small, far below any error."""
    return float(f"{value:.{count}g}")
