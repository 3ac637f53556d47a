"""Parts merged: the bytes of a run in one go, or a sentence that says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import ratecheck as rc
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.journal import open_journal
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.shard import Shard
from ratecheck.reporting import Part, merge, run_shard
from ratecheck.reporting.request import Request
from ratecheck.types import DesignChangedError, InputError, ResultsError


class Odd(Measurement):
    """A random number; fails on one abscissa when it is told to."""

    __slots__ = ("fails",)

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails

    def __repr__(self) -> str:
        return "Odd()"  # a failure that depends on the machine is no part of the design

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        if self.fails and size == 8:
            raise MemoryError
        value = float(streams("noise").standard_normal())
        return [Reading(series="a", quantity="b", value=value)]


def study(*, fails: bool = False, sizes: tuple[int, ...] = (4, 8, 16)) -> rc.MeasuredStudy:
    measurement = Odd(fails)
    return rc.MeasuredStudy(name="odd", measurement=measurement, sizes=sizes, replicates=5)


def part(folder: Path, text: str, wanted: rc.MeasuredStudy | None = None) -> Part:
    return run_shard(wanted or study(), Shard.parse(text), results=folder)


def files(folder: Path) -> list[bytes]:
    inner = folder / "odd" / "standard"
    return [(inner / name).read_bytes() for name in ("records.csv", "summary.json")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("whole")
    rc.run(study(), results=folder)
    return files(folder)


def test_merged_parts_are_the_run_and_merging_again_changes_nothing(
    tmp_path: Path, whole: list[bytes]
) -> None:
    for text in ("2/3", "3/3", "1/3"):
        part(tmp_path, text)
    for _ in range(2):
        merge(study(), results=tmp_path)
        assert files(tmp_path) == whole


def test_parts_from_other_folders_and_overlapping_ones(tmp_path: Path, whole: list[bytes]) -> None:
    one, two = part(tmp_path / "a", "1/2"), part(tmp_path / "b", "2/2")
    extra = part(tmp_path / "c", "1/3")
    merge(study(), [one.path, two.path.parent, extra.path], results=tmp_path / "m")
    assert files(tmp_path / "m") == whole


def test_missing_cells_are_named_and_those_found_are_kept(
    tmp_path: Path, whole: list[bytes]
) -> None:
    part(tmp_path, "1/2")
    with pytest.raises(ResultsError, match=r"7 of 15 cells are missing: odd/4/1, .*ratecheck run"):
        merge(study(), results=tmp_path)
    assert not (tmp_path / "odd/standard/records.csv").exists()
    rc.run(study(), results=tmp_path)  # goes on from what was merged
    assert files(tmp_path) == whole


def test_a_foreign_design_is_refused_and_nothing_merged(tmp_path: Path) -> None:
    part(tmp_path, "1/2")
    other = part(tmp_path / "other", "2/2", study(sizes=(4, 8, 32)))
    ours = tmp_path / "odd/standard"
    with pytest.raises(DesignChangedError, match=r"shard-2.*sizes\[2\] was 32, is 16"):
        merge(study(), [ours, other.path], results=tmp_path)
    with pytest.raises(ResultsError, match="15 of 15 cells are missing"):
        merge(study(), [ours / "journal.sqlite"], results=tmp_path)


def test_conflicting_rows_are_found_and_nothing_merged(tmp_path: Path) -> None:
    first, second = part(tmp_path, "1/2"), part(tmp_path / "b", "1/2")
    request = Request.of(study(), tmp_path / "b", None, 0)
    with open_journal(second.path, request.design) as journal:
        held = journal.outcomes()["odd/16/0"]
        other = tuple((*row[:6], 0.25, *row[7:]) for row in held.rows)
        journal.append(Outcome(cell=held.cell, rows=other, seconds=held.seconds))
    with pytest.raises(ResultsError, match=r"cell odd/16/0 differs between .*replay odd/16/0"):
        merge(study(), [first.path, second.path], results=tmp_path)
    with pytest.raises(ResultsError, match="7 of 15 cells are missing"):
        merge(study(), [first.path], results=tmp_path)


def test_success_elsewhere_outweighs_a_failure(tmp_path: Path, whole: list[bytes]) -> None:
    broken = part(tmp_path / "a", "1/1", study(fails=True))
    assert len(broken.failed) == 5
    fine = part(tmp_path / "b", "1/1")
    for order in ([broken, fine], [fine, broken]):
        folder = tmp_path / str(order[0].failed == ())
        merge(study(), [p.path for p in order], results=folder)
        assert files(folder) == whole


def test_no_parts_and_no_such_part(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no journals of shards here: .* --shard 1/4"):
        merge(study(), results=tmp_path)
    with pytest.raises(InputError, match="there is no journal"):
        merge(study(), [tmp_path / "absent.sqlite"], results=tmp_path)
