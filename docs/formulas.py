"""Formulas as pictures inside the pages, drawn by matplotlib: nothing comes from the web."""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final

from docutils import nodes
from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.textpath import TextPath

from ratecheck.report.strokes import shorter

SIZE: Final = 100.0  # units of the drawing to one em
LETTERS: Final = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}  # of matplotlib's path codes


def braced(found: re.Match[str]) -> str:
    """Return a fraction whose numerator and denominator stand in braces."""
    return r"\frac" + "".join(f"{{{part.strip('{}')}}}" for part in found.groups())


# What LaTeX allows and mathtext does not.
PLAIN: Final = (
    (r"\\le(?![a-z])", r"\\leq"),
    (r"\\ge(?![a-z])", r"\\geq"),
    (r"\\[td]frac", r"\\frac"),
    (r"\\frac ?(\w|\{[^{}]*\})(\w|\{[^{}]*\})", braced),
    (r"\\sqrt ?(\d|\\[a-z]+)", r"\\sqrt{\1}"),
    (r"\\[Bb]igg?[lrm]?(?![a-z])", ""),
)


def drawn(latex: str) -> str:
    """Return a formula as an SVG element of the size and colour of the text around it.

    Raises
    ------
    ValueError
        If it is more than matplotlib understands.
    """
    text = f"${mathtext(latex)}$"
    with rc_context({"mathtext.fontset": "stix"}):
        width, height, depth, *_ = MathTextParser("path").parse(text, 72, FontProperties(size=SIZE))
        outline = outlined(TextPath((0, 0), text, size=SIZE))
    ems = [f"{length / SIZE:.3f}em" for length in (width, height + depth, -depth)]
    return (
        f'<svg class="formula" role="img" aria-label="{escape(latex)}" xmlns="http://www.w3.org/2000/svg" '  # noqa: E501
        f'viewBox="0 {-height:.1f} {width:.1f} {height + depth:.1f}" '
        f'style="width:{ems[0]};height:{ems[1]};vertical-align:{ems[2]}">'
        f'<path fill="currentColor" d="{outline}"/></svg>'
    )


def mathtext(latex: str) -> str:
    """Return a formula in the part of LaTeX that matplotlib knows."""
    for pattern, simple in PLAIN:
        latex = re.sub(pattern, simple, latex)
    return " ".join(latex.split())


def outlined(path: TextPath) -> str:
    """Return path data; the ordinate of an SVG points down."""
    told = [
        LETTERS[int(code)] + " ".join(f"{x:.2f} {-y:.2f}" for x, y in points.reshape(-1, 2))
        for points, code in path.iter_segments(simplify=False, curves=True)
    ]
    return shorter(" ".join("Z" if text[0] == "Z" else text for text in told), decimals=1)


def inline(translator: Any, node: Any) -> None:  # noqa: ANN401 - Sphinx's translator, docutils' node
    """Write a formula into a line."""
    translator.body.append(drawn(node.astext()))
    raise nodes.SkipNode


def block(translator: Any, node: Any) -> None:  # noqa: ANN401 - as above
    """Write a formula on a line of its own, which scrolls where it is too long."""
    translator.body.append(f'<div class="formula">{drawn(node.astext())}</div>')
    raise nodes.SkipNode
