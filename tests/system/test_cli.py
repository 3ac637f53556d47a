"""The command line as a user meets it: output, errors in one sentence, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import ratecheck as rc
from ratecheck.cli import catalogue, main
from ratecheck.montecarlo.journal import read_journal
from ratecheck.types import InputError
from tests.system.tiny import hear

STUDY = '''"""A tiny study of the torus.

More words."""

from __future__ import annotations

import ratecheck as rc
from ratecheck.cli import study_main

STUDY = rc.RateStudy(
    name="tiny",
    problem=rc.Problem(
        domain=rc.domains.Torus(d=1),
        kernel=rc.kernels.PeriodicSobolev(order=1),
        target=rc.targets.Sobolev(smoothness=1.5, radius=1.0, band=256),
        noise=rc.noise.Gaussian(sigma=0.5),
    ),
    estimator=rc.GradientFlow(),
    stopping=(rc.stopping.TheoryTime(), rc.stopping.PowerTime(c=1.0, exponent=0.5)),
    sizes=(32, 64, 128, 256),
    replicates=4,
    claims=({claim},),
    margin={margin},
    profiles=(
        rc.Profile(name="wide", sizes=(32, 64, 128), replicates=40),
        rc.Profile(name="endless", sizes=(32, 64, 128), replicates=10_000),
    ),
)

if __name__ == "__main__":
    study_main(STUDY)
'''


RIGHT = 'rc.theory.clean_minimax("3/2", 1)'
WRONG = f"__import__('dataclasses').replace({RIGHT}, exponent=__import__('fractions').Fraction(2))"


def write_study(margin: float = 5.0, claim: str = RIGHT) -> None:
    Path("studies").mkdir(exist_ok=True)
    text = STUDY.replace("{margin}", str(margin)).replace("{claim}", claim)
    Path("studies/tiny.py").write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_study()
    return tmp_path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def function(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return function


Call = Callable[..., tuple[int, str, str]]


def sentence(err: str) -> str:
    """Return the error, which must be one line without a traceback."""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def test_list_names_the_studies_and_their_results(call: Call) -> None:
    code, out, _ = call("list")
    assert code == 0
    assert "tiny" in out
    assert "A tiny study of the torus." in out
    call("run", "tiny", "--profile", "smoke")
    code, out, _ = call("list", "--json")
    (entry,) = (e for e in json.loads(out) if e["study"] == "tiny")
    assert entry["results"] == ["smoke"]


def test_run_prints_the_report_and_writes_the_files(call: Call) -> None:
    code, out, err = call("run", "tiny")
    assert (code, err) == (0, "")
    for words in ("Aims", "Data", "Estimands", "Methods", "Performance", "CONSISTENT", "-3/4"):
        assert words in out
    names = sorted(path.name for path in Path("results/tiny/standard").iterdir())
    assert names == ["costs.json", "journal.sqlite", "records.csv", "summary.json"]
    summary = json.loads(Path("results/tiny/standard/summary.json").read_text())
    assert summary["seed"] == 0
    assert {v["verdict"] for v in summary["verdicts"]} == {"CONSISTENT"}
    assert len(summary["slopes"]) == 2


def test_a_second_run_computes_nothing_and_changes_no_byte(call: Call) -> None:
    call("run", "tiny")
    before = Path("results/tiny/standard/records.csv").read_bytes()
    with read_journal(Path("results/tiny/standard/journal.sqlite")) as journal:
        seconds = journal.finished()
    call("run", "tiny", "--workers", "2")
    assert Path("results/tiny/standard/records.csv").read_bytes() == before
    with read_journal(Path("results/tiny/standard/journal.sqlite")) as journal:
        assert journal.finished() == seconds


def test_two_workers_write_the_same_bytes(call: Call) -> None:
    call("run", "tiny")
    call("run", "studies/tiny.py", "--workers", "2", "--results", "other")
    one, two = (Path(root, "tiny", "standard") for root in ("results", "other"))
    assert (one / "records.csv").read_bytes() == (two / "records.csv").read_bytes()
    summaries = [json.loads((path / "summary.json").read_text()) for path in (one, two)]
    for summary in summaries:
        del summary["commit"]  # somebody may commit between the two runs
    assert summaries[0] == summaries[1]


def test_another_seed_is_another_design(call: Call) -> None:
    call("run", "tiny")
    code, _, err = call("run", "tiny", "--seed", "1")
    assert code == 4
    assert "seed was 0, is 1" in sentence(err)
    assert call("run", "tiny", "--seed", "1", "--fresh")[0] == 0


def test_a_changed_study_is_refused_with_and_without_a_journal(call: Call) -> None:
    call("run", "tiny")
    path = Path("studies/tiny.py")
    path.write_text(path.read_text().replace("sigma=0.5", "sigma=0.25"))
    for _ in range(2):
        code, _, err = call("run", "tiny")
        assert code == 4
        assert "noise.sigma was 0.5, is 0.25" in sentence(err)
        assert "--fresh" in err
        Path("results/tiny/standard/journal.sqlite").unlink(missing_ok=True)
    assert call("run", "tiny", "--fresh")[0] == 0


def test_a_changed_claim_is_judged_anew_without_a_new_run(call: Call) -> None:
    call("run", "tiny", "--profile", "wide")
    write_study(margin=0.05, claim=WRONG)
    code, out, _ = call("run", "tiny", "--profile", "wide")
    assert code == 1
    assert "REFUTED" in out


def test_verify_gives_one_table_claim_by_claim(call: Call) -> None:
    call("run", "tiny")
    call("run", "tiny", "--profile", "wide")
    code, out, _ = call("verify")
    assert code == 0
    assert out.count("CONSISTENT") == 4
    code, out, _ = call("verify", "--profile", "wide", "--json")
    assert {entry["profile"] for entry in json.loads(out)} == {"wide"}
    assert len(json.loads(out)) == 2


def test_verify_judges_the_records_and_not_the_stored_words(call: Call) -> None:
    call("run", "tiny", "--profile", "wide")
    write_study(margin=0.05, claim=WRONG)
    assert call("verify")[0] == 1
    write_study(margin=1e-6)
    assert call("verify")[0] == 3


def test_verify_takes_the_stored_verdicts_of_an_unknown_study(call: Call) -> None:
    call("run", "tiny")
    Path("studies/tiny.py").unlink()
    code, out, err = call("verify")
    assert code == 0
    assert out.count("CONSISTENT") == 2
    assert "stored" in err


def test_verify_refuses_edited_records(call: Call) -> None:
    call("run", "tiny")
    path = Path("results/tiny/standard/records.csv")
    path.write_text(path.read_text().replace("CONVERGED", "EDGE_LOW", 1))
    call("run", "tiny", "--profile", "wide")
    code, out, err = call("verify")
    assert code == 4
    assert "edited" in sentence(err)
    assert "wide" in out  # the sound results are told all the same


def test_verify_without_results(call: Call) -> None:
    code, _, err = call("verify")
    assert code == 4
    assert "run a study first" in sentence(err)


def test_replay_is_identical_to_the_journal_and_to_the_records(call: Call) -> None:
    call("run", "tiny", "--workers", "2", "--seed", "5")
    code, out, _ = call("replay", "tiny/64/2")
    assert code == 0
    assert "journal.sqlite, bit for bit" in out
    Path("results/tiny/standard/journal.sqlite").unlink()
    code, out, _ = call("replay", "tiny/64/2")
    assert code == 0
    assert "records.csv, bit for bit" in out


def flip_a_bit(checksum: str) -> None:
    import sqlite3

    with sqlite3.connect("results/tiny/standard/journal.sqlite") as editor:
        (rows,) = editor.execute("SELECT rows FROM cells WHERE key = 'tiny/64/2'").fetchone()
        table = json.loads(rows)
        table[0][6] *= 1 + 2**-52
        editor.execute("UPDATE cells SET rows = ? WHERE key = 'tiny/64/2'", (json.dumps(table),))
        editor.execute(checksum)
    editor.close()


def test_replay_notices_a_flipped_bit(call: Call) -> None:
    call("run", "tiny")
    flip_a_bit("UPDATE cells SET crc = NULL WHERE key = 'tiny/64/2'")  # as older journals have it
    code, out, _ = call("replay", "tiny/64/2")
    assert code == 1
    assert "row 1, value: stored" in out


def test_the_checksum_notices_it_before(call: Call) -> None:
    call("run", "tiny")
    flip_a_bit("SELECT 1")
    code, _, err = call("replay", "tiny/64/2")
    assert code == 4
    assert "tiny/64/2" in err


def test_replay_without_results_computes_all_the_same(call: Call) -> None:
    code, out, _ = call("replay", "tiny/64/2")
    assert code == 0
    assert "nothing to compare with" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "tony"), "did you mean tiny"),
        (("run", "nothing.py"), "no file nothing.py"),
        (("run", "tiny", "--profile", "huge"), "has no profile 'huge'; it has standard, smoke"),
        (("replay", "tiny"), "study/size/replicate"),
        (("replay", "other/64/2"), "known are tiny"),
        (("replay", "tinny/64/2"), "did you mean tiny?"),
        (("replay", "tiny/65/2"), "has no size 65 here; it has 32, 64"),
        (("replay", "tiny/64/4"), "the replicates 0 ... 3 at size 64"),
        (("replay", "torus_rate/64/4"), "torus_rate is a suite; keys name its studies: m1-"),
        (("decay", "NTK", "--depth", "2", "--d", "1000000"), "between 1 and 1000"),
        (("decay", "Matern", "-p", "nu=1"), "Matern needs length: give -p length=..."),
        (("new", "class"), "a word of Python"),
        (("figures", "nothing"), "no figure script and no study is called 'nothing'"),
        (("run", "tiny", "--workers", "1000000"), "between 1 and"),
        (("run", "tiny", "--shard", "0/3"), "shard 0/3: the parts are 1 ... 3"),
        (("run", "tiny", "--memory-per-worker", "4"), "a worker has 4 bytes"),
    ],
)
def test_wrong_input_is_one_sentence(call: Call, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = call(*arguments)
    assert code == 2
    assert words in sentence(err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "tiny", "--results", ""), "--results is empty"),
        (("run", "tiny", "--results="), "--results is empty"),
        (("run", "tiny", "--data", ""), "--data is empty"),
        (("report", "--output", " "), "--output is empty"),
        (("figures", "--output="), "--output is empty"),
        (("verify", "--update", ""), "--update is empty"),
        (("new", "x", "--folder", ""), "--folder is empty"),
        (("merge", "tiny", ""), "merge has an empty argument"),
    ],
)
def test_an_empty_path_is_not_the_current_folder(
    call: Call, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = sorted(folder.rglob("*"))
    code, _, err = call(*arguments)
    assert code == 2
    assert words in sentence(err)
    assert "for the current folder write ." in err
    assert sorted(folder.rglob("*")) == before


def test_the_current_folder_is_meant_by_a_dot(call: Call, folder: Path) -> None:
    assert call("run", "tiny", "--results", ".")[0] == 0
    assert (folder / "tiny/standard/records.csv").is_file()
    with pytest.raises(InputError, match="results is empty"):
        rc.run(catalogue.load_study("tiny"), results="")


@pytest.mark.parametrize("arguments", [("run",), ("run", "tiny", "--workers", "0"), ("dance",)])
def test_wrong_usage_is_told_by_the_parser(call: Call, arguments: tuple[str, ...]) -> None:
    code, _, err = call(*arguments)
    assert code == 2
    assert "Usage:" in err


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1", "has no STUDY"),
        ("STUDY = 3", "has no STUDY"),
        ("def f(:", "line 1: SyntaxError"),
        ("\n\n1 / 0", "line 3: ZeroDivisionError"),
        ("import ratecheck as rc\nrc.noise.Gaussian(sigma=-1)", "line 2: sigma must"),
    ],
)
def test_a_broken_study_file_is_named_with_its_line(call: Call, source: str, words: str) -> None:
    Path("studies/tiny.py").write_text(source)
    code, _, err = call("run", "tiny")
    assert code == 2
    assert "tiny.py" in sentence(err)
    assert words in err


@pytest.mark.parametrize("target", ["/proc/ratecheck", "studies/tiny.py"])
def test_a_folder_that_cannot_be_written_is_told_before_any_work(call: Call, target: str) -> None:
    code, _, err = call("run", "tiny", "--results", target)
    assert code == 4
    assert "--results" in sentence(err)


def test_failed_cells_are_told_and_can_be_replayed(call: Call) -> None:
    path = Path("studies/tiny.py")
    broken = """
