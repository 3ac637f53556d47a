"""The layers of the package, as data: a module imports from its own line or from lines above."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LAYERS: tuple[tuple[str, ...], ...] = (
    ("types", "_version"),
    ("check", "streams", "tables"),
    ("numerics",),
    ("theory",),
    ("bounds",),
    ("slopes",),
    ("verify",),
    ("charts", "domains", "schedules", "functions", "harmonics", "torus_series"),
    ("kernels",),
    ("spectra",),
    ("noise", "targets"),
    ("filters", "operators", "path", "estimators", "interpolation"),
    ("risk", "smoothing"),
    ("stopping",),
    ("random_features", "adversarial_flow"),
    ("networks",),
    ("datasets", "regressors"),
    ("assertions",),
    ("montecarlo",),
    ("plotting",),
    ("report", "reporting"),
    ("api",),
    ("cli", "__main__"),
)

# A library, and the only modules (dotted, below ratecheck) that may import it.
ONE_PLACE: dict[str, tuple[str, ...]] = {
    "matplotlib": ("plotting",),
    "statsmodels": ("slopes",),
    "finufft": ("numerics.nufft",),
    # networks; and the one module that puts dense kernel matrices on a GPU
    "jax": ("networks", "operators.device"),
    "optax": ("networks",),
    "dask": ("montecarlo.cluster",),
    "distributed": ("montecarlo.cluster",),
    "dask_jobqueue": ("montecarlo.cluster",),
    "ducc0": ("numerics.spherical",),
}
EXACT = (
    "theory",
    "numerics.mp",
    "numerics.mpquad",
)  # symbols, fractions, mpmath: no numpy, nor what imports it
EXACT_MAY_USE = ("types", *EXACT)
INEXACT_LIBRARIES = frozenset({"numpy", "scipy", "pandas", "statsmodels"})
LONGEST_MODULE = 300


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported dotted name, and whether only the type checker ever runs the line."""

    name: str
    line: int
    typing_only: bool


