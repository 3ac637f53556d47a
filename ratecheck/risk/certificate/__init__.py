"""Certificates: rigorous upper bounds of how far a fit rises or falls near each point.

All bounds hold for the function with the stored weights in exact arithmetic; `certificate` adds
what rounding can do to the values that they are compared with.
"""

from ratecheck.risk.certificate.bound import certificate
from ratecheck.risk.certificate.rise import Rise

__all__ = ["Rise", "certificate"]
