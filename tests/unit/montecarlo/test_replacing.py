"""Files are replaced whole, and nothing stays behind for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ratecheck.montecarlo.replacing import replace_file

HOUR = 3600

KILLED = """
import os, signal
from pathlib import Path
from ratecheck.montecarlo.replacing import replace_file
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
replace_file(Path({path!r}), b"half")
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed(path: Path) -> str:
    """Return the name of what a process leaves that is killed in the middle of a replacement."""
    program = KILLED.format(path=str(path))
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = [name for name in names(path.parent) if name.endswith(".part")]
    return left


@pytest.mark.parametrize("name", ["summary.json", "[a].md"])
def test_what_a_killed_process_left_goes_at_the_next_write(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"whole")
    killed(path)
    assert path.read_bytes() == b"whole"
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == [name]


def test_what_others_still_write_or_own_stays(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    left = killed(path)
    ended = left.rpartition("-")[2]
    start = left.removesuffix(ended)
    machine = start[-9:-1]
    other = "0" * 8 if machine != "0" * 8 else "1" * 8
    (tmp_path / left).unlink()
    kept = [
        f"{start}{os.getppid()}.part",  # alive
        f".summary.json.{other}-{ended}",  # of another machine
        f".records.csv.{machine}-{ended}",  # of another file
        ".summary.json.1234",  # whoever made this
        ".summary.json.part",
        "summary.json.part",
    ]
    for name in kept:
        (tmp_path / name).touch()
    replace_file(path, b"new")
    assert names(tmp_path) == sorted([*kept, "summary.json"])


def test_files_of_other_machines_go_when_they_are_days_old(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    left = tmp_path / ".summary.json.0a1b2c3d-17.part"
    for age, stays in ((23 * HOUR, True), (25 * HOUR, False)):
        left.touch()
        then = left.stat().st_mtime - age
        os.utime(left, (then, then))
        replace_file(path, b"new")
        assert left.exists() is stays


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "summary.json"
    path.write_bytes(b"whole")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"new")
    assert names(tmp_path) == ["summary.json"]
    assert path.read_bytes() == b"whole"
