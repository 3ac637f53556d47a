"""The peers' virtual environment, built once with pinned versions: ``python -m`` this module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
FOLDER = HERE.parents[2] / "build" / "peers"


def python() -> Path:
    """Return the interpreter of the environment, building it where it is missing or outdated."""
    stamp, wanted = FOLDER / ".complete", REQUIREMENTS.read_text(encoding="utf-8")
    found = FOLDER / "bin" / "python"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
        options = ("--quiet", "--disable-pip-version-check", "--no-deps")
        subprocess.run([found, "-m", "pip", "install", *options, "-r", REQUIREMENTS], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return found


if __name__ == "__main__":
    print(python())
