"""Tests with the oldest releases that ``pyproject.toml`` allows: ``make test-lowest``.

Makes ``.venv-lowest`` with uv's resolution ``lowest-direct``, requires that every bound was really
met, and runs the tests of the library and of the command line there. Any arguments are given to
pytest instead: ``python3 -m tests.lowest tests/unit/networks``. Needs nothing but Python.

Warnings that something is deprecated are no errors here: old releases give them about the newer
ones that they meet.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv-lowest"
PYTHON = FOLDER / "bin" / "python"
EXTRAS = ("nn", "cluster", "sphere", "test")
TESTS = (
    "ratecheck", "tests/unit", "tests/contracts", "tests/fuzz", "tests/system/test_cli.py",
    "tests/system/test_store.py", "tests/system/test_new.py", "tests/system/test_cluster.py",
    "tests/system/test_report.py",
)  # fmt: skip
OPTIONS = (
    "-q", "-n", "2", "--dist", "worksteal", "--benchmark-disable", "-p", "no:cacheprovider",
    "-W", "ignore::DeprecationWarning", "-W", "ignore::FutureWarning",
)  # fmt: skip
VERSIONS = (
    "import json; from importlib.metadata import distributions as d; "
    "print(json.dumps({x.name.lower().replace('_', '-'): x.version for x in d()}))"
)


def bounds(project: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Yield name and lower bound of each direct dependency that is installed here.

    >>> list(bounds({"dependencies": ["a-b>=1.2"], "optional-dependencies": {"nn": ["C>=3"]}}))
    [('a-b', '1.2'), ('c', '3')]
    """
    optional = project["optional-dependencies"]
    assert isinstance(optional, dict)
    lists = [project["dependencies"], *(optional.get(extra, ()) for extra in EXTRAS)]
    for text in (text for texts in lists if isinstance(texts, list | tuple) for text in texts):
        if found := re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)", text):
            yield found[1].lower().replace("_", "-"), found[2]


def newer(installed: dict[str, str], wanted: Iterator[tuple[str, str]]) -> list[str]:
    """Return what is not at its bound: "2.2.2" is for the bound "2.2", "2.3" is not.

    >>> newer({"a": "2.2.2", "b": "2.3"}, iter([("a", "2.2"), ("b", "2.2"), ("c", "1")]))
    ['b 2.3 for 2.2', 'c absent for 1']
    """
    found = {name: (installed.get(name, "absent"), bound) for name, bound in wanted}
    return [
        f"{name} {version} for {bound}"
        for name, (version, bound) in found.items()
        if version.split(".")[: len(bound.split("."))] != bound.split(".")
    ]


def make() -> None:
    """Make the environment, or bring it up to date."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    python, uv = str(PYTHON), str(FOLDER / "bin" / "uv")
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run([python, "-m", "pip", "install", *quiet, "uv"], check=True)
    how = ("--resolution", "lowest-direct", "--editable", ".[test]")
    command = [uv, "pip", "install", "--quiet", "--python", python, *how]
    subprocess.run(command, cwd=ROOT, check=True)


def require_lowest() -> None:
    """Exit with a sentence unless everything is as old as it may be."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = subprocess.run([str(PYTHON), "-c", VERSIONS], capture_output=True, text=True, check=True)
    if odd := newer(json.loads(told.stdout), bounds(project)):
        raise SystemExit(
            f"no release at its lower bound: {', '.join(odd)}. Either the bound names a release "
            "that cannot be installed, or another dependency needs a newer one: raise it"
        )


def main() -> None:
    """Make the environment and run the tests."""
    make()
    require_lowest()
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [str(PYTHON), "-m", "pytest", *OPTIONS, *(sys.argv[1:] or TESTS)]
    raise SystemExit(subprocess.call(command, cwd=ROOT, env={**os.environ, **threads}))


if __name__ == "__main__":
    main()
