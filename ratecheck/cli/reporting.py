"""``report``: one HTML page about all results."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from ratecheck.cli import catalogue
from ratecheck.cli.codes import Code, code_of
from ratecheck.cli.files import require_writable, write_text
from ratecheck.cli.output import tell
from ratecheck.montecarlo.records import read_records
from ratecheck.montecarlo.study import SMOKE
from ratecheck.report import (
    Picture,
    Section,
    broken_section,
    page,
    picture,
    section,
    stored_section,
)
from ratecheck.reporting import Report, load
from ratecheck.reporting.stored_verdicts import stored_verdicts
from ratecheck.types import Outcome, ResultsError


def write_report(
    output: Path, results: Path, figures: Path, profile: str | None, names: Iterable[str] = ()
) -> NoReturn:
    """Write the page, tell its path, and exit with the code of its verdicts."""
    wanted = set(names)
    folders = {
        key: folder
        for key, folder in catalogue.results_of(results).items()
        if profile in {None, key[1]} and (not wanted or key[0] in wanted)
    }
    if missing := wanted - {name for name, _ in folders}:
        raise ResultsError(f"no results of {', '.join(sorted(missing))} in {results}: run first")
    if not folders:
        raise ResultsError(f"no results in {results}: run a study first")
    require_writable(output)  # told now, not after minutes
    sections = [_section(*key, folder, figures) for key, folder in folders.items()]
    write_text(output, page(sections, output.resolve().parent))
    print(output)
    raise SystemExit(int(_code(sections)))


def _code(sections: Iterable[Section]) -> Code:
    held = list(sections)
    if any(s.trouble and not s.identity for s in held):
        return Code.RESULTS
    judged = [e for s in held if s.profile != SMOKE for e in s.entries]
    return code_of((Outcome(e["verdict"]), Outcome(e["expected"])) for e in judged)


def _section(name: str, profile: str, folder: Path, figures: Path) -> Section:
    """Return one section; results that cannot be read get one that says so."""
    try:
        if name not in catalogue.scripts("studies"):
            data = read_records(folder)
            stored_verdicts(data)  # shown as they are, once they are found to be whole
            return stored_section(name, folder.resolve(), data.summary)
        report = load(folder.resolve(), catalogue.load_study(name))
        return section(report, list(_pictures(report, figures)))
    except ResultsError as error:
        tell(f"error: {error}")
        return broken_section(name, profile, str(error))


def _pictures(report: Report, figures: Path) -> Iterator[Picture]:
    """Yield the pictures of the study's figure script; without any, the standard one is drawn."""
    alternative = f"{report.suite.title}: the numbers are in the CSV file named below"
    present = [figures.resolve() / name for name in drawn_by(report.suite.name, figures)]
    if present and report.profile != SMOKE:
        yield from (picture(stem, alternative) for stem in present)
    elif report.slopes:
        with tempfile.TemporaryDirectory() as scratch:
            stem = Path(scratch) / report.suite.name
            report.plot(stem)
            stem.with_suffix(".csv").unlink()  # the folder will be gone when the page is read
            yield picture(stem, f"{report.suite.title}: measured risks and predicted powers")


def drawn_by(name: str, figures: Path) -> list[str]:
    """Return the stems of the drawn figures of a script, in the order in which it names them.

    They are the texts in the script that are such a stem, and the stems that begin with the
    script's name (and with no longer name of another script).
    """
    scripts = catalogue.scripts("paper_figures")
    if name not in scripts:
        return []
    drawn = sorted(path.stem for path in figures.glob("*.svg"))
    told = (n.value for n in ast.walk(ast.parse(scripts[name].read_bytes()))
            if isinstance(n, ast.Constant) and isinstance(n.value, str))  # fmt: skip
    named = [text for text in told if text in drawn and _owner(text, scripts) in {name, None}]
    begun = [stem for stem in drawn if _owner(stem, scripts) == name]
    return list(dict.fromkeys([*begun, *named]))


def _owner(stem: str, scripts: Iterable[str]) -> str | None:
    """Return the script with the longest name that a stem is, or begins with."""
    owners = [s for s in scripts if stem == s or stem.startswith(f"{s}_")]
    return max(owners, key=len, default=None)
