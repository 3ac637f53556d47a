"""The bounds that ``make test-lowest`` tests are all those of ``pyproject.toml``."""

from __future__ import annotations

import tomllib

from tests.lowest import EXTRAS, ROOT, bounds, newer

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_dependency_has_a_lower_bound_that_is_looked_at() -> None:
    optional = PROJECT["optional-dependencies"]
    texts = [*PROJECT["dependencies"], *(text for extra in EXTRAS for text in optional[extra])]
    direct = [text for text in texts if not text.startswith("ratecheck[")]
    assert len(list(bounds(PROJECT))) == len(direct) > 30


def test_an_environment_of_newer_releases_is_noticed() -> None:
    exact = dict(bounds(PROJECT))
    assert newer(exact, bounds(PROJECT)) == []
    assert newer({**exact, "numpy": "9.0.0"}, bounds(PROJECT)) == [
        f"numpy 9.0.0 for {exact['numpy']}"
    ]
