"""Images as they are in files: one byte for each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from ratecheck.datasets.base import Dataset, digest
from ratecheck.types import InputError, IntArray

_WHITE = 255.0


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Raw:
    """Bytes of images (n, d), their labels (n,), and what is known about them."""

    pixels: NDArray[np.uint8]
    labels: IntArray
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    source: str

    def dataset(self, name: str, limit: int | None) -> Dataset:
        """Return the first ``limit`` images as float64 in [0, 1]; the digest is of these."""
        pixels, labels = self.pixels[:limit], self.labels[:limit]
        return Dataset(
            X=pixels / _WHITE, y=labels, name=name, classes=self.classes, shape=self.shape,
            box=(0.0, 1.0), sha256=digest(pixels, labels), source=self.source,
        )  # fmt: skip


def check_labels(path: Path, labels: NDArray[Any], count: int) -> IntArray:
    """Return labels as int64 if they are 0 ... count - 1, or raise `InputError`."""
    wrong = np.flatnonzero((labels < 0) | (labels >= count))
    if wrong.size:
        raise InputError(
            f"{path} is mislabelled: entry {wrong[0]} is {labels[wrong[0]]}, labels are 0 to "
            f"{count - 1}"
        )
    return np.asarray(labels, dtype=np.int64)
