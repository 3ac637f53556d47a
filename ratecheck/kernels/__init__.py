"""Covariance functions: positive semi-definite kernels on points of shape (n, d)."""

from __future__ import annotations

from ratecheck.kernels.base import Kernel, Product, Scaled, Sum
from ratecheck.kernels.field import Field, MpmathField
from ratecheck.kernels.ntk import NNGP, NTK, LiftedNTK
from ratecheck.kernels.periodic import PeriodicSobolev

__all__ = [
    "NNGP",
    "NTK",
    "Field",
    "Kernel",
    "LiftedNTK",
    "MpmathField",
    "PeriodicSobolev",
    "Product",
    "Scaled",
    "Sum",
]
