"""The identity of a run: what was asked for, with which seed and which numerics."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, final

from ratecheck._version import __version__
from ratecheck.montecarlo.rows import SCHEMA
from ratecheck.operators import device
from ratecheck.types import InputError

NUMERICS: Final = ("numpy", "scipy", "finufft")
"""Distributions whose version can change the last digits of a result, as ratecheck's own can."""

_CLOSES: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}
_DEEPEST: Final = 30
"""Brackets within brackets that are told apart; a design has about ten, a hostile text any."""

# A string that does not end reaches to the end: searching for its end again would be quadratic.
_TOKENS: Final = re.compile(
    r"'(?:\\.|[^'\\])*(?:'|\\?\Z)|\"(?:\\.|[^\"\\])*(?:\"|\\?\Z)|.", flags=re.DOTALL
)


def numeric_versions() -> tuple[tuple[str, str], ...]:
    """Return name and version of ratecheck and of each distribution in `NUMERICS`.

    A device other than the CPU stands beside them: its results agree to rounding only.
    """
    name = device.chosen()
    other = () if name == device.CPU else (("device", name), ("jax", version("jax")))
    return (("ratecheck", __version__), *((name, version(name)) for name in NUMERICS), *other)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """What makes two runs the same: text of the objects, profile, seed and versions.

    Attributes
    ----------
    text : str
        ``repr`` of the suite; every object in it is a frozen dataclass of scalars, so that
        equal text means equal objects.
    profile : str
    seed : int
    versions : tuple of (name, version)
    """

    text: str
    profile: str
    seed: int
    versions: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if found := re.search(r" at 0x[0-9a-fA-F]+>", self.text):
            before = self.text[max(0, found.start() - 160) : found.start()]
            named = re.search(r"<([^<>]*(?:<\w+>)?[^<>]*)$", before)
            name = named[1] if named else before
            raise InputError(
                f"the study holds <{name}{found[0]}, whose text changes from run to run: use an "
                "object with a stable repr (a frozen dataclass, or a function given by its dotted "
                "name)"
            )

    @classmethod
    def of(cls, suite: object, *, profile: str, seed: int) -> Design:
        """Return the identity of a run of ``suite`` with the installed numerics."""
        return cls(text=repr(suite), profile=profile, seed=seed, versions=numeric_versions())

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the text, the seed, the schema and the versions."""
        parts = [str(SCHEMA), self.text, self.profile, self.seed, self.versions]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def difference(self, other: Design) -> str:
        """Return what changed from ``other`` to this design in words; empty if nothing did."""
        before, after = other._facts(), self._facts()
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        told = [f"{k} was {before.get(k, 'absent')}, is {after.get(k, 'absent')}" for k in changed]
        more = f" (and {len(told) - 3} more differences)" if len(told) > 3 else ""
        return "; ".join(told[:3]) + more

    def _facts(self) -> dict[str, str]:
        versions = {f"version of {name}": text for name, text in self.versions}
        return {**leaves(self.text), "profile": self.profile, "seed": str(self.seed), **versions}


def leaves(text: str, path: str = "", depth: int = 0) -> dict[str, str]:
    """Return the scalars of a nested ``repr`` by their path.

    ``ast`` cannot do this: the ``repr`` of an enumeration is not an expression.

    Examples
    --------
    >>> leaves("Study(name='a', noise=Gaussian(sigma=0.5), sizes=(4, 8))")
    {'name': "'a'", 'noise': 'Gaussian', 'noise.sigma': '0.5', 'sizes[0]': '4', 'sizes[1]': '8'}
    """
    head, opening, body = _head(text)
    if not opening or depth == _DEEPEST:
        return {path: text}
    found = {path: head} if head and path else {}
    for index, part in enumerate(_split(body)):
        name, equals, value = part.partition("=")
        named = bool(equals) and name.isidentifier()
        label = f"{path}.{name}".lstrip(".") if named else f"{path}[{index}]"
        found |= leaves(value if named else part, label, depth + 1)
    return found


def _head(text: str) -> tuple[str, str, str]:
    """Split ``Name(body)`` or ``(body)``; the opening bracket is empty when text is a scalar."""
    match = re.fullmatch(r"([\w.]*)([(\[{])(.*)[)\]}]", text, flags=re.DOTALL)
    return (match[1], match[2], match[3]) if match else ("", "", "")


def _split(body: str) -> Iterator[str]:
    """Yield the parts of ``body`` between commas outside brackets and quotes."""
    part, closing = "", []
    for token in _TOKENS.findall(body):
        if token in _CLOSES:
            closing.append(_CLOSES[token])
        elif closing and token == closing[-1]:
            closing.pop()
        if token == "," and not closing:
            yield part.strip()
            part = ""
        else:
            part += token
    if part.strip():
        yield part.strip()
