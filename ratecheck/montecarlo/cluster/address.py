"""Where the workers of a cluster are, as ``--cluster`` names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, final

from ratecheck.types import InputError

_MANAGED: Final = re.compile(r"(local|slurm):(\d{1,5})")
_RUNNING: Final = re.compile(r"((tcp|tls|ucx)://)?[^\s/:]+:\d{1,5}|\S.*\.json")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A running scheduler, or one to be started.

    Attributes
    ----------
    text : str
        ``local:4`` (four processes here), ``slurm:40`` (forty jobs through dask-jobqueue),
        ``tcp://host:port``, or the path of a scheduler file (``.json``).

    Examples
    --------
    >>> Address(text="local:4").managed
    ('local', 4)
    >>> Address(text="tcp://127.0.0.1:8786").managed is None
    True
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse what no scheduler can be found by."""
        managed = _MANAGED.fullmatch(self.text)
        if (managed and int(managed[2]) == 0) or not (managed or _RUNNING.fullmatch(self.text)):
            raise InputError(
                "a cluster is local:4, slurm:40, tcp://host:8786 or a scheduler file that ends "
                f"in .json; got {self.text!r}"
            )

    @property
    def managed(self) -> tuple[str, int] | None:
        """Kind and number of the workers that are to be started; None for a running scheduler."""
        found = _MANAGED.fullmatch(self.text)
        return (found[1], int(found[2])) if found else None

    @property
    def is_file(self) -> bool:
        """Whether it is a scheduler file."""
        return self.text.endswith(".json")
