"""Figure scripts on made-up results of the smoke profile, whose slopes are known beforehand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ratecheck.cli import catalogue
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.provenance import header
from ratecheck.montecarlo.records import write_records
from ratecheck.montecarlo.rows import COLUMNS, Values
from ratecheck.montecarlo.study import RateStudy, Suite
from ratecheck.reporting.suites import data_only
from ratecheck.theory import minimax_exponent
from ratecheck.types import ResultsError

# Script, pictures, panels side by side in each.
PICTURES = {
    "torus_rate": {"torus_rate": 4, "torus_rate_clean": 4, "torus_rate_slopes": 4},
    "mistuned_time": {"mistuned_time": 3},
    "adversarial_phase": {"adversarial_phase": 2, "phase_collapse": 2, "phase_diagram": 2},
    "ntk_rate": {"ntk_rate": 4},
    "lepski_adaptation": {"lepski_adaptation": 5},
}
HERO = "torus_rate_hero"
SPREAD = 0.02


def exponent(study: RateStudy, rule: str, risk: str) -> float:
    """Return the exponent that the made-up risk follows: the claimed one, if there is a claim."""
    for expected in study.expectations:
        if (expected.stopping, expected.risk) == (rule, risk):
            steeper = float(expected.claim.exponent)
            return steeper + (_oracle(study) if expected.relative_to else 0.0)
    return _oracle(study)


def _oracle(study: RateStudy) -> float:
    return float(minimax_exponent(str(study.problem.target.smoothness), 1))


def rows(suite: Suite) -> Iterator[Values]:
    rng = np.random.default_rng(0)
    for study in suite.studies:
        assert isinstance(study, RateStudy)
        for n in study.sizes:
            for replicate in range(study.replicates_at(n)):
                for rank, rule in enumerate(study.stopping):
                    for risk in study.risks:
                        power = n ** exponent(study, rule.name, risk.name)
                        value = power * (1.5 - 0.1 * rank) * float(np.exp(SPREAD * rng.normal()))
                        radius = risk.radius_at(n)
                        yield (
                            study.name, n, replicate, rule.name, risk.name, radius, value,
                            0.0, 1.0, 1, "CONVERGED", 0.5,
                        )  # fmt: skip


def invent(results: Path, name: str, profile: str = "smoke") -> None:
    """Write results of a study that was never run."""
    study = catalogue.load_study(name)
    assert isinstance(study, Suite)
    suite = study.at("smoke")
    design = Design.of(data_only(suite), profile=profile, seed=0)
    assert len(COLUMNS) == len(next(rows(suite)))
    write_records(results / name / profile, rows(suite), header(design))


def draw(name: str, results: Path, output: Path) -> list[Path]:
    module: Any = catalogue.load(catalogue.find("paper_figures", name))
    files: list[Path] = module.main(results, output)
    return files


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for name in PICTURES:
        invent(folder, name)
    return folder


@pytest.fixture(scope="module")
def output(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("output")
    for name, pictures in PICTURES.items():
        stems = [*pictures, *([HERO] if name == "torus_rate" else [])]
        expected = {f"{stem}.{kind}" for stem in stems for kind in ("pdf", "svg", "png", "csv")}
        assert {path.name for path in draw(name, results, folder)} == expected
    return folder


def image(path: Path) -> Any:
    from matplotlib.image import imread

    return imread(path)[..., :3]


def edges(picture: Any) -> bool:
    """Return whether something touches the border of a picture."""
    ink = (picture < 0.9).any(axis=-1)
    return any(edge.any() for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def coloured(picture: Any) -> float:
    """Return the share of pixels with a colour: marks and bands, not axes and letters."""
    return float((np.ptp(picture, axis=-1) > 0.15).mean())


def strips(picture: Any, count: int) -> list[Any]:
    return np.array_split(picture[picture.shape[0] // 8 :], count, axis=1)


ALL = [(stem, count) for pictures in PICTURES.values() for stem, count in pictures.items()]


@pytest.mark.parametrize(("stem", "panels"), [*ALL, (HERO, 1)])
def test_no_panel_is_empty_and_nothing_is_clipped(output: Path, stem: str, panels: int) -> None:
    picture = image(output / f"{stem}.png")
    assert not edges(picture)
    assert 0.01 < (picture < 0.9).any(axis=-1).mean() < 0.5
    assert min(coloured(strip) for strip in strips(picture, panels)) > 5e-4


def test_empty_panels_and_clipped_words_would_be_seen(tmp_path: Path) -> None:
    from ratecheck.plotting import new_figure, styled

    with styled():
        figure, ((first, second),) = new_figure(2)
        first.plot([0, 1], color="red")
        second.set_xlabel("much too long a label " * 6)
        figure.savefig(tmp_path / "x.png")
    picture = image(tmp_path / "x.png")
    assert edges(picture)
    assert coloured(strips(picture, 2)[0]) > 5e-4 > coloured(strips(picture, 2)[1])


def numbers(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("stem", ["torus_rate_slopes", "mistuned_time", "adversarial_phase"])
def test_drawn_slopes_are_those_of_the_records(output: Path, stem: str) -> None:
    drawn = [r for r in numbers(output / f"{stem}.csv") if r["quantity"] == "slope"]
    theory = {(r["panel"], round(float(r["x"]), 6)): float(r["value"])
              for r in drawn if r["series"] == "theory"}  # fmt: skip
    measured = [r for r in drawn if r["series"] not in {"theory", "wrong claim"}]
    assert len(measured) >= 12
    assert all(float(r["low"]) < float(r["value"]) < float(r["high"]) for r in measured)
    if stem == "mistuned_time":
        for r in measured:
            on_line = theory[r["panel"], round(float(r["x"]), 6)]
            assert float(r["value"]) == pytest.approx(on_line, abs=4 * SPREAD)


def test_collapse_is_the_risk_times_the_power(output: Path, results: Path) -> None:
    drawn = [r for r in numbers(output / "phase_collapse.csv") if r["quantity"] == "scaled risk"]
    report = stored_report(results, "adversarial_phase")
    study = report.suite.studies[0]
    assert isinstance(study, RateStudy)
    n, risk = study.sizes[0], study.risks[1]
    values = [row[6] for row in report.data.rows if row[:2] == (study.name, n)
              and row[3:5] == ("TheoryTime", risk.name)]  # fmt: skip
    scaled = np.mean(np.array(values, dtype=float)) * n**0.6  # s = 3/4: n^(-3/5), corner 2/5
    first = next(r for r in drawn if r["panel"] == "s = 3/4" and r["series"] == f"n = {n}")
    assert float(first["value"]) == pytest.approx(scaled)
    assert float(first["x"]) == pytest.approx(risk.radius_at(n) * n**0.4)


def test_same_results_give_the_same_bytes(output: Path, results: Path, tmp_path: Path) -> None:
    for path in draw("lepski_adaptation", results, tmp_path):
        assert path.read_bytes() == (output / path.name).read_bytes()


def test_another_profile_is_drawn_but_said(results: Path, output: Path) -> None:
    report = stored_report(results, "mistuned_time")
    assert report.profile == "smoke"
    assert "smoke profile" in caveat(report)
    svg = (output / "mistuned_time.svg").read_text(encoding="utf-8")
    assert "drawn from the smoke profile" in svg  # matplotlib writes each text as a comment, too


def test_standard_is_preferred_and_absence_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="ratecheck run mistuned_time"):
        stored_report(tmp_path, "mistuned_time")
    for profile in ("smoke", "paper"):
        folder = tmp_path / "mistuned_time" / profile
        folder.mkdir(parents=True)
        (folder / "summary.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ResultsError, match="paper"):  # the better of the two is read
        stored_report(tmp_path, "mistuned_time")
