"""The page ``docs/benchmarks.md`` from the stored results: ``python -m tests.benchmarks.page``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import RESULTS

PAGE = Path("docs/benchmarks.md")
HEAD = """# Benchmarks

Written by `python -m tests.benchmarks.page` from `results/benchmarks/`; `make bench` measures
again and rewrites it. Each row is a ratio in one run to a named peer that does the same work. Times
are CPU seconds, medians, one thread for both; where they are none, the unit is given. A promise
reads `>=` where the ratio is peer over ours and `<=` where it is ours over peer's. At the end stand
runs of endurance, which have no peer: they count what was lost."""
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
    title = name.replace("_", " ")
    table = "\n".join([COLUMNS, *rows(record["ratios"])])
    return f"## {title[0].upper()}{title[1:]}\n\n{machine(record)}\n\n{table}"


def machine(record: dict[str, Any]) -> str:
    """Return machine and versions of a record as a line."""
    told = f"{record['machine']['processor']}, Python {record['machine']['python']}"
    return f"{told}; {', '.join(f'{k} {v}' for k, v in record['versions'].items())}."


def soak(record: dict[str, Any]) -> str:
    """Return the section of ``tests/benchmarks/soak_cluster.py``, which stores a success only."""
    return f"""## Soak of a cluster

{machine(record)}

`python -m tests.benchmarks.soak_cluster --cells {record["cells"]} --kills {record["kills"]}`:
{record["cells"]} tiny cells through Dask with {record["workers"]} workers, of which
{record["killed"]} were killed (SIGKILL) at random moments, in {record["seconds"]:.0f} s. Every cell
was written exactly once, with the rows of a serial run."""


def counted(record: dict[str, Any]) -> str:
    """Return the table of what happened how often."""
    lines = (f"| {name} | {count} |" for name, count in record["counts"].items())
    return "\n".join(["| what happened | times |", "|---|---|", *lines])


def kills(record: dict[str, Any]) -> str:
    """Return the section of ``tests/system/kills.py``."""
    problems = "; ".join(record["problems"]) or "none"
    return f"""## Runs ended by signals

{machine(record)}

`python -m tests.system.kills --kills {record["signals"]} --seed {record["seed"]} --pause
{record["pause"]:g}`: a run of {record["cells"]} cells, each {record["pause"]:g} s and more, is
ended at a random moment and begun again, {record["signals"]} times, with one worker or two;
{record["completed"]} runs were complete in the end, with the bytes of an undisturbed run and every
cell once. Problems (a finished cell lost or counted twice, a traceback of ours, no word at all):
{problems}. Where Python itself was still
starting, the words are the interpreter's.

{counted(record)}"""


def kills_commands(record: dict[str, Any]) -> str:
    """Return the section of ``tests/system/kills_commands.py``."""
    problems = "; ".join(record["problems"]) or "none"
    return f"""## Other commands ended by signals

{machine(record)}

`python -m tests.system.kills_commands --kills {record["kills"]} --seed {record["seed"]}`: every
command that writes or takes long, ended at a random moment; afterwards each file is the one before
or the complete new one, and no record has changed. Problems: {problems}.

{counted(record)}"""


ENDURANCE: dict[str, Callable[[dict[str, Any]], str]] = {
    "soak_cluster": soak,
    "kills": kills,
    "kills_commands": kills_commands,
}


def page(results: Path = RESULTS) -> str:
    """Return the page; files without ratios are no tables and are left out, but for `ENDURANCE`."""
    paths = sorted(results.glob("*.json"))
    records = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    parts = [HEAD, *(section(k, record) for k, record in records.items() if "ratios" in record)]
    parts += [told(records[name]) for name, told in ENDURANCE.items() if name in records]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
