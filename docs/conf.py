"""Settings of Sphinx. The gallery is written from the committed pictures when a build begins."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from typing import Any

from ratecheck.cli.catalogue import title
from ratecheck.cli.reporting import drawn_by

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))

import formulas  # noqa: E402 - of this folder

OUTSIDE = re.compile(r"(``.*?``|`[^`]*`)|\|")

project = "ratecheck"
author = "The ratecheck developers"
copyright = "the ratecheck developers"
release = version = runpy.run_path(str(ROOT / "ratecheck" / "_version.py"))["__version__"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build"]
root_doc = "index"

myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say the types, and what they mean
autodoc_member_order = "bysource"
autodoc_default_options = {
    "members": True,
    "exclude-members": "set_score_request",  # scikit-learn's, with references to its own pages
}
napoleon_google_docstring = False
napoleon_use_ivar = True  # an attribute is described once, in its class
napoleon_use_rtype = False
default_role = "literal"

html_theme = "furo"
html_title = f"ratecheck {release}"
html_static_path = ["_static"]
html_css_files = ["formulas.css"]
html_math_renderer = "drawn"
suppress_warnings = [
    "myst.xref_missing",  # links to files of the source tree: tests/system/test_readme.py has them
    "ref.python",  # an attribute's name may be that of attributes of several classes
]


def setup(app: Any) -> None:  # noqa: ANN401 - Sphinx's application
    """Write the gallery before the pages are read, and make |x| mean the absolute value."""
    app.add_html_math_renderer("drawn", (formulas.inline, None), (formulas.block, None))
    app.connect("builder-inited", lambda _: write_gallery())
    app.connect("autodoc-process-docstring", keep_bars, priority=900)


def keep_bars(*given: Any) -> None:  # noqa: ANN401 - what Sphinx hands over
    """Escape bars, which reStructuredText would take for substitutions, outside literals.

    Formulas keep theirs: a formula ends at a blank line.
    """
    lines, formula = given[-1], False
    for index, line in enumerate(lines):
        formula = line.lstrip().startswith(".. math::") or (formula and bool(line.strip()))
        if not formula:
            lines[index] = OUTSIDE.sub(lambda bar: bar[1] or r"\|", line)


def write_gallery() -> None:
    """List every committed picture below the first lines of the script that draws it."""
    lines = ["# Gallery", "", "Drawn by `make figures` from `results/` alone.", ""]
    for script in sorted((ROOT / "paper_figures").glob("*.py")):
        stems = drawn_by(script.stem, script.parent)
        if stems:
            lines += [f"## {script.stem}", "", title(script), ""]
            lines += [f"![{name}](../paper_figures/{name}.png)\n" for name in stems]
    path, page = ROOT / "docs" / "gallery.md", "\n".join(lines)
    if not path.is_file() or path.read_text(encoding="utf-8") != page:
        path.write_text(page, encoding="utf-8")
