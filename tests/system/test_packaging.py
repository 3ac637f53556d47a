"""The wheel that users get: it builds, its metadata pass, it works from any folder."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOST = re.compile(
    r"https?://|--index-url|--extra-index|--find-links|--trusted-host|@ file:|\b/home/"
)


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), ".")
    run(*command, cwd=ROOT)
    return folder


def wheel(folder: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(folder.glob("ratecheck-*.whl")))


def test_metadata_pass_the_strict_check(built: Path) -> None:
    files = [str(path) for path in built.iterdir()]
    assert len(files) == 2
    assert "FAILED" not in run(sys.executable, "-m", "twine", "check", "--strict", *files, cwd=ROOT)


def test_wheel_holds_the_typed_package_and_nothing_foreign(built: Path) -> None:
    names = set(wheel(built).namelist())
    assert "ratecheck/py.typed" in names
    expected = {str(p.relative_to(ROOT)) for p in (ROOT / "ratecheck").rglob("*.py")}
    assert expected <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"ratecheck"}
    assert not [name for name in names if name.startswith("ratecheck/tests")]


def test_wheel_holds_scripts_and_templates_but_no_drawn_figure(built: Path) -> None:
    archive = wheel(built)
    names = set(archive.namelist())
    for kind, folder in (("studies", "_studies"), ("paper_figures", "_figures")):
        scripts = {f"ratecheck/{folder}/{path.name}" for path in (ROOT / kind).glob("*.py")}
        assert scripts <= names
    drawn = [n for n in names if n.endswith((".png", ".pdf", ".svg", ".csv"))]
    assert drawn == []
    assert {"ratecheck/report/templates/page.html.j2", "ratecheck/report/templates/style.css",
            "ratecheck/cli/study.py.txt"} <= names  # fmt: skip
    assert sum(entry.compress_size for entry in archive.infolist()) < 3_000_000


def test_source_distribution_can_build_the_documentation(built: Path) -> None:
    with tarfile.open(next(built.glob("ratecheck-*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"docs/conf.py", "docs/tutorial.md", "tests/conftest.py", "LICENSE"} <= names
    assert not [n for n in names if n.startswith("paper_figures/") and n.endswith(".png")]


def test_wheel_states_python_licence_and_command(built: Path) -> None:
    archive = wheel(built)
    info = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(archive.read(info).decode())
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    entries = archive.read(info.replace("METADATA", "entry_points.txt")).decode()
    assert "ratecheck = ratecheck.cli:main" in entries


def test_unpacked_wheel_imports_from_any_folder(built: Path, tmp_path: Path) -> None:
    wheel(built).extractall(tmp_path / "site")
    code = "import sys; sys.path.insert(0, 'site'); import ratecheck; print(ratecheck.__file__)"
    assert str(tmp_path / "site") in run(sys.executable, "-c", code, cwd=tmp_path)


def pinned(lines: Iterable[str]) -> dict[str, str]:
    found = re.findall(r"(?m)^([a-z0-9.-]+)==([^ ;\\]+)", "\n".join(lines))
    return {name.replace("_", "-"): version for name, version in found}


def unhashed(text: str) -> list[str]:
    """Return the requirements of a lock file that carry no hash."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", text)
    return [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def test_lock_pins_everything_by_hash_and_names_no_registry() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert unhashed(text) == []
    assert not HOST.search(text)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + extras["test"]
    own = [entry for entry in wanted if entry.startswith("ratecheck[")]  # extras it tests with
    assert own == ["ratecheck[nn,cluster,sphere,docs]"]
    wanted = [entry for entry in wanted if entry not in own]
    wanted += extras["nn"] + extras["cluster"] + extras["sphere"] + extras["docs"]
    names = {re.split(r"[<>=\[ ]", entry)[0] for entry in wanted}
    assert names <= set(pinned(text.splitlines()))


def test_lock_check_sees_a_missing_hash_and_an_address() -> None:
    assert unhashed("numpy==2.0 \\\n    --hash=sha256:00\nscipy==1.0\n") == ["scipy==1.0\n"]
    assert HOST.search("--index-url somewhere")
    assert HOST.search("a @ https" + "://somewhere")


def test_newest_change_is_of_this_version() -> None:
    version = re.search(r'= "(.+)"', (ROOT / "ratecheck" / "_version.py").read_text())
    assert version is not None
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {version[1]}" in citation
