"""Verdicts as a summary holds them, for results whose study is not here to judge anew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ratecheck.montecarlo.records import SUMMARY, Records
from ratecheck.types import Outcome, ResultsError
from ratecheck.verify import COLUMNS

_WORDS: Final = ("verdict", "expected")


def stored_verdicts(data: Records) -> list[dict[str, Any]]:
    """Return the entries of ``verdicts``.

    Raises
    ------
    ResultsError
        If there is one that no run wrote.
    """
    entries = data.summary.get("verdicts", [])
    if not isinstance(entries, list):
        raise _damaged(data.folder, "they are no list")
    for index, entry in enumerate(entries):
        try:
            _require(entry)
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(data.folder, f"number {index + 1}: {error!r}") from error
    return entries


def _require(entry: Mapping[str, Any]) -> None:
    texts = {name: entry[name] for name in (*COLUMNS, *_WORDS, "reason")}
    if odd := [name for name, text in texts.items() if not isinstance(text, str)]:
        raise TypeError(f"{odd[0]} is no text")
    if not isinstance(entry["control"], bool):
        raise TypeError("control is not true or false")
    for name in _WORDS:
        Outcome(entry[name])


def _damaged(folder: Path, reason: str) -> ResultsError:
    return ResultsError(
        f"{folder / SUMMARY}: the stored verdicts are damaged ({reason}): put the study's file "
        "where it is found, and ratecheck verify --store writes them anew"
    )
