"""The command line ``ratecheck``.

A study file ends with ``study_main(STUDY)``, so that ``python studies/torus_rate.py`` takes the
options of ``ratecheck run``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ratecheck.cli.codes import guarded, require_filled
from ratecheck.cli.output import printing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ratecheck.montecarlo.studies import Study
    from ratecheck.montecarlo.study import Suite


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exits with a code of `ratecheck.cli.codes.Code`."""
    with guarded(), printing():
        require_filled(sys.argv[1:] if arguments is None else arguments)
        from ratecheck.cli.app import app

        app(args=arguments, prog_name="ratecheck")


def study_main(study: Study | Suite, arguments: Sequence[str] | None = None) -> None:
    """Run one study with the options of ``ratecheck run``."""
    with guarded(), printing():
        require_filled(sys.argv[1:] if arguments is None else arguments)
        from ratecheck.cli.app import study_app

        study_app(study)(args=arguments)