def imports(source: str) -> list[Import]:
    """List what ``source`` imports, at any depth; ``from a import b`` gives ``a.b``."""
    tree = ast.parse(source)
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found = []
    for node in ast.walk(tree):
        for name in _names(node):
            found.append(
                Import(name=name, line=getattr(node, "lineno", 0), typing_only=id(node) in guarded)
            )
    return found


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        start = "." * node.level + (node.module or "")
        return [f"{start}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        return [arg.value for arg in node.args if _is_text(arg)]  # type: ignore[attr-defined]
    return []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def layer(part: str) -> int | None:
    """Line of the list on which a top-level part of the package stands."""
    return next((i for i, parts in enumerate(LAYERS) if part in parts), None)


def violations(module: str, source: str) -> list[str]:
    """Say what is wrong with imports of ``module`` (dotted, below ratecheck; "" is the root)."""
    return [
        f"ratecheck.{module}:{found.line}: {complaint}"
        for found in imports(source)
        if (complaint := _complaint(module, found))
    ]


def _complaint(module: str, found: Import) -> str | None:
    root, _, rest = found.name.partition(".")
    if root == "":
        return "relative import: write the absolute name"
    if root in {"studies", "tests", "paper_figures"}:
        return f"the library imports {root}"
    return _inside(module, rest) if root == "ratecheck" else _outside(module, root, found)


def _inside(module: str, target: str) -> str | None:
    mine, theirs = module.partition(".")[0], target.partition(".")[0]
    if module == "":
        return None  # the root hands out its sub-modules lazily
    if layer(theirs) is None:
        return f"ratecheck.{theirs} is no part of any layer: import the module that defines it"
    if _is_in(EXACT, module) and not _is_in(EXACT_MAY_USE, target):
        return f"exact modules may use {', '.join(EXACT_MAY_USE)} only, not {target}"
    if (layer(mine) or 0) < (layer(theirs) or 0):
        return f"imports upwards: {mine} is above {theirs}"
    return None


def _outside(module: str, library: str, found: Import) -> str | None:
    allowed = ONE_PLACE.get(library)
    if allowed is not None and not _is_in(allowed, module):
        return f"{library} belongs to {', '.join(allowed)}"
    if _is_in(EXACT, module) and library in INEXACT_LIBRARIES and not found.typing_only:
        return f"an exact module imports {library}"
    return None


def _is_in(parts: tuple[str, ...], module: str) -> bool:
    return any(f"{module}.".startswith(f"{part}.") for part in parts)


@cache
def modules() -> list[tuple[str, Path]]:
    """Pair every module of the package with its dotted name below ``ratecheck``."""
    found = []
    for path in sorted((ROOT / "ratecheck").rglob("*.py")):
        parts = path.relative_to(ROOT / "ratecheck").with_suffix("").parts
        found.append((".".join(p for p in parts if p != "__init__"), path))
    return found


MODULES = [pytest.param(name, path, id=name or "ratecheck") for name, path in modules()]


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_imports_go_up_the_list_only(name: str, path: Path) -> None:
    assert violations(name, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_module_is_short_and_has_a_line(name: str, path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert name == "" or name.startswith("_") or layer(name.partition(".")[0]) is not None


def test_parts_of_one_line_have_no_cycle() -> None:
    edges = {
        name: {_module_of(i.name) for i in _executed(path)} - {None, name}
        for name, path in modules()
        if name
    }
    assert cycle(edges) == []


def _executed(path: Path) -> list[Import]:
    return [i for i in imports(path.read_text(encoding="utf-8")) if not i.typing_only]


def _module_of(imported: str) -> str | None:
    known = {name for name, _ in modules() if name}
    below = imported.removeprefix("ratecheck.")
    candidates = (below, below.rpartition(".")[0])
    return next((c for c in candidates if imported != below and c in known), None)


def cycle(edges: dict[str, set[str | None]]) -> list[str]:
    """Return the modules on cycles: take away, again and again, sources and sinks of imports."""
    left = set(edges)
    while True:
        imported = {target for module in left for target in edges[module]}
        free = {m for m in left if not (edges[m] & left) or m not in imported}
        if not free:
            return sorted(left)
        left -= free


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("kernels.ntk", "from ratecheck.estimators import GradientFlow"),
        ("kernels.ntk", "def f():\n    from ratecheck.risk.exact import Clean\n"),
        ("kernels.ntk", "import ratecheck.montecarlo"),
        ("kernels.ntk", "from ratecheck import NTK"),
        ("kernels.ntk", "from . import base"),
        ("kernels.ntk", "import importlib\nimportlib.import_module('ratecheck.cli')"),
        ("report", "import matplotlib.pyplot as plt"),
        ("verify", "from statsmodels.api import WLS"),
        ("spectra", "def f():\n    import jax\n"),
        ("operators.fourier", "import finufft"),
        ("theory.decay", "import numpy as np"),
        ("theory.decay", "from ratecheck import check"),
        ("theory.decay", "from ratecheck.numerics.special import zeta"),
        ("numerics.mp", "import numpy as np"),
        ("theory.decay", "from ratecheck.streams import generator"),
        ("types", "from ratecheck.check import number"),
        ("cli", "from studies.torus_rate import STUDY"),
        ("nonsense", "import ratecheck.nonsense"),
    ],
)
def test_bad_import_is_caught(module: str, source: str) -> None:
    assert violations(module, source) != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("kernels.ntk", "from ratecheck.kernels.base import Kernel\nfrom ratecheck import check"),
        ("slopes", "def f():\n    import statsmodels.api as sm\n"),
        ("plotting.style", "from matplotlib.figure import Figure"),
        ("theory.decay", "import sympy\nfrom ratecheck.types import Bound"),
        ("theory.extremes", "from ratecheck.numerics.mp import agreed"),
        ("theory.decay", "if TYPE_CHECKING:\n    import numpy as np"),
    ],
)
def test_good_import_passes(module: str, source: str) -> None:
    assert violations(module, source) == []


def test_cycle_is_caught() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c"]
    assert cycle({"a": {"b"}, "b": set()}) == []
