"""Numbers with guarantees about the Sobolev ball on the torus: floors, exact risks, ceilings.

Conventions of theory note B: torus [0, 1], class sum (2 pi k)^{2s} |theta_k|^2 <= R^2 in the real
orthonormal Fourier basis, noise variance sigma^2 / n per coefficient.
"""

from ratecheck.bounds.adversarial import adversarial_lower_bound, adversarial_upper_bound
from ratecheck.bounds.linear import exact_linear_minimax, pinsker_constant, pinsker_risk
from ratecheck.bounds.minimax import (
    bracket_bound,
    gaussian_prior_bound,
    minimax_lower_bound,
    product_prior_bound,
)
from ratecheck.bounds.operator import WorstTarget, linear_estimator, worst_target
from ratecheck.bounds.points import DesignRisk, worst_case_on_points
from ratecheck.bounds.torus import torus_best_time, torus_worst_case
from ratecheck.bounds.worst_case import WorstCaseRisk, best_time, worst_case_risk

__all__ = [
    "DesignRisk",
    "WorstCaseRisk",
    "WorstTarget",
    "adversarial_lower_bound",
    "adversarial_upper_bound",
    "best_time",
    "bracket_bound",
    "exact_linear_minimax",
    "gaussian_prior_bound",
    "linear_estimator",
    "minimax_lower_bound",
    "pinsker_constant",
    "pinsker_risk",
    "product_prior_bound",
    "torus_best_time",
    "torus_worst_case",
    "worst_case_on_points",
    "worst_case_risk",
    "worst_target",
]
