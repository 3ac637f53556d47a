"""Regression functions: random and worst members of smoothness classes, and the user's own."""

from ratecheck.targets.base import FitSetting, Target
from ratecheck.targets.lacunary import Lacunary
from ratecheck.targets.sobolev import Sobolev
from ratecheck.targets.user import Callable
from ratecheck.targets.worst_case import WorstCase

__all__ = ["Callable", "FitSetting", "Lacunary", "Sobolev", "Target", "WorstCase"]
