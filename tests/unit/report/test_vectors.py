"""SVG made small: the same points, the same letters, every reference resolved."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratecheck.report.strokes import number, packed, shorter
from ratecheck.report.vectors import smaller

FIGURES = Path(__file__).resolve().parents[3] / "paper_figures"
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
coordinates = st.floats(-2000, 2000).map(lambda x: round(x, 6))
points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=12)


def absolute(path: str) -> list[tuple[float, float]]:
    """Return the points of a path of relative moves and lines, read independently."""
    x = y = 0.0
    found = []
    for step in re.findall(r"[mlz][^mlz]*", path):
        values = [float(text) for text in NUMBER.findall(step)]
        for dx, dy in zip(values[::2], values[1::2], strict=True):
            x, y = x + dx, y + dy
            found.append((x, y))
    return found


@given(points, st.integers(0, 3))
def test_every_point_stays_within_half_a_unit(line: list[tuple[float, float]], digits: int) -> None:
    path = " L ".join(f"{x:.6f} {y:.6f}" for x, y in line)
    found = absolute(shorter(f"M {path}", digits))
    assert len(found) == len(line)
    for seen, meant in zip(found, line, strict=True):
        assert seen == pytest.approx(meant, abs=0.5 * 10.0**-digits + 1e-6)


@given(st.lists(st.floats(-1e4, 1e4).map(lambda x: round(x, 3)), min_size=1))
def test_packed_numbers_are_read_back(values: list[float]) -> None:
    assert [float(t) for t in NUMBER.findall(packed(values))] == pytest.approx(values, abs=1e-6)


@pytest.mark.parametrize(("value", "text"), [(100.0, "100"), (-0.25, "-.25"), (1e-9, "0")])
def test_number(value: float, text: str) -> None:
    assert number(value) == text


def test_curves_and_closed_paths() -> None:
    told = shorter("M 1 1 Q 2 3 4 4 C 5 5 6 6 7 7 z M 10 10 L 11 11")
    assert told == "m1 1q1 2 3 3c1 1 2 2 3 3zm9 9 1 1"
    assert shorter("M 1 1 A 2 2 0 0 1 3 3") == "M 1 1 A 2 2 0 0 1 3 3"  # arcs are left alone


WORD = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<g id="unused"><g style="fill: #222222" transform="translate(1.234 2) scale(0.1 -0.1)">
<defs><path id="A" d="M 640 0 L 1280 6400 " transform="scale(0.015625)"/></defs>
<use xlink:href="#A"/><use xlink:href="#A" transform="translate(63.62 38.28) scale(0.7)"/></g>
<g style="fill: #222222" transform="translate(50 2) scale(0.1 -0.1)">
<use xlink:href="#A"/><use xlink:href="#A" transform="translate(63.62 38.28) scale(0.7)"/></g>
</g></svg>"""


def test_words_are_written_once_and_superscripts_stay_small() -> None:
    root = ET.fromstring(smaller(WORD))
    space = "{http://www.w3.org/2000/svg}"
    assert [path.get("d") for path in root.iter(space + "path")] == ["m64 0 64 640"]
    letters = [use.attrib for use in root.iter(space + "use") if "class" not in use.attrib]
    assert [use.get("transform") for use in letters] == [None, "translate(63.6 38.3)scale(.7)"]
    words = [use for use in root.iter(space + "use") if "class" in use.attrib]
    assert [word.get("transform") for word in words] == [
        "translate(1.2 2)scale(.1 -.1)", "translate(50 2)scale(.1 -.1)",
    ]  # fmt: skip
    assert len({word.get("href") for word in words}) == 1


@pytest.mark.parametrize("name", ["torus_rate_hero", "kernel_swap_table", "u_curve_1d_sizes"])
def test_real_pictures_shrink_and_every_reference_resolves(name: str) -> None:
    svg = (FIGURES / f"{name}.svg").read_text(encoding="utf-8")
    found = smaller(svg)
    assert len(found) < 0.5 * len(svg)
    assert len(ET.fromstring(found).findall(".//*")) <= len(ET.fromstring(svg).findall(".//*"))
    names = re.findall(r" id='([^']*)'", found)
    assert len(names) == len(set(names))
    used = {a or b for a, b in re.findall(r"url\(#([^)]*)\)|href='#([^']*)'", found)}
    assert used == set(names)
    classes = {word for text in re.findall(r" class='([^']*)'", found) for word in text.split()}
    assert classes <= set(re.findall(r"\.(\w+)\{", found))


MARKS = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<g><defs><path id="m1" d="M 0 3 L 3 0"/></defs><g clip-path="url(#c)">
<use xlink:href="#m1" x="10.04" y="20" style="fill: #111111"/>
<use xlink:href="#m1" x="30" y="15.5" style="fill: #111111"/>
<use xlink:href="#m1" x="31" y="15.5" style="fill: #111111"/>
<use xlink:href="#m1" x="40" y="1" style="fill: #222222"/></g></g>
<defs><clipPath id="c"><rect x="0" y="0" width="9" height="9"/></clipPath></defs></svg>"""


def test_marks_of_one_kind_become_one_path_others_stay() -> None:
    root = ET.fromstring(smaller(MARKS))
    space = "{http://www.w3.org/2000/svg}"
    (group,) = root.iter(space + "g")
    assert [(node.tag.removeprefix(space), node.get("d")) for node in group] == [
        ("path", "m10 20 20-4.5 1 0"), ("use", None),
    ]  # fmt: skip
    (marker,) = root.iter(space + "marker")
    sheet = "".join(style.text or "" for style in root.iter(space + "style"))
    assert f"{{fill:none;marker:url(#{marker.get('id')})}}" in sheet
    assert f".{marker[0].get('class')}{{fill:#111111}}" in sheet
    two = MARKS.replace('<use xlink:href="#m1" x="31" y="15.5" style="fill: #111111"/>', "")
    assert "<marker" not in smaller(two)
