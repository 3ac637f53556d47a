"""When to stop: rules that choose one time of a path of fits."""

from ratecheck.stopping.base import Choice, Context, OracleContext, Path, StoppingRule
from ratecheck.stopping.discrepancy import Discrepancy
from ratecheck.stopping.fixed_time import FixedTime
from ratecheck.stopping.gcv import GCV
from ratecheck.stopping.grid import merged, time_grid
from ratecheck.stopping.hold_out import HoldOut
from ratecheck.stopping.lepski import Lepski
from ratecheck.stopping.noise_level import estimate_noise, from_residuals, rice
from ratecheck.stopping.oracle import Oracle
from ratecheck.stopping.power_time import PowerTime
from ratecheck.stopping.setting import Setting
from ratecheck.stopping.theory_time import TheoryTime

__all__ = [
    "GCV",
    "Choice",
    "Context",
    "Discrepancy",
    "FixedTime",
    "HoldOut",
    "Lepski",
    "Oracle",
    "OracleContext",
    "Path",
    "PowerTime",
    "Setting",
    "StoppingRule",
    "TheoryTime",
    "estimate_noise",
    "from_residuals",
    "merged",
    "rice",
    "time_grid",
]
