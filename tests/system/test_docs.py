"""The documentation builds without a warning and shows every picture."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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
