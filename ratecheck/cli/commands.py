"""``run`` and ``verify``: from studies and results to verdicts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from ratecheck import check
from ratecheck.cli import catalogue, readme_table
from ratecheck.cli.codes import Code, code_of
from ratecheck.cli.options import RunOptions
from ratecheck.cli.output import show_json, show_lines, show_table, tell
from ratecheck.cli.storing import Store
from ratecheck.datasets.folder import VARIABLE, folder_of
from ratecheck.montecarlo.records import read_records
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import SMOKE, Suite
from ratecheck.operators import device
from ratecheck.reporting import Report, load, run, text
from ratecheck.reporting.stored_verdicts import stored_verdicts
from ratecheck.types import InputError, Outcome, ResultsError
from ratecheck.verify import COLUMNS as VERDICT_COLUMNS

_STYLES: Final = {"CONSISTENT": "green", "REFUTED": "red", "INCONCLUSIVE": "yellow"}


def use_data(folder: Path | None) -> None:
    """Make a folder the one that data are loaded from, in worker processes too."""
    if folder is not None:
        os.environ[VARIABLE] = str(folder_of("--data", folder).resolve())


def use_device(name: str | None, cluster: str | None) -> None:
    """Make a device that of the dense operators, in worker processes too."""
    if name is None:
        return
    check.choice("--device", name, ("cpu", "gpu"))
    if cluster is not None:
        raise InputError(
            f"--device {name} does not reach the workers of a cluster: set {device.VARIABLE} there"
        )
    device.use(name)


def run_studies(
    studies: Sequence[Study | Suite], options: RunOptions, *, as_json: bool
) -> NoReturn:
    """Run studies one after the other and exit with the code of what they found."""
    reports = []
    for study in studies:
        report = run(study, **options.keywords)
        reports.append(report)
        if not as_json:
            show_report(report)
    finish(reports, as_json=as_json)


def show_report(report: Report) -> None:
    """Print a report and where its files are."""
    show_lines(text.header(report), text.INDENT)
    if report.verdicts:
        print()
        show_table(VERDICT_COLUMNS, map(text.cells, report.verdicts), _STYLES)
    if troubles := list(text.troubles(report)):
        print()
        show_lines(troubles, indent=2)
    print(f"\nresults in {report.folder}\n")


def finish(reports: Sequence[Report], *, as_json: bool) -> NoReturn:
    """Print JSON if it is wanted, and exit with the code of what the reports found."""
    if as_json:
        show_json([entry for report in reports for entry in _entries(report)])
    raise SystemExit(int(max((_code(report) for report in reports), key=_gravity)))


def _code(report: Report) -> Code:
    """Return the code of one report; the smoke profile is too small for verdicts to count."""
    if report.profile == SMOKE:
        return Code.INCONCLUSIVE if report.failed else Code.FINE
    return code_of((finding.outcome, finding.expected) for finding in report.verdicts)


def _gravity(code: Code) -> int:
    return (Code.FINE, Code.INCONCLUSIVE, Code.REFUTED).index(code)


def _entries(report: Report) -> Iterator[dict[str, Any]]:
    for finding in report.verdicts:
        yield {"suite": report.suite.name, "profile": report.profile, **finding.entry}


def verify_results(
    results: Path,
    profile: str | None,
    *,
    as_json: bool,
    update: Sequence[Path] = (),
    store: bool = False,
) -> NoReturn:
    """Check every result found, print the verdicts claim by claim, exit with their code."""
    folders = {
        name: folder
        for name, folder in catalogue.results_of(results).items()
        if profile in {None, name[1]}
    }
    if not folders:
        wanted = f" of profile {profile}" if profile else ""
        raise ResultsError(f"no results{wanted} in {results}: run a study first")
    entries: list[dict[str, Any]] = []
    damaged = False
    storing = Store() if store else None
    for name, folder in folders.items():
        try:
            entries += _verified(*name, folder, storing)
        except ResultsError as error:  # one bad folder must not hide the others
            tell(f"error: {error}")
            damaged = True
    if storing:
        storing.tell()
    entries.sort(key=readme_table.order)
    for path in () if damaged else update:  # a table with holes would look complete
        readme_table.update(path, entries, results)
    if as_json:
        show_json(entries)
    elif entries:
        _show_verdicts(entries)
    judged = [e for e in entries if e["profile"] != SMOKE]
    pairs = ((Outcome(e["verdict"]), Outcome(e["expected"])) for e in judged)
    raise SystemExit(int(Code.RESULTS if damaged else code_of(pairs)))


def _verified(
    suite: str, profile: str, folder: Path, storing: Store | None
) -> Iterable[dict[str, Any]]:
    """Judge the records anew if their study is known, else check them and take the verdicts."""
    if suite in catalogue.scripts("studies"):
        report = load(folder, catalogue.load_study(suite))
        if storing:
            storing(report)
        return _entries(report)
    tell(f"note: no study {suite!r} found here; its verdicts are the stored ones")
    kept = stored_verdicts(read_records(folder))
    return ({"suite": suite, "profile": profile, **entry} for entry in kept)


def _show_verdicts(entries: Sequence[Mapping[str, Any]]) -> None:
    columns = (*VERDICT_COLUMNS, "role", "profile")
    rows = [
        (
            *(str(entry[name]) for name in VERDICT_COLUMNS),
            "control, must be REFUTED" if entry["control"] else "claim",
            str(entry["profile"]),
        )
        for entry in entries
    ]
    show_table(columns, rows, _STYLES)
