"""Verdicts as Markdown, written between two comments of a file such as ``README.md``.

``<!-- verdicts: by study -->`` ... ``<!-- end of verdicts -->`` holds a line for each study,
``<!-- verdicts: all -->`` one for each claim and each control, ``<!-- verdicts: error rates -->``
how often verdicts are wrong, scenario by scenario (`studies/verdict_calibration.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeAlias

from ratecheck.cli import catalogue
from ratecheck.cli.files import write_text
from ratecheck.cli.stored import stored_report
from ratecheck.montecarlo.study import STANDARD
from ratecheck.reporting import error_rates
from ratecheck.theory.ledger import natural
from ratecheck.types import InputError

Entry: TypeAlias = Mapping[str, Any]

_END: Final = "<!-- end of verdicts -->"
_BLOCK: Final = re.compile(rf"(<!-- verdicts: ([a-z ]+) -->\n).*?({_END})", re.DOTALL)
_RATES: Final = "error rates"
_CALIBRATION: Final = "verdict_calibration"
_BY_STUDY: Final = (
    "claim", "study", "what is checked", "right claims", "wrong claims", "farthest from theory"
)  # fmt: skip
_SIGNS: Final = ("=", "<=", ">=")
_ALL: Final = ("claim", "study", "statement", "predicted", "measured", "window", "verdict", "role")


def update(path: Path, entries: Iterable[Entry], results: Path = Path("results")) -> None:
    """Rewrite the verdict tables of a file from entries of the standard profile.

    Parameters
    ----------
    path : Path
        A Markdown file.
    entries : iterable of mapping
        As ``ratecheck verify --json`` prints them.
    results : Path
        Where the error rates of verdicts are.

    Raises
    ------
    InputError
        If the file cannot be read or written, has no such comments, or names another table.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: no UTF-8
        raise InputError(f"cannot update {path}: {error}") from error
    write_text(path, updated(text, list(entries), results, name=str(path)))


def updated(
    text: str, entries: Sequence[Entry], results: Path = Path("results"), *, name: str = "the text"
) -> str:
    r"""Return a text with its verdict tables rewritten.

    Examples
    --------
    >>> print(updated("a <!-- verdicts: all -->\nold <!-- end of verdicts --> b", []))
    a <!-- verdicts: all -->
    | claim | study | statement | predicted | measured | window | verdict | role |
    |---|---|---|---|---|---|---|---|
    <!-- end of verdicts --> b
    """
    held = sorted((entry for entry in entries if entry["profile"] == STANDARD), key=order)

    def rewritten(block: re.Match[str]) -> str:
        if block[2] == _RATES:
            return f"{block[1]}{error_rates_of(results)}\n{block[3]}"
        if block[2] not in _TABLES:
            known = ", ".join((*_TABLES, _RATES))
            raise InputError(f"{name} asks for verdicts: {block[2]!r}; known are {known}")
        return f"{block[1]}{_TABLES[block[2]](held)}\n{block[3]}"

    result, count = _BLOCK.subn(rewritten, text)
    if not count:
        raise InputError(f"{name} has no <!-- verdicts: by study --> ... {_END}")
    return result


def order(entry: Entry) -> tuple[tuple[tuple[str, int], ...], str]:
    """Return the key of the order of tables: claims as the ledger counts them, then studies."""
    return natural(str(entry["claim"])), str(entry["suite"])


def by_study(entries: Sequence[Entry]) -> str:
    """Return a line for each study: how many claims held, how many controls were refuted."""
    firsts: dict[str, tuple[Any, ...]] = {}
    for entry in sorted(entries, key=lambda e: (bool(e["control"]), order(e))):  # the row's claims
        firsts.setdefault(str(entry["suite"]), order(entry))
    return _table(
        _BY_STUDY, (_line(suite, entries) for suite in sorted(firsts, key=firsts.__getitem__))
    )


def every(entries: Sequence[Entry]) -> str:
    """Return a line for each claim and each control."""
    return _table(
        _ALL,
        (
            (
                *(str(entry[name]) for name in _ALL[:-1]),
                "control" if entry["control"] else "claim",
            )
            for entry in entries
        ),
    )


def error_rates_of(results: Path) -> str:
    """Return a line for each scenario on which verdicts were calibrated."""
    report = stored_report(results, _CALIBRATION)
    return _table(error_rates.columns(report), error_rates.rows(report))


_TABLES: Final[dict[str, Callable[[Sequence[Entry]], str]]] = {"by study": by_study, "all": every}


def _line(suite: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    own = [entry for entry in entries if entry["suite"] == suite]
    claims = [entry for entry in own if not entry["control"]]
    return (
        ", ".join(sorted({str(entry["claim"]) for entry in claims}, key=natural)),
        f"`{suite}`",
        _title(suite),
        _words(claims),
        _words([entry for entry in own if entry["control"]]),
        _farthest(claims),
    )


def _title(suite: str) -> str:
    known = catalogue.scripts("studies")
    return catalogue.title(known[suite]).rstrip(".") if suite in known else ""


def _words(entries: Sequence[Entry]) -> str:
    counts = Counter(str(entry["verdict"]) for entry in entries)
    total = len(entries)
    return ", ".join(f"{count} of {total} {word}" for word, count in counts.most_common()) or "-"


def _farthest(claims: Sequence[Entry]) -> str:
    """Return the largest distance of a measured slope to its predicted exponent."""
    misses = [abs(miss) for entry in claims if (miss := _miss(entry)) is not None]
    return f"{max(misses):.3f}" if misses else "-"


def _miss(entry: Entry) -> float | None:
    """Return measured minus predicted of an entry such as "-0.7 [-0.8, -0.6]", "= -3/4 (-0.75)"."""
    try:
        sign, exponent, *_ = str(entry["predicted"]).split()
        if sign not in _SIGNS:  # a statement in words, not an exponent
            return None
        predicted = Fraction(exponent)
        return float(str(entry["measured"]).split()[0]) - float(predicted)
    except (ValueError, IndexError):  # "no slope"
        return None


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(_lines(columns, rows))


def _lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
