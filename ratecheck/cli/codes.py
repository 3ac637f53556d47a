"""Exit codes, and how an error becomes one sentence and a code."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Final

from ratecheck.types import InputError, Outcome, RatecheckError, ResultsError


class Code(IntEnum):
    """What the exit code of the command line says."""

    FINE = 0
    REFUTED = 1
    USAGE = 2
    INCONCLUSIVE = 3
    RESULTS = 4
    INTERRUPTED = 130
    UNREAD = 141


EPILOG = (
    "Exit codes: 0 every claim is CONSISTENT and every control is rejected; 1 a claim is REFUTED, "
    "a control is not rejected, or a replayed cell fails or differs; 2 wrong usage or input; "
    "3 something is INCONCLUSIVE and nothing worse; 4 results or journal are missing, damaged, in "
    "use or of another design; 130 interrupted by Ctrl-C or SIGTERM (finished cells are kept)."
)

_FILL: Final = "give a value, or leave it out; for the current folder write ."


def require_filled(arguments: Sequence[str]) -> None:
    """Raise `InputError` for an empty argument: an empty path would be the current folder.

    Such is what a shell makes of a variable that is not set: ``--results "$FOLDER"``.
    """
    for before, argument in zip(("", *arguments), arguments, strict=False):
        option, equals, value = argument.partition("=")
        if equals and option.startswith("--") and not value.strip():
            raise InputError(f"{option} is empty: {_FILL}")
        if not argument.strip():
            command = arguments[0].strip() or "ratecheck"
            is_option = before.startswith("-")
            told = f"{before} is empty" if is_option else f"{command} has an empty argument"
            raise InputError(f"{told}: {_FILL}")


def code_of(outcomes: Iterable[tuple[Outcome, Outcome]]) -> Code:
    """Return the code for pairs (found, expected); a wrong verdict outweighs an open one."""
    wrong = {found for found, expected in outcomes if found is not expected}
    if wrong - {Outcome.INCONCLUSIVE}:
        return Code.REFUTED
    return Code.INCONCLUSIVE if wrong else Code.FINE


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Print the errors that a user can cause as one sentence on stderr and exit with their code.

    SIGTERM, as batch systems send it before they kill, ends a run as Ctrl-C does.
    """
    try:
        with _terminable():
            yield
    except KeyboardInterrupt as interrupt:
        notes = getattr(interrupt, "__notes__", ["interrupted"])
        _leave("\n".join(notes), Code.INTERRUPTED)
    except BrokenPipeError:  # `| head` has read enough: as shells report it, and never a verdict
        raise SystemExit(int(Code.UNREAD)) from None
    except ResultsError as error:
        _leave(f"error: {error}", Code.RESULTS)
    except RatecheckError as error:
        _leave(f"error: {error}", Code.USAGE)


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Turn SIGTERM into an interrupt, unless the program around us listens to it already."""
    mine = threading.current_thread() is threading.main_thread()
    if not mine or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(message: str, code: Code) -> None:
    print(message, file=sys.stderr)
    raise SystemExit(int(code))
