"""Exit codes, and how an error becomes one sentence and a code."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from enum import IntEnum

from ratecheck.types import Outcome, RatecheckError, ResultsError


class Code(IntEnum):
    """What the exit code of the command line says."""

    FINE = 0
    REFUTED = 1
    USAGE = 2
    INCONCLUSIVE = 3
    RESULTS = 4
    INTERRUPTED = 130


EPILOG = (
    "Exit codes: 0 every claim is CONSISTENT and every control is rejected; 1 a claim is REFUTED, "
    "a control is not rejected, or a replayed cell fails or differs; 2 wrong usage or input; "
    "3 something is INCONCLUSIVE and nothing worse; 4 results or journal are missing, damaged, in "
    "use or of another design; 130 interrupted (finished cells are kept)."
)


def code_of(outcomes: Iterable[tuple[Outcome, Outcome]]) -> Code:
    """Return the code for pairs (found, expected); a wrong verdict outweighs an open one."""
    wrong = {found for found, expected in outcomes if found is not expected}
    if wrong - {Outcome.INCONCLUSIVE}:
        return Code.REFUTED
    return Code.INCONCLUSIVE if wrong else Code.FINE


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Print the errors that a user can cause as one sentence on stderr and exit with their code."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        notes = getattr(interrupt, "__notes__", ["interrupted"])
        _leave("\n".join(notes), Code.INTERRUPTED)
    except ResultsError as error:
        _leave(f"error: {error}", Code.RESULTS)
    except RatecheckError as error:
        _leave(f"error: {error}", Code.USAGE)


def _leave(message: str, code: Code) -> None:
    print(message, file=sys.stderr)
    raise SystemExit(int(code))
