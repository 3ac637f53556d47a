"""How far a fit may rise and fall within a region: the form of every certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ratecheck.types import Array


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Rise:
    """Upper bounds of f_t(x') - f_t(x) and of f_t(x) - f_t(x'), each of shape (m, T), >= 0."""

    up: Array
    down: Array

    @classmethod
    def unknown(cls, m: int, count: int) -> Rise:
        """Return the bounds that hold for every function: infinite ones."""
        return cls(up=np.full((m, count), np.inf), down=np.full((m, count), np.inf))

    def least(self, other: Rise) -> Rise:
        """Return the better of two bounds, entry by entry."""
        return Rise(up=np.minimum(self.up, other.up), down=np.minimum(self.down, other.down))

    def widened(self, by: Array) -> Rise:
        """Return bounds that are larger by a given amount."""
        return Rise(up=self.up + by, down=self.down + by)
