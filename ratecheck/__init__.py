"""Checks rates of convergence by computer: a claim of a theorem meets measured slopes.

Sub-modules and the names below are loaded when they are first used, so that
``import ratecheck`` costs nothing.

Notation
--------
n sample size, d dimension, s smoothness and R radius of the target's Sobolev ball, sigma
standard deviation of the noise, m order of the kernel's native space (H^m), t stopping time,
r radius of the attack, K kernel (matrix), mu eigenvalues of K/n, N_1(t) and N_2(t) trace of S_t
and of its square, where S_t = I - exp(-t K/n) maps responses to fitted values.

Examples
--------
>>> import ratecheck as rc
>>> rc.theory.minimax_exponent(s=1, d=1)
Fraction(-2, 3)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ratecheck._version import __version__ as __version__
    from ratecheck.estimators import CutOff as CutOff
    from ratecheck.estimators import GradientFlow as GradientFlow
    from ratecheck.estimators import IteratedRidge as IteratedRidge
    from ratecheck.estimators import Ridge as Ridge
    from ratecheck.interpolation import Interpolant as Interpolant
    from ratecheck.montecarlo.exact import ExactStudy as ExactStudy
    from ratecheck.montecarlo.measured import MeasuredStudy as MeasuredStudy
    from ratecheck.montecarlo.measured import Measurement as Measurement
    from ratecheck.montecarlo.measured import Reading as Reading
    from ratecheck.montecarlo.study import Expectation as Expectation
    from ratecheck.montecarlo.study import Problem as Problem
    from ratecheck.montecarlo.study import Profile as Profile
    from ratecheck.montecarlo.study import RateStudy as RateStudy
    from ratecheck.montecarlo.study import Suite as Suite
    from ratecheck.reporting import Report as Report
    from ratecheck.reporting import run as run
    from ratecheck.smoothing import Smoothed as Smoothed

_NAMES: Final = {
    "__version__": "ratecheck._version",
    "CutOff": "ratecheck.estimators",
    "ExactStudy": "ratecheck.montecarlo.exact",
    "Expectation": "ratecheck.montecarlo.study",
    "GradientFlow": "ratecheck.estimators",
    "Interpolant": "ratecheck.interpolation",
    "IteratedRidge": "ratecheck.estimators",
    "MeasuredStudy": "ratecheck.montecarlo.measured",
    "Measurement": "ratecheck.montecarlo.measured",
    "Problem": "ratecheck.montecarlo.study",
    "Profile": "ratecheck.montecarlo.study",
    "RateStudy": "ratecheck.montecarlo.study",
    "Reading": "ratecheck.montecarlo.measured",
    "Report": "ratecheck.reporting",
    "Ridge": "ratecheck.estimators",
    "Smoothed": "ratecheck.smoothing",
    "Suite": "ratecheck.montecarlo.study",
    "run": "ratecheck.reporting",
}
_MODULES: Final = frozenset(
    {
        "adversarial_flow",
        "assertions",
        "bounds",
        "charts",
        "datasets",
        "domains",
        "estimators",
        "filters",
        "functions",
        "interpolation",
        "kernels",
        "montecarlo",
        "networks",
        "noise",
        "operators",
        "plotting",
        "random_features",
        "regressors",
        "reporting",
        "risk",
        "schedules",
        "slopes",
        "smoothing",
        "spectra",
        "stopping",
        "targets",
        "theory",
        "types",
        "verify",
    }
)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - modules, classes and functions alike
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name in _MODULES:
        return import_module(f"ratecheck.{name}")
    raise AttributeError(f"module 'ratecheck' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_MODULES | _NAMES.keys())
