"""A user's own regression function."""

from __future__ import annotations

import pkgutil
from collections import abc
from dataclasses import KW_ONLY, dataclass
from typing import Any, final

import numpy as np

from ratecheck import check
from ratecheck.domains import Domain
from ratecheck.functions import Plain
from ratecheck.targets.base import FitSetting, Target
from ratecheck.types import Array, InputError


@final
@dataclass(frozen=True, slots=True, repr=False)
class Callable(Target):
    """A function of a module as the target: ``function(X) -> (n,)`` with ``X`` of shape (n, d).

    The name of the function stands for it in the identity of a run, so that it must be the name
    of one thing: lambdas, local functions and bound methods are refused. A changed body needs a
    new name, or a fresh run.

    Parameters
    ----------
    function : callable or str
        A function defined at the top level of a module, or its dotted name
        ``"package.module.function"``.
    smoothness, radius : float, optional
        The ball that the user declares the function to lie in, for `TheoryTime`.

    Examples
    --------
    >>> Callable(function="numpy.linalg.norm")
    Callable(function='numpy.linalg.norm')
    """

    function: abc.Callable[[Array], Any] | str
    _: KW_ONLY
    smoothness: float | None = None
    radius: float | None = None

    def __post_init__(self) -> None:
        """Validate, and replace a name by the function it names."""
        function = _found(self.function) if isinstance(self.function, str) else self.function
        _refuse_nameless(function)
        object.__setattr__(self, "function", function)
        for name in ("smoothness", "radius"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, check.positive(name, value))

    def __repr__(self) -> str:
        """Return the identity: the qualified name, and what else was declared."""
        declared = [
            f", {name}={value!r}"
            for name in ("smoothness", "radius")
            if (value := getattr(self, name)) is not None
        ]
        return f"Callable(function={_name(self.function)!r}{''.join(declared)})"

    def realise(
        self, domain: Domain, rng: np.random.Generator, setting: FitSetting | None = None
    ) -> Plain:
        """Return the function itself; nothing is drawn."""
        assert not isinstance(self.function, str)  # resolved by the constructor
        return Plain(call=self.function)


def _name(function: object) -> str:
    if isinstance(function, np.ufunc):
        name = str(function.__name__)
        if getattr(np, name, None) is function:  # before NumPy 2.2 ufuncs do not say their module
            return f"numpy.{name}"
    module = getattr(function, "__module__", None)
    return f"{module}.{getattr(function, '__qualname__', '<nameless>')}"


def _found(name: str) -> abc.Callable[[Array], Any]:
    try:
        found: abc.Callable[[Array], Any] = pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(
            f"function={name!r} names nothing that can be imported ({error}): "
            "give it as 'package.module.function'"
        ) from error
    return found


def _refuse_nameless(function: object) -> None:
    if not callable(function):
        raise InputError(f"function must be callable or the name of a function, got {function!r}")
    name = _name(function)
    try:
        same = pkgutil.resolve_name(name) is function
    except (ImportError, AttributeError, ValueError):
        same = False
    if not same:
        raise InputError(
            f"function={name!r} is not the name of one function, so it cannot identify a run "
            "(a lambda, a local function or a method?): define it with def at the top level of a "
            "module"
        )
