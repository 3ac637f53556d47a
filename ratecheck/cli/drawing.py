"""``figures``: pictures from results alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, final

from ratecheck.cli import catalogue
from ratecheck.cli.codes import Code
from ratecheck.cli.output import tell
from ratecheck.types import InputError, NoResultsError, ResultsError

_KINDS: Final = ("paper_figures", "studies")  # of scripts, the first that has a name draws it


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A figure script, or a study without one, whose risks are drawn against n."""

    name: str
    kind: str
    path: Path

    @classmethod
    def of(cls, name: str) -> Task:
        """Return what draws a name, or raise `InputError`."""
        for kind in _KINDS:
            if name in catalogue.scripts(kind):
                return cls(name=name, kind=kind, path=catalogue.find(kind, name))
        if name.endswith(".py"):
            return cls(name=name, kind=_KINDS[0], path=catalogue.find(_KINDS[0], name))
        known = sorted({name for kind in _KINDS for name in catalogue.scripts(kind)})
        raise InputError(
            f"no figure script and no study is called {name!r}: {catalogue.nearest(name, known)}"
        )

    def draw(self, results: Path, output: Path) -> list[Path]:
        """Draw, and return the files.

        Raises
        ------
        InputError
            If a figure script has no ``main(results, output)``, or nothing can be written.
        ResultsError
            If results are absent or damaged.
        """
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write to {output}: {error}") from error
        if self.kind == "studies":
            from ratecheck.cli.stored import stored_report

            return stored_report(results, self.name).plot(output / self.name)
        draw = getattr(catalogue.load(self.path), "main", None)
        if draw is None:
            raise InputError(f"{self.path} has no main(results, output)")
        return list(draw(results, output))


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """The files that a task wrote, or why it wrote none."""

    files: tuple[Path, ...] = ()
    trouble: str = ""
    absent: bool = False

    @classmethod
    def of(cls, task: Task, results: Path, output: Path) -> Drawn:
        """Do a task; results that are absent or damaged are told, other errors are raised."""
        try:
            return cls(files=tuple(task.draw(results, output)))
        except ResultsError as error:
            return cls(trouble=str(error), absent=isinstance(error, NoResultsError))


def draw_figures(
    names: Sequence[str], results: Path, output: Path, *, workers: int = 1
) -> NoReturn:
    """Draw the names, or all that has results; what cannot be drawn is told and skipped.

    Each script is a task of its own, so the files do not depend on the number of workers.
    """
    if not names and not catalogue.results_of(results):
        raise NoResultsError(f"no results in {results}: run a study first")
    tasks = [Task.of(name) for name in names] or _all_tasks(results)
    done = list(zip(tasks, _drawn(tasks, results, output, workers), strict=True))
    for task, drawn in done:
        for file in drawn.files:
            print(file)
        if drawn.trouble and (names or not drawn.absent):
            tell(f"skipped {task.name}: {drawn.trouble}")
    if not names and (absent := [task.name for task, drawn in done if drawn.absent]):
        tell(f"skipped, for want of results: {', '.join(absent)}")
    failed = all(drawn.trouble for _, drawn in done)
    raise SystemExit(int(Code.RESULTS if failed else Code.FINE))


def _all_tasks(results: Path) -> list[Task]:
    """Return every figure script, and the studies with results that have none."""
    scripts, studies = map(catalogue.scripts, _KINDS)
    held = {suite for suite, _ in catalogue.results_of(results)}
    own = [name for name in studies if name in held and name not in scripts]
    return [Task.of(name) for name in [*scripts, *own] if name != "style"]


def _drawn(tasks: Sequence[Task], results: Path, output: Path, workers: int) -> Iterable[Drawn]:
    count = min(workers, len(tasks))
    if count < 2:
        return (Drawn.of(task, results, output) for task in tasks)
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        calls = (delayed(Drawn.of)(task, results, output) for task in tasks)
        found: list[Drawn] = Parallel(n_jobs=count)(calls)
    return found
