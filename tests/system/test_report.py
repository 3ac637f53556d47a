"""``ratecheck report`` in a real browser: complete, quiet, reachable by keyboard, readable."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

import ratecheck as rc
from ratecheck.cli import main
from ratecheck.report.vectors import smaller

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
STUDY = ROOT / "results" / "saturation"  # exact: no interval has to be drawn again


def small(name: str) -> rc.RateStudy:
    return rc.RateStudy(
        name=name,
        problem=rc.Problem(
            domain=rc.domains.Torus(d=1), kernel=rc.kernels.PeriodicSobolev(order=1),
            target=rc.targets.Sobolev(smoothness=1.5, radius=16.0), noise=rc.noise.Gaussian(0.5),
        ),
        estimator=rc.GradientFlow(), stopping=(rc.stopping.TheoryTime(),),
        sizes=rc.schedules.dyadic(6, 9), replicates=3,
        claims=(rc.theory.clean_minimax("3/2", 1),),
    )  # fmt: skip


SOURCE = """import ratecheck as rc
from ratecheck.cli import study_main
from tests.system.test_report import small
STUDY = small("mine")
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a page about committed results, a study of one's own, and a damaged folder."""
    folder = tmp_path_factory.mktemp("report")
    shutil.copytree(STUDY, folder / "results" / "saturation")
    (folder / "studies").mkdir()
    (folder / "studies" / "mine.py").write_text(SOURCE)
    rc.run(small("mine"), results=folder / "results")
    broken = folder / "results" / "broken" / "standard"
    shutil.copytree(STUDY / "standard", broken)
    (broken / "records.csv").write_text("edited\n")
    arguments = ["report", "--figures", str(ROOT / "paper_figures"), "--output", "page.html"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
    assert stopped.value.code == 4  # one folder is damaged, the others are told
    return folder / "page.html"


def test_page_holds_verdicts_designs_figures_and_identity(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    assert len(text) < 3_000_000
    for words in (
        "Data-generating mechanism", "Estimands", "Performance measures", "Local slopes",
        "Diagnostics", "Environment and identity", "clean minimax, s=3/2, d=1",
        "results/saturation/standard/records.csv", "of 24 CONSISTENT", "expected study,size",
    ):  # fmt: skip
        assert words in text, words
    assert text.count("data:image/") == 2  # the committed figure, and one drawn for the own study
    assert not re.search(r"(src|href)=\"https?:", text)


def test_linked_files_exist(written: Path) -> None:
    links = set(re.findall(r'href="([^"#:]+)"', written.read_text(encoding="utf-8")))
    assert len(links) >= 4
    assert [link for link in links if not (written.parent / link).is_file()] == []


def test_wrong_names_and_places_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["report"])
    assert "no results in results" in capsys.readouterr().err
    shutil.copytree(STUDY, tmp_path / "results" / "saturation")
    with pytest.raises(SystemExit):
        main(["report", "satuartion"])
    assert "no results of satuartion" in capsys.readouterr().err
    (tmp_path / "taken").write_text("")
    with pytest.raises(SystemExit):
        main(["report", "--output", "taken/page.html"])
    assert "cannot write taken/page.html" in capsys.readouterr().err


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


def opened(browser: Any, path: Path, width: int, **settings: Any) -> tuple[Any, list[str]]:
    """Open a page; the list gets what it complains about or asks the network for."""
    tab = browser.new_context(viewport={"width": width, "height": 800}, **settings).new_page()
    noise: list[str] = []
    tab.on("console", lambda message: noise.append(message.text))
    tab.on("pageerror", lambda error: noise.append(str(error)))
    tab.on(
        "request",
        lambda asked: (
            None if asked.url.startswith(("data:", path.as_uri())) else noise.append(asked.url)
        ),
    )
    tab.goto(path.as_uri())
    return tab, noise


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_quiet_accessible_and_without_sideways_scrolling(
    browser: Any, written: Path, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab, noise = opened(browser, written, width, color_scheme=scheme)
    assert noise == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 100)")
    assert tab.locator("img").count() == 2
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", ["torus_rate", "evaluation_is_honest"])
def test_small_pictures_look_like_the_drawn_ones(browser: Any, tmp_path: Path, name: str) -> None:
    drawn = ROOT / "paper_figures" / f"{name}.svg"
    small = tmp_path / "small.svg"
    small.write_text(smaller(drawn.read_text(encoding="utf-8")), encoding="utf-8")
    shots = []
    for path in (drawn, small):
        tab, _ = opened(browser, path, 1400)
        tab.screenshot(path=tmp_path / "shot.png")
        shots.append(imread(tmp_path / "shot.png"))
    assert (shots[0] < 0.5).mean() > 0.005  # something is there
    assert (abs(shots[0] - shots[1]).max(axis=-1) > 0.3).mean() < 2e-4


def test_sections_are_reached_by_keyboard(browser: Any, written: Path) -> None:
    tab, _ = opened(browser, written, 1280, reduced_motion="reduce")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the verdicts"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("location.hash") == "#main"
    tab.goto(written.as_uri())
    reached: list[str] = []
    while len(reached) < 5:
        tab.keyboard.press("Tab")
        reached.append(str(tab.evaluate("document.activeElement.getAttribute('href')")))
    assert reached == ["#main", "#overview", "#broken-standard", "#mine-standard",
                       "#saturation-standard"]  # fmt: skip
    tab.keyboard.press("Enter")
    assert tab.evaluate("location.hash") == "#saturation-standard"
    top = tab.evaluate("document.getElementById('saturation-standard').getBoundingClientRect().top")
    assert -5 < top < 300


VISIBLE = """name => [...document.querySelectorAll(name)].map(e =>
    e.checkVisibility({contentVisibilityAuto: true}) && e.getBoundingClientRect().height > 0)"""


def test_print_keeps_claims_and_figures_and_says_where_the_rest_is(
    browser: Any, written: Path
) -> None:
    tab, _ = opened(browser, written, 720)  # about the width of A4: no layout of small screens
    note = tab.locator(".paper")
    assert not note.is_visible()
    tab.emulate_media(media="print")
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert "in the HTML page" in note.inner_text()
    assert tab.evaluate(VISIBLE, ".ledger, .bystudy, details.printed table, img")
    assert all(tab.evaluate(VISIBLE, ".ledger, .bystudy, details.printed table, img"))
    rest = tab.evaluate(VISIBLE, "details:not(.printed) table")  # controls, local slopes
    assert len(rest) >= 3
    assert not any(rest)
    assert all(tab.evaluate(VISIBLE, "details:not(.printed) > summary"))
    assert not tab.locator("nav").is_visible()
    assert tab.locator("thead").first.is_visible()


def test_the_printed_pages_are_few(browser: Any, written: Path) -> None:
    tab, _ = opened(browser, written, 1280)
    pages = tab.pdf(format="A4").count(b"/Type /Page\n")
    assert 2 <= pages <= 8  # two studies and a broken folder
    tab.add_style_tag(content="@media print { td { height: 10cm } }")
    assert tab.pdf(format="A4").count(b"/Type /Page\n") > 8


def test_a_bad_page_would_be_noticed(browser: Any, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "bad.html"
    path.write_text(
        "<html lang=en><title>x</title><body style='color:#ccc;background:#fff'><main><h1>t</h1>"
        "pale<img src='http://localhost:9/x.png'><div style='width:3000px'>wide</div></main>"
        "<script>console.error('loud')</script></body></html>"
    )
    tab, noise = opened(browser, path, 375)
    assert [text for text in noise if "loud" in text]
    assert [text for text in noise if "localhost" in text]
    assert not tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    names = {violation["id"] for violation in Axe().run(tab).response["violations"]}
    assert {"color-contrast", "image-alt"} <= names
