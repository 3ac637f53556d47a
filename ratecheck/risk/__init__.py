"""Risks: clean, and adversarial with an exact supremum in one dimension."""

from ratecheck.risk.adversarial import Adversarial, adversarial_risks
from ratecheck.risk.base import Risk, RiskValue
from ratecheck.risk.clean import Clean, clean_risks
from ratecheck.risk.pointwise import adversarial_risk

__all__ = [
    "Adversarial",
    "Clean",
    "Risk",
    "RiskValue",
    "adversarial_risk",
    "adversarial_risks",
    "clean_risks",
]
