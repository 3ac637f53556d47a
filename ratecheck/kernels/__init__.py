"""Covariance functions: positive semi-definite kernels on points of shape (n, d)."""

from __future__ import annotations

from ratecheck.kernels.arccosine import ArcCosine
from ratecheck.kernels.base import Kernel, Product, Scaled, Sum
from ratecheck.kernels.catalogue import Entry, registry
from ratecheck.kernels.dual import DualActivation
from ratecheck.kernels.field import Field, MpmathField
from ratecheck.kernels.firstorder import Brownian, BrownianPlusOne, NeumannSobolev
from ratecheck.kernels.ntk import NNGP, NTK, LiftedNTK
from ratecheck.kernels.periodic import PeriodicSobolev
from ratecheck.kernels.spiky import spiky_smooth
from ratecheck.kernels.stationary import Gaussian, Laplace, Matern
from ratecheck.kernels.torus import TorusSobolev

__all__ = [
    "NNGP",
    "NTK",
    "ArcCosine",
    "Brownian",
    "BrownianPlusOne",
    "DualActivation",
    "Entry",
    "Field",
    "Gaussian",
    "Kernel",
    "Laplace",
    "LiftedNTK",
    "Matern",
    "MpmathField",
    "NeumannSobolev",
    "PeriodicSobolev",
    "Product",
    "Scaled",
    "Sum",
    "TorusSobolev",
    "registry",
    "spiky_smooth",
]
