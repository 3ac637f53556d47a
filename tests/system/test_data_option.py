"""The folder of a data set on the command line, and in the workers behind it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

from ratecheck.cli import main
from ratecheck.datasets import load
from ratecheck.datasets.folder import VARIABLE
from tests.unit.datasets.writers import digits, write_mnist

PARTS: tuple[Literal["train", "test"], ...] = ("train", "test")
STUDY = '''"""The mean grey level of a local data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import ratecheck as rc
from ratecheck.assertions import Level
from ratecheck.datasets import load
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.theory.claims import Statement

SAID = Statement(name="grey", predicted="in [0, 1]", regime="", source="", tag="D", ledger="A5")


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Grey(Measurement):
    """The mean of the first images, to three digits: equal replicates of seven are an alarm."""

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        """Return it."""
        mean = round(float(load("mnist", limit=size).X.mean()), 3)
        return [Reading(series="mnist", quantity="grey", value=mean)]


STUDY = rc.MeasuredStudy(
    name="grey",
    measurement=Grey(),
    sizes=(2, 7),
    replicates=2,
    claims=(Level(statement=SAID, series="mnist", quantity="grey", low=0.0, high=1.0),),
)
'''


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, "")  # so that it is put back whatever the command sets
    Path("studies").mkdir()
    Path("studies/grey.py").write_text(STUDY, encoding="utf-8")
    Path("data").mkdir()
    write_mnist(Path("data"))


def run(*options: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(["run", "grey", "--results", "results", *options])
    return int(caught.value.code or 0)


def grey_levels() -> list[float]:
    return list(pd.read_csv("results/grey/standard/records.csv")["value"])


def test_workers_started_before_find_the_folder_as_well() -> None:
    """The pool is kept between runs: what it inherited when it was started may be out of date."""
    assert run("--workers", "2") == 3  # no folder is named: every cell fails, workers stay
    assert run("--data", "data", "--workers", "2", "--fresh") == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_workers_find_the_folder(workers: str) -> None:
    assert run("--data", "data", "--workers", workers) == 0
    images = digits(7, 0)[0] / 255
    expected = [round(float(images[:n].mean()), 3) for n in (2, 2, 7, 7)]
    assert grey_levels() == expected
    assert os.environ[VARIABLE] == str(Path("data").resolve())


def test_the_environment_serves_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "data")
    assert run() == 0
    assert len(grey_levels()) == 4


def test_a_folder_that_does_not_exist_stops_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", "nowhere") == 2
    assert "nowhere does not exist" in capsys.readouterr().err
    assert not Path("results").exists()


def test_without_a_folder_the_cells_say_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 3
    assert "--data DIR" in capsys.readouterr().out


NAMED = STUDY.replace(
    "    def measure",
    """    @property
    def datasets(self) -> tuple[str, ...]:
        \"\"\"MNIST.\"\"\"
        return ("mnist",)

    def measure""",
)


def test_a_measurement_that_names_its_data_is_refused_before_any_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("studies/grey.py").write_text(NAMED, encoding="utf-8")
    assert run() == 2
    assert "--data DIR" in capsys.readouterr().err
    Path("empty").mkdir()
    assert run("--data", "empty") == 2
    assert "mnist is not (completely) in" in capsys.readouterr().err
    assert not Path("results").exists()


def test_checksums_of_the_data_stand_in_the_summary() -> None:
    assert run("--data", "data") == 0
    path = Path("results/grey/standard/summary.json")
    assert "data" not in json.loads(path.read_text())  # it does not say what it reads
    records = path.with_name("records.csv").read_bytes()
    Path("studies/grey.py").write_text(NAMED, encoding="utf-8")
    assert run("--data", "data", "--fresh") == 0
    known = {f"mnist {part}": load("mnist", "data", part=part).sha256 for part in PARTS}
    assert json.loads(path.read_text())["data"] == known
    assert path.with_name("records.csv").read_bytes() == records
