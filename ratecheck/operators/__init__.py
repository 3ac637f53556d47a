"""Operators: how K/n is applied, hidden behind one contract."""

from ratecheck.operators.base import GramOperator, Reduction, Spectrum
from ratecheck.operators.fourier import FourierGram
from ratecheck.operators.markov import MarkovGram
from ratecheck.operators.points import BlockedGram, DenseGram
from ratecheck.operators.sphere import SphereGram

__all__ = [
    "BlockedGram",
    "DenseGram",
    "FourierGram",
    "GramOperator",
    "MarkovGram",
    "Reduction",
    "Spectrum",
    "SphereGram",
]
