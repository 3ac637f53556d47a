from __future__ import annotations

import pytest
from typer.main import get_command

from ratecheck.cli.app import app
from ratecheck.cli.codes import EPILOG, Code

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined] # a group


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_documents_itself_its_options_and_its_exit_codes(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined] # a group
    assert command.epilog == EPILOG
    assert command.help
    assert command.help.splitlines()[0].endswith(".")
    for option in command.params:
        assert option.help, option.name


def test_every_code_that_means_something_is_documented() -> None:
    for code in set(Code) - {Code.UNREAD}:  # what a shell makes of `| head`
        assert f"{int(code)} " in EPILOG
