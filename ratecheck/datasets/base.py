"""A data set: features, responses, and where they come from."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from ratecheck import check
from ratecheck.types import Array, InputError

Responses: TypeAlias = NDArray[Any]
"""float64 responses of a regression, int64 labels 0 ... k-1 of a classification."""

UNBOXED = (-math.inf, math.inf)


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Features and responses.

    Attributes
    ----------
    X : ndarray, shape (n, d)
        float64. Pixels are scaled to [0, 1] (grey level over its largest possible value).
    y : ndarray, shape (n,)
        float64 responses (regression, or labels -1, +1 after `pair`), int64 labels 0 ... k-1
        (classification).
    name : str
        Such as ``mnist train``.
    classes : tuple of str, optional
        What the labels stand for; None for a regression.
    shape : tuple of int, optional
        Of one image: (height, width), or (channels, height, width); None where rows are no images.
    box : (float, float)
        Range of every feature, for attacks that must stay valid images; infinite where there is
        none.
    sha256 : str
        Digest of name-free content (X and y as loaded): equal for plain, compressed, binary and
        pickled files of the same data.
    source : str
        Where the content comes from, in words: it says "not the published file" where a checksum
        differs from the published one.
    """

    X: Array
    y: Responses
    name: str
    classes: tuple[str, ...] | None
    shape: tuple[int, ...] | None
    box: tuple[float, float]
    sha256: str
    source: str

    def __post_init__(self) -> None:
        """Validate that the parts fit together."""
        check.points("X", self.X)
        if self.y.shape != (self.X.shape[0],):
            raise InputError(f"{self.name}: {self.X.shape[0]} rows but responses {self.y.shape}")
        if self.shape is not None and math.prod(self.shape) != self.X.shape[1]:
            raise InputError(f"{self.name}: rows of {self.X.shape[1]} are no images {self.shape}")

    @property
    def size(self) -> int:
        """Number of rows n."""
        return int(self.X.shape[0])

    @property
    def dimension(self) -> int:
        """Number of features d."""
        return int(self.X.shape[1])


def digest(X: NDArray[Any], y: NDArray[Any]) -> str:
    """Return the SHA-256 digest of shapes, types and bytes of features and responses."""
    state = hashlib.sha256()
    for array in (X, y):
        state.update(f"{array.dtype.str}{array.shape}".encode())
        state.update(np.ascontiguousarray(array).data)
    return state.hexdigest()
