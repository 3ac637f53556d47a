"""Where the covariates live: the uniform law, its regular grid, and the adversary's unit of length.

Every one-dimensional domain carries a `Chart`, the map to the periodic coordinate in [0, 1) in
which its functions are Fourier series.
"""

from ratecheck.domains.ball import Ball
from ratecheck.domains.base import Domain
from ratecheck.domains.circle import Circle
from ratecheck.domains.cube import Cube
from ratecheck.domains.interval import Interval
from ratecheck.domains.sphere import Sphere
from ratecheck.domains.torus import Torus

__all__ = ["Ball", "Circle", "Cube", "Domain", "Interval", "Sphere", "Torus"]
