"""JSON that others may have written or damaged."""

from __future__ import annotations

import json
from typing import Any


def parsed(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what a JSON text holds.

    Raises
    ------
    ValueError
        For any text that is no JSON; brackets nested too deep for the parser are one.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
