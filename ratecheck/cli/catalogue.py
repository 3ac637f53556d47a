"""Where studies and figure scripts are found, and how a study file is loaded.

Searched in this order, the first file of a name wins: the folder in the current directory, the
one beside the package (a source checkout), the copy inside the installed package.
"""

from __future__ import annotations

import ast
import difflib
import importlib.util
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from ratecheck.types import InputError, RatecheckError

if TYPE_CHECKING:
    from ratecheck.montecarlo.studies import Study
    from ratecheck.montecarlo.study import Suite

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_LISTED: Final = 40  # names in an error
_INSTALLED: Final = {"studies": "_studies", "paper_figures": "_figures"}


def scripts(kind: str) -> dict[str, Path]:
    """Return the files of ``kind`` ("studies" or "paper_figures") by their name."""
    found: dict[str, Path] = {}
    for folder in _folders(kind):
        for path in sorted(folder.glob("*.py")):
            if not path.stem.startswith("_"):
                found.setdefault(path.stem, path)
    return found


def find(kind: str, name: str) -> Path:
    """Return the file that a name or a path ending in ``.py`` stands for, or raise `InputError`."""
    if name.endswith(".py"):
        if not Path(name).is_file():
            raise InputError(f"there is no file {name}")
        return Path(name)
    known = scripts(kind)
    if name not in known:
        raise InputError(f"nothing in {kind} is called {name!r}: {nearest(name, known)}")
    return known[name]


def nearest(name: str, known: Collection[str]) -> str:
    """Return the words that help who wrote a name wrong: the nearest one, or all of them."""
    if near := difflib.get_close_matches(name, known, n=1):
        return f"did you mean {near[0]}?"
    shown = list(known)[:_LISTED]
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return f"known are {', '.join(shown) or 'none'}{more}"


def is_bundled(path: Path) -> bool:
    """Whether a script came with the package (or with its checkout), and not from the user."""
    return path.is_absolute() and path.is_relative_to(_PACKAGE.parent)


def title(path: Path) -> str:
    """Return the first line of a script's docstring, without running it."""
    try:
        text = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    except (SyntaxError, ValueError) as error:
        return f"(cannot be read: {error})"
    return text.partition("\n")[0]


def load_study(name: str) -> Suite | Study:
    """Return the ``STUDY`` of the file that ``name`` stands for, or raise `InputError`."""
    from ratecheck.montecarlo.studies import Study
    from ratecheck.montecarlo.study import Suite

    path = find("studies", name)
    study = getattr(load(path), "STUDY", None)
    if not isinstance(study, Study | Suite):
        raise InputError(
            f"{path} has no STUDY: give it a module-level STUDY = RateStudy(...) or Suite(...)"
        )
    return study


def load(path: Path) -> ModuleType:
    """Run a script as a module of its own, or raise `InputError` that names file and line."""
    from ratecheck.montecarlo.executors import SCRIPT

    name = SCRIPT + path.stem
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is not a python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        kind = "" if isinstance(error, RatecheckError) else f"{type(error).__name__}: "
        raise InputError(f"{path}, line {_line(error, path)}: {kind}{error}") from error
    return module


def known_suites() -> Iterator[tuple[str, Suite | Study]]:
    """Yield name and ``STUDY`` of every study that is found."""
    for name in scripts("studies"):
        yield name, load_study(name)


def results_of(folder: Path) -> Mapping[tuple[str, str], Path]:
    """Return the folders that hold a summary, by (suite, profile), in alphabetical order."""
    found = sorted(path.parent for path in folder.glob("*/*/summary.json"))
    return {(path.parent.name, path.name): path for path in found}


def _folders(kind: str) -> tuple[Path, ...]:
    checkout = _PACKAGE.parent
    beside = (checkout / kind,) if (checkout / "pyproject.toml").is_file() else ()
    return (Path(kind), *beside, _PACKAGE / _INSTALLED[kind])


def _line(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    own = str(path.resolve())
    return next((f.lineno or 1 for f in reversed(frames) if f.filename == own), 1)
