"""Real data: Diabetes and digits from scikit-learn, MNIST and CIFAR-10 from a local folder.

Nothing is ever downloaded, and no file is ever executed: pickles are read as data.
"""

from ratecheck.datasets.base import Dataset
from ratecheck.datasets.loading import NAMES, checksums, load, require
from ratecheck.datasets.transform import (
    Scaling,
    one_hot,
    pair,
    rows,
    scaling,
    shuffled,
    split,
    standardise,
)

__all__ = [
    "NAMES",
    "Dataset",
    "Scaling",
    "checksums",
    "load",
    "one_hot",
    "pair",
    "require",
    "rows",
    "scaling",
    "shuffled",
    "split",
    "standardise",
]
