"""The documentation builds without a warning and shows every picture."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.test_layers import LAYERS

ROOT = Path(__file__).resolve().parents[2]
PICTURES = sorted((ROOT / "paper_figures").glob("*.png"))


def build(source: Path, output: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "--keep-going", "-b", "html",
         str(source), str(output)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("html")
    done = build(ROOT / "docs", output)
    assert done.returncode == 0, done.stderr
    return output


@pytest.mark.slow
def test_no_warning_and_every_page(built: Path) -> None:
    pages = {p.relative_to(ROOT / "docs").with_suffix(".html") for p in
             (ROOT / "docs").rglob("*.md") if "_build" not in p.parts}  # fmt: skip
    assert {page for page in pages if not (built / page).is_file()} == set()


@pytest.mark.slow
def test_reference_holds_the_public_names(built: Path) -> None:
    text = (built / "api.html").read_text(encoding="utf-8")
    for name in (
        "ratecheck.kernels.NTK", "ratecheck.theory.Claim", "ratecheck.slopes.fit",
        "ratecheck.regressors.KernelGradientFlowRegressor", "ratecheck.verify.verdict",
        "ratecheck.montecarlo.study.RateStudy", "ratecheck.risk.Adversarial",
    ):  # fmt: skip
        assert f'id="{name}"' in text, name


@pytest.mark.slow
def test_gallery_shows_every_picture(built: Path) -> None:
    shown = set(re.findall(r'alt="(\w+)"', (built / "gallery.html").read_text(encoding="utf-8")))
    assert {path.stem for path in PICTURES} - shown == set()


def test_a_broken_page_would_fail(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("extensions = ['myst_parser']\n")
    (tmp_path / "index.md").write_text("# One\n\n```{toctree}\nabsent\n```\n")
    assert build(tmp_path, tmp_path / "out").returncode != 0


def test_every_study_has_its_line() -> None:
    text = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    studies = sorted(path.stem for path in (ROOT / "studies").glob("*.py"))
    assert len(studies) > 30
    assert [name for name in studies if f"(../studies/{name}.py)" not in text] == []


def test_layers_are_told_in_their_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = text.partition("```text\n")[2].partition("```")[0]
    told = [name for line in block.splitlines() if line[0] != " "
            for name in line.partition("  ")[0].split()]  # fmt: skip
    there = {path.stem for path in (ROOT / "ratecheck").iterdir() if path.stem[0] != "_"}
    assert told == [name for layer in LAYERS for name in layer if name in there]


def formulas() -> Any:
    path = ROOT / "docs" / "formulas.py"
    spec = importlib.util.spec_from_file_location("formulas", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("latex", "mathtext"),
    [
        (r"a \le b \leq c", r"a \leq b \leq c"),
        (r"\tfrac14 \frac d2 \frac{a}{b}", r"\frac{1}{4} \frac{d}{2} \frac{a}{b}"),
        (r"\Bigl( \sqrt\pi \Bigr)", r"( \sqrt{\pi} )"),
        (r"\left| x \right|", r"\left| x \right|"),
    ],
)
def test_latex_is_told_as_matplotlib_knows_it(latex: str, mathtext: str) -> None:
    assert formulas().mathtext(latex) == mathtext


def test_formula_is_a_picture_with_words_that_stands_on_the_line() -> None:
    drawn = formulas().drawn
    picture = ET.fromstring(drawn(r"x_j < \frac{1}{2}"))
    assert picture.get("aria-label") == r"x_j < \frac{1}{2}"
    assert len(picture[0].get("d", "")) > 300
    told = [re.findall(r"height:([\d.]+)em;vertical-align:(-[\d.]+)em", drawn(f))[0]
            for f in ("x", r"\frac{x}{y}")]  # fmt: skip
    assert float(told[0][0]) < float(told[1][0])  # height
    assert float(told[0][1]) > float(told[1][1])  # reach below the line
    with pytest.raises(ValueError, match="Unknown symbol"):
        drawn(r"\nosuchsymbol")


@pytest.mark.slow
def test_pages_load_nothing_from_the_web(built: Path) -> None:
    for page in ("theory", "api", "index"):
        text = (built / f"{page}.html").read_text(encoding="utf-8")
        assert re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"https?://[^\"]*\"", text) == []
    assert 'class="formula"' in (built / "theory.html").read_text(encoding="utf-8")
