from __future__ import annotations

import pytest

from ratecheck.cli.codes import Code, code_of, guarded
from ratecheck.types import DesignChangedError, InputError, Outcome, ResultsError

GOOD, BAD, OPEN = Outcome.CONSISTENT, Outcome.REFUTED, Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], Code.FINE),
        ([(GOOD, GOOD), (BAD, BAD)], Code.FINE),
        ([(GOOD, GOOD), (BAD, GOOD)], Code.REFUTED),
        ([(GOOD, BAD)], Code.REFUTED),  # a control that survives
        ([(OPEN, GOOD), (BAD, BAD)], Code.INCONCLUSIVE),
        ([(OPEN, BAD)], Code.INCONCLUSIVE),
        ([(OPEN, GOOD), (BAD, GOOD)], Code.REFUTED),
    ],
)
def test_the_worst_verdict_decides(outcomes: list[tuple[Outcome, Outcome]], code: Code) -> None:
    assert code_of(outcomes) is code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("x is wrong"), 2),
        (ResultsError("disk full"), 4),
        (DesignChangedError("x is wrong"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_of_users_become_a_sentence_and_a_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught, guarded():
        raise error
    assert caught.value.code == code
    assert capsys.readouterr().err in {f"error: {error}\n", "interrupted\n"}


def test_a_reader_that_left_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught, guarded():
        raise BrokenPipeError
    assert caught.value.code == 141
    assert capsys.readouterr().err == ""


def test_our_own_bugs_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), guarded():
        raise ZeroDivisionError
