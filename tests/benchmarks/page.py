"""The page ``docs/benchmarks.md`` from the stored results: ``python -m tests.benchmarks.page``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import RESULTS

PAGE = Path("docs/benchmarks.md")
HEAD = """# Benchmarks

Written by `python -m tests.benchmarks.page` from `results/benchmarks/`; `make bench` measures
again and rewrites it. Each row is a ratio in one run to a named peer that does the same work. Times
are CPU seconds, medians, one thread for both; where they are none, the unit is given. A promise
reads `>=` where the ratio is peer over ours and `<=` where it is ours over peer's."""
NO_SECONDS = {"megabytes, not seconds": "MB", "exponents, not seconds": ""}
COLUMNS = "| what | peer | ours | peer's | ratio | promised | |\n|---|---|---|---|---|---|---|"


def number(value: float, unit: str) -> str:
    """Return a cost with three digits."""
    digits = f"{value:.3g}" if value < 1000 else f"{value:.0f}"
    return f"{digits} {unit}".strip()


def unit(row: dict[str, Any]) -> str:
    """Return the unit of a row; some results say it in the remark."""
    told = [unit for words, unit in NO_SECONDS.items() if row["remark"].startswith(words)]
    return told[0] if told else str(row.get("unit", "s"))


def remark(row: dict[str, Any]) -> str:
    """Return the remark without what is said by the unit."""
    text = str(row["remark"])
    for words in NO_SECONDS:
        text = text.removeprefix(words).removeprefix("; ")
    return text


def rows(ratios: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the table's rows."""
    for r in ratios:
        costs = (number(r[key], unit(r)) for key in ("ours_seconds", "peer_seconds"))
        note = "; ".join(filter(None, ("" if r["met"] else "**missed**", remark(r))))
        cells = (r["name"], r["peer"], *costs, f"{r['ratio']:.3g}", r["wanted"], note)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def section(name: str, record: dict[str, Any]) -> str:
    """Return one benchmark: machine, versions, table."""
    machine = f"{record['machine']['processor']}, Python {record['machine']['python']}"
    versions = ", ".join(f"{k} {v}" for k, v in record["versions"].items())
    title = name.replace("_", " ")
    table = "\n".join([COLUMNS, *rows(record["ratios"])])
    return f"## {title[0].upper()}{title[1:]}\n\n{machine}; {versions}.\n\n{table}"


def page(results: Path = RESULTS) -> str:
    """Return the page; files without ratios are no tables and are left out."""
    parts = [HEAD]
    for path in sorted(results.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if "ratios" in record:
            parts.append(section(path.stem, record))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
