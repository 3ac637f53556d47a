"""Figures: files, bytes, numbers behind them, nothing empty or clipped."""

from __future__ import annotations

import csv
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ratecheck.assertions.intervals import of_mean
from ratecheck.plotting import (
    Curve,
    Panel,
    Prediction,
    decade_ticks,
    draw_bars,
    farthest_from,
    look,
    new_figure,
    save,
    slope_figure,
    styled,
)
from ratecheck.plotting.style import COLOURS
from ratecheck.slopes import fit
from ratecheck.types import InputError, ResultsError

SIZES = 2.0 ** np.arange(8, 15)


def panel(title: str = "s = 1", exponent: str = "-2/3") -> Panel:
    rng = np.random.default_rng(0)
    rows = [n ** float(Fraction(exponent)) * rng.chisquare(9, 16) / 9 for n in SIZES]
    curves = [
        Curve(label=name, fit=fit(SIZES, [c * r for r in rows], resamples=200))
        for name, c in (("TheoryTime", 1.0), ("Oracle", 0.8))
    ]
    return Panel(curves=curves, predictions=(Prediction(exponent=Fraction(exponent)),), title=title)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return slope_figure([panel()], tmp_path_factory.mktemp("drawn") / "x.pdf", title="study")


def test_four_files_that_are_the_same_every_time(drawn: list[Path], tmp_path: Path) -> None:
    first = drawn
    second = slope_figure([panel()], tmp_path / "b" / "x", title="study")
    assert [p.name for p in first] == ["x.pdf", "x.svg", "x.png", "x.csv"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    changed = slope_figure([panel(exponent="-1/2")], tmp_path / "c" / "x", title="study")
    for one, other in zip(first, changed, strict=True):
        assert one.read_bytes() != other.read_bytes()


def test_csv_holds_every_number(drawn: list[Path]) -> None:
    curve = panel().curves[1]
    with drawn[-1].open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    risk = [r for r in rows if r["quantity"] == "risk" and r["series"] == "Oracle"]
    assert [float(r["value"]) for r in risk] == curve.fit.means.tolist()
    assert all(float(r["low"]) < float(r["value"]) < float(r["high"]) for r in risk)
    local = [r for r in rows if r["quantity"] == "local slope" and r["series"] == "Oracle"]
    assert [float(r["value"]) for r in local] == [e.value for e in curve.fit.local]


def test_predicted_line_has_the_exponent_and_lies_below_the_data(drawn: list[Path]) -> None:
    with drawn[-1].open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    line = np.array(
        [(float(r["n"]), float(r["value"])) for r in rows if r["quantity"] == "prediction"]
    )
    slope = np.diff(np.log(line[[0, -1]]), axis=0)[0]
    assert slope[1] / slope[0] == pytest.approx(-2 / 3, abs=1e-12)
    lowest = min(
        float(r["value"]) / float(r["n"]) ** (-2 / 3) for r in rows if r["quantity"] == "risk"
    )
    assert np.all(line[:, 1] / line[:, 0] ** (-2 / 3) < lowest)


def _image(path: Path) -> Any:
    from matplotlib.image import imread

    return imread(path)[..., :3]


def test_picture_is_neither_empty_nor_clipped(tmp_path: Path) -> None:
    image = _image(slope_figure([panel(), panel("s = 2", "-4/5")], tmp_path / "x")[2])
    ink = (image < 0.9).any(axis=-1)
    assert 0.01 < ink.mean() < 0.5
    assert not any(edge.any() for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def test_empty_picture_would_be_noticed(tmp_path: Path) -> None:
    with styled():
        figure, _ = new_figure(1)
        figure.clear()
        figure.savefig(tmp_path / "x.png")
    assert (_image(tmp_path / "x.png") < 0.9).any(axis=-1).mean() < 0.01


def test_series_differ_in_grey_and_in_shape() -> None:
    looks = [look(index) for index in range(len(COLOURS))]
    grey = [_luminance(entry["color"]) for entry in looks]
    assert len({entry["marker"] for entry in looks}) == len(looks)
    assert len({str(entry["linestyle"]) for entry in looks}) == len(looks)
    assert min(abs(a - b) for a, b in pairwise(grey)) > 0.1


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_style_does_not_leak() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with styled():
        new_figure(1)
        assert dict(mpl.rcParams) != before
    assert dict(mpl.rcParams) == before


def test_nothing_to_draw_is_refused(tmp_path: Path) -> None:
    for panels in ([], [Panel(curves=())]):
        with pytest.raises(InputError, match="at least one panel"):
            slope_figure(panels, tmp_path / "x")


def test_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot write the figure"):
        slope_figure([panel()], tmp_path / "file" / "x")


def test_farthest_from_is_the_naive_maximum_of_what_follows() -> None:
    values = np.random.default_rng(0).normal(size=50)
    naive = [max(abs(v) for v in values[i:]) for i in range(50)]
    np.testing.assert_array_equal(farthest_from(values), naive)
    assert (np.diff(farthest_from(values)) <= 0).all()


@pytest.mark.parametrize(
    ("ends", "labelled"), [((3e-4, 6e-3), 4), ((1.1, 1.9), 0), ((1e-5, 1e-1), None)]
)
def test_decade_ticks_are_one_two_five_where_decades_are_too_few(
    ends: tuple[float, float], labelled: int | None
) -> None:
    with styled():
        _, ((axes,),) = new_figure(1)
        axes.set(yscale="log", ylim=ends)
        before = list(axes.get_yticks())
        decade_ticks(axes)
        after = [tick for tick in axes.get_yticks() if ends[0] <= tick <= ends[1]]
    assert axes.get_ylim() == pytest.approx(ends)
    if labelled is None:
        assert list(axes.get_yticks()) == before
    else:
        assert len(after) == labelled
        assert {round(t / 10.0 ** np.floor(np.log10(t))) for t in after} <= {1, 2, 5}


def test_bars_of_series_stand_beside_each_other_with_their_intervals() -> None:
    rng = np.random.default_rng(1)
    levels = {n: rng.normal(n, 0.1, size=12) for n in (3, 4, 8)}
    with styled():
        _, ((axes,),) = new_figure(1)
        found = [draw_bars(axes, levels, look(rank), rank) for rank in range(3)]
    assert found[0] == [of_mean(values) for values in levels.values()]
    places = np.array([bars[0].get_xdata() for bars in axes.containers])
    assert (np.diff(places, axis=0) > 0).all()
    assert abs(places - np.array(list(levels))).max() < 0.5
    (reach,) = axes.containers[0][2]
    np.testing.assert_allclose(
        [segment[:, 1] for segment in reach.get_segments()], [(i.low, i.high) for i in found[0]]
    )


def test_files_are_those_that_savefig_writes_more_slowly(tmp_path: Path) -> None:
    leave_out: dict[str, dict[str, Any]] = {
        "png": {"Software": None}, "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    }  # fmt: skip
    with styled():
        figure, ((axes,),) = new_figure(1)
        axes.plot([1, 2, 4], [3, 1, 2], label="$n^{-1/2}$", **look(0))
        axes.legend()
        save(figure, tmp_path / "own", ["n"], [[1]])
        for kind, metadata in leave_out.items():
            figure.savefig(tmp_path / f"other.{kind}", metadata=metadata)
    for kind in leave_out:
        own, other = (tmp_path / f"{name}.{kind}" for name in ("own", "other"))
        assert own.read_bytes() == other.read_bytes(), kind
