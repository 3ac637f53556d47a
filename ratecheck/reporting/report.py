"""The report on a finished run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from ratecheck.assertions import Readings
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.records import Records, read_records
from ratecheck.montecarlo.rows import COLUMNS, Values
from ratecheck.montecarlo.studies import Study
from ratecheck.montecarlo.study import Suite
from ratecheck.reporting import text
from ratecheck.reporting.duplicates import marked
from ratecheck.reporting.findings import Finding, findings, slopes
from ratecheck.reporting.judged import judged, readings
from ratecheck.reporting.samples import Key, Sample, samples
from ratecheck.reporting.suites import as_suite, require_same
from ratecheck.slopes import SlopeFit
from ratecheck.types import InputError

if TYPE_CHECKING:
    import pandas as pd


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """Records of a run, with the slopes and verdicts that follow from them.

    Attributes
    ----------
    suite : Suite
        At the profile of the run.
    data : Records
        Rows, identity header and folder.
    """

    suite: Suite
    data: Records

    @property
    def profile(self) -> str:
        """Name of the profile that was run."""
        return str(self.data.summary["profile"])

    @property
    def folder(self) -> Path:
        """Where ``records.csv`` and ``summary.json`` are."""
        return self.data.folder

    @property
    def failed(self) -> Mapping[str, str]:
        """Last line of the error of each failed cell, by key."""
        return dict(self.data.summary.get("failed", {}))

    @cached_property
    def records(self) -> pd.DataFrame:
        """One line per cell, stopping rule and risk."""
        import pandas as pd

        return pd.DataFrame.from_records(list(self.data.rows), columns=list(COLUMNS))

    @cached_property
    def samples(self) -> Mapping[Key, Sample]:
        """Replicates by (study, stopping rule, risk)."""
        return samples(self._marked)

    def readings(self, study: str) -> Readings:
        """Return the measured values of one study of the suite, sorted for assertions."""
        return readings(study, self._marked)

    @cached_property
    def _marked(self) -> tuple[Values, ...]:
        return marked(self.data.rows)

    @cached_property
    def _fits(self) -> Mapping[Key, SlopeFit | InputError]:
        return {k: v for s in self.suite.studies for k, v in slopes(s, self.samples).items()}

    @property
    def slopes(self) -> Mapping[Key, SlopeFit]:
        """Slope by (study, stopping rule, risk), wherever there are sizes enough for one."""
        return {key: fit for key, fit in self._fits.items() if isinstance(fit, SlopeFit)}

    @cached_property
    def verdicts(self) -> tuple[Finding, ...]:
        """Every claim and every control, in the order of the study."""
        return tuple(
            finding for study in self.suite.studies for finding in self._verdicts_of(study)
        )

    def _verdicts_of(self, study: Study) -> Iterator[Finding]:
        yield from findings(study, self.samples, self._fits)
        if isinstance(study, MeasuredStudy):
            yield from judged(study, self._marked)

    @property
    def findings(self) -> Mapping[str, Any]:
        """Slopes and verdicts as scalars, for ``summary.json``."""
        return {
            "slopes": [text.slope_entry(k, f, self.samples[k]) for k, f in self.slopes.items()],
            "verdicts": [finding.entry for finding in self.verdicts],
        }

    def plot(self, path: str | Path) -> list[Path]:
        """Draw risk against n for every study and risk that a claim is about.

        Parameters
        ----------
        path : str or Path
            PDF, SVG, PNG and CSV are written beside each other, whatever the suffix.

        Returns
        -------
        list of Path
            The files.
        """
        from ratecheck.plotting import slope_figure
        from ratecheck.reporting.panels import panels

        drawn = panels(self.suite.studies, self.slopes, self.verdicts)
        return slope_figure(drawn, path, title=self.suite.title)

    def __str__(self) -> str:
        return text.report(self)


def load(folder: Path, study: Study | Suite) -> Report:
    """Read the results of a study from a folder.

    Raises
    ------
    DesignChangedError
        If the results belong to another design than the study has now.
    ResultsError
        If they are absent or damaged.
    """
    data = read_records(folder)
    stored = data.design
    suite = as_suite(study).at(stored.profile)
    require_same(suite, stored, folder)
    return Report(suite=suite, data=data)