from dataclasses import dataclass
import numpy as np

@dataclass(frozen=True, kw_only=True)
class Broken(rc.noise.Noise):
    sigma: float = 0.5
    def _standard(self, n, rng):
        if n == 64:
            raise ValueError("broken on purpose")
        return rng.standard_normal(n)

STUDY = rc.RateStudy("""
    text = path.read_text().replace("STUDY = rc.RateStudy(", broken, 1)
    path.write_text(text.replace("rc.noise.Gaussian(sigma=0.5)", "Broken()"))
    for workers in ("1", "2"):  # a class of the study file reaches the workers too
        code, out, err = call("run", "tiny", "--workers", workers, "--fresh")
        assert code == 3, err
        assert "cell tiny/64/0 failed (ValueError: broken on purpose)" in out
    (hint,) = re.findall(r"to see it: ratecheck (replay tiny/64/0 .*)", out)
    assert hint == "replay tiny/64/0 --study tiny"
    code, out, _ = call(*hint.split())
    assert code == 1
    assert "broken on purpose" in out
    path.rename("studies/other.py")  # the suite keeps its name
    assert call(*hint.split())[0] == 1
    Path("studies/other.py").rename(path)
    assert call("replay", "tiny/32/0")[0] == 0


def test_figures_draws_from_results_and_skips_what_is_absent(call: Call) -> None:
    Path("paper_figures").mkdir()
    Path("paper_figures/style.py").write_text("raise RuntimeError")
    Path("paper_figures/one.py").write_text(
        "from pathlib import Path\n"
        "from ratecheck.montecarlo.records import read_records\n"
        "def main(results, output):\n"
        "    read_records(results / 'tiny' / 'smoke')\n"
        "    return [output / 'one.pdf']\n"
    )
    code, _, err = call("figures")
    assert code == 4
    assert "run a study first" in sentence(err)
    code, _, err = call("figures", "one", "tiny")
    assert code == 4
    assert "skipped one" in err
    assert "skipped tiny: no results of tiny in results: ratecheck run tiny" in err
    call("run", "tiny", "--profile", "smoke")
    code, out, _ = call("figures", "one", "--output", "pictures")
    assert code == 0
    assert out == f"{Path('pictures/one.pdf')}\n"


def test_figures_draws_a_study_without_a_script(call: Call) -> None:
    call("run", "tiny")
    code, out, _ = call("figures", "tiny", "--output", "pictures")
    assert code == 0
    names = {Path(line).name for line in out.splitlines()}
    assert {"tiny.pdf", "tiny.svg", "tiny.png", "tiny.csv"} <= names
    assert all(Path(line).stat().st_size > 100 for line in out.splitlines())
    code, _, err = call("figures", "tiny", "--output", "studies/tiny.py")
    assert code == 2
    assert "cannot write to studies/tiny.py" in sentence(err)


def spawn(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, **environment},
        start_new_session=True,
        # A shell starts background jobs deaf to Ctrl-C, and their children inherit it.
        preexec_fn=hear,  # noqa: PLW1509 - tests start no threads
    )


def test_a_study_file_runs_by_itself() -> None:
    process = spawn("studies/tiny.py", "--profile", "smoke", "--json", NO_COLOR="1")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert {entry["suite"] for entry in json.loads(out)} == {"tiny"}


def test_an_interrupt_ends_with_130_and_says_how_to_go_on(folder: Path) -> None:
    process = spawn("-m", "ratecheck", "run", "tiny", "--profile", "endless")
    log = folder / "results/tiny/endless/journal.sqlite-wal"
    while process.poll() is None and not (log.exists() and log.stat().st_size > 40_000):
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "run the same command again" in err
    assert "Traceback" not in out + err


def test_a_killed_run_is_resumed_to_the_same_bytes(folder: Path, call: Call) -> None:
    call("run", "tiny", "--profile", "wide", "--results", "whole")
    log = folder / "results/tiny/wide/journal.sqlite-wal"
    for size in (30_000, 120_000):
        process = spawn("-m", "ratecheck", "run", "tiny", "--profile", "wide", "--workers", "2")
        while process.poll() is None and not (log.exists() and log.stat().st_size > size):
            time.sleep(0.002)
        process.kill()
        process.communicate(timeout=30)
    call("run", "tiny", "--profile", "wide")
    one, two = (Path(root, "tiny/wide/records.csv") for root in ("whole", "results"))
    assert one.read_bytes() == two.read_bytes()


def test_two_runs_at_once_are_refused(call: Call) -> None:
    call("run", "tiny")
    with read_journal(Path("results/tiny/standard/journal.sqlite")):
        code, _, err = call("run", "tiny")
    assert code == 4
    assert "another run is writing" in sentence(err)


def test_a_full_disk_is_one_sentence_and_the_run_can_go_on(call: Call) -> None:
    """A limit on the size of files stands for the full disk."""
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "from ratecheck.cli import main; main(['run', 'tiny', '--profile', 'wide'])"
    )
    process = spawn("-c", program)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "free space and run again" in sentence(err)
    assert call("run", "tiny", "--profile", "wide")[0] == 0


def test_help_starts_quickly_and_documents_the_exit_codes() -> None:
    process = spawn("-X", "importtime", "-m", "ratecheck", "--help", NO_COLOR="1")
    out, err = process.communicate(timeout=60)
    assert "Exit codes: 0" in out
    assert "\x1b" not in out
    loaded = {line.rpartition("|")[2].strip() for line in err.splitlines()}
    heavy = {"numpy", "scipy", "pandas", "sympy", "matplotlib", "statsmodels", "finufft", "joblib"}
    assert not loaded & heavy


def test_the_version_is_printed(call: Call) -> None:
    code, out, _ = call("--version")
    assert code == 0
    assert out.startswith("ratecheck ")
