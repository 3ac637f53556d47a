"""``python -m ratecheck``."""

from __future__ import annotations

from ratecheck.cli import main

main()
