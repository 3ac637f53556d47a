"""One self-contained HTML page about results: verdicts, designs, figures, diagnostics, identity.

The page asks the network for nothing; it can be read on a phone, in print, with a keyboard and
without colours.
"""

from __future__ import annotations

from ratecheck.report.page import page
from ratecheck.report.pictures import Picture, picture
from ratecheck.report.sections import Section, broken_section, section, stored_section

__all__ = [
    "Picture",
    "Section",
    "broken_section",
    "page",
    "picture",
    "section",
    "stored_section",
]
