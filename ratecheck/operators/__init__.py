"""Operators: how K/n is applied, hidden behind one contract."""

from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.fourier import FourierGram
from ratecheck.operators.markov import MarkovGram
from ratecheck.operators.nystrom import NystromGram
from ratecheck.operators.points import BlockedGram, DenseGram
from ratecheck.operators.sphere import SphereGram
from ratecheck.operators.torus import TorusGram

__all__ = [
    "BlockedGram",
    "DenseGram",
    "FourierGram",
    "GramOperator",
    "MarkovGram",
    "NystromGram",
    "Reduction",
    "Spectrum",
    "SphereGram",
    "TorusGram",
]
