"""The options of ``run``, as one value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, final


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions:
    """The options of ``run``, named as `ratecheck.run` names them."""

    profile: str | None
    workers: int
    seed: int
    fresh: bool
    results: Path
    cluster: str | None = None
    memory_per_worker: str | None = None

    @property
    def keywords(self) -> dict[str, Any]:
        """Arguments of `ratecheck.run`."""
        return asdict(self)
