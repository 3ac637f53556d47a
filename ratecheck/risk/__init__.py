"""Risks: clean, adversarial with an exact supremum in one dimension, and a bracket in any.

In one dimension `Adversarial` is exact up to a stated grid error. In any dimension
`adversarial_bracket` gives what an attack attains and what a certificate excludes.
"""

from ratecheck.risk.adversarial import Adversarial, adversarial_risks
from ratecheck.risk.attack import Budget
from ratecheck.risk.base import Risk, RiskValue
from ratecheck.risk.bracket import Bracket, adversarial_bracket
from ratecheck.risk.clean import Clean, clean_risks
from ratecheck.risk.expansion import Expansion, as_expansion
from ratecheck.risk.kinked import expansion_risks
from ratecheck.risk.pointwise import adversarial_risk

__all__ = [
    "Adversarial",
    "Bracket",
    "Budget",
    "Clean",
    "Expansion",
    "Risk",
    "RiskValue",
    "adversarial_bracket",
    "adversarial_risk",
    "adversarial_risks",
    "as_expansion",
    "clean_risks",
    "expansion_risks",
]
