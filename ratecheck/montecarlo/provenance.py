"""Where results come from: the identity header of a summary."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path
from typing import Any

from ratecheck.montecarlo.design import Design


def header(design: Design) -> dict[str, Any]:
    """Return seed, profile, versions, commit, platform and design, ready for JSON.

    There is no date and no timing in it: two runs of one design on one machine give equal bytes.
    """
    return {
        "profile": design.profile,
        "seed": design.seed,
        "versions": dict(design.versions),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "commit": commit(),
        "fingerprint": design.fingerprint,
        "design": design.text,
    }


def commit(folder: Path = Path(__file__).parent) -> str | None:
    """Return the git commit of the package's source, with ``+`` if it was changed since.

    None when the package is not under version control (an installed copy).
    """
    if _git(folder, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    head = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", "..")
    return head and head.strip() + ("+" if changed else "")


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            check=True,
            text=True,
            timeout=5,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
