"""The two data sets that scikit-learn brings along: Diabetes and digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from ratecheck.datasets.base import UNBOXED, Dataset, digest
from ratecheck.types import MissingExtraError

_GREY = 16.0  # largest grey level of scikit-learn's digits


def diabetes() -> Dataset:
    """Return 442 patients, 10 features in their own units, disease progression after a year.

    The features are not standardised: that belongs to the training part alone, see `standardise`.
    """
    found = _sklearn("load_diabetes", scaled=False)
    X, y = np.asarray(found.data, dtype=np.float64), np.asarray(found.target, dtype=np.float64)
    return Dataset(
        X=X, y=y, name="diabetes", classes=None, shape=None, box=UNBOXED,
        sha256=digest(X, y), source="scikit-learn (Efron, Hastie, Johnstone, Tibshirani 2004)",
    )  # fmt: skip


def digits() -> Dataset:
    """Return 1797 handwritten digits of 8 x 8 pixels in [0, 1] with labels 0 ... 9."""
    found = _sklearn("load_digits")
    X = np.asarray(found.data, dtype=np.float64) / _GREY
    y = np.asarray(found.target, dtype=np.int64)
    return Dataset(
        X=X, y=y, name="digits", classes=tuple("0123456789"), shape=(8, 8), box=(0.0, 1.0),
        sha256=digest(X, y), source="scikit-learn (UCI optical recognition, test part)",
    )  # fmt: skip


def _sklearn(loader: str, **options: bool) -> Any:  # noqa: ANN401 - scikit-learn is untyped
    try:
        from sklearn import datasets
    except ImportError as error:
        raise MissingExtraError(
            "the data sets diabetes and digits come with scikit-learn: pip install scikit-learn"
        ) from error
    return getattr(datasets, loader)(**options)
