"""``decay``: how the eigenvalues of a kernel on a sphere decay, derived and confirmed."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ratecheck import check
from ratecheck.cli.output import show_json
from ratecheck.kernels import Kernel
from ratecheck.types import InputError, UnsupportedError

_HIGHEST: Final = 1000  # beyond it the numerical confirmation takes minutes


def show_decay(
    name: str,
    parameters: Mapping[str, float | str | None],
    d: int,
    *,
    latex: bool,
    as_json: bool,
) -> None:
    """Print the derivation for one kernel on S^d as text, LaTeX or JSON."""
    from ratecheck.theory import derivation_latex, derivation_text

    check.integer("d (of the sphere S^d in R^(d+1))", d, low=1, high=_HIGHEST)
    made = kernel(name, parameters)
    if not made.is_zonal:
        raise UnsupportedError(
            f"{made!r} is not zonal: on a sphere only functions of <x, y> have this theory, "
            "such as NTK, NNGP, ArcCosine, LiftedNTK, Laplace or Matern"
        )
    if as_json:
        show_json(facts(made, d))
    else:
        print((derivation_latex if latex else derivation_text)(made, d))


def kernel(name: str, parameters: Mapping[str, float | str | None]) -> Kernel:
    """Make a kernel of `ratecheck.kernels` from its name and parameters.

    Raises
    ------
    InputError
        If there is no such kernel, or a parameter is unknown or missing.
    """
    known = _kernels()
    folded = {key.lower(): key for key in known}
    if name.lower() not in folded:
        near = difflib.get_close_matches(name.lower(), folded, n=1)
        meant = f"did you mean {folded[near[0]]}? " if near else ""
        raise InputError(f"no kernel is called {name!r}: {meant}known are {', '.join(known)}")
    make = known[folded[name.lower()]]
    given = {key: value for key, value in parameters.items() if value is not None}
    wanted = inspect.signature(make).parameters
    for key in given:
        if key not in wanted:
            takes = ", ".join(wanted) or "no parameters"
            raise InputError(f"{name} has no {key}: it takes {takes}")
    needed = [k for k, p in wanted.items() if p.default is p.empty and k not in given]
    if needed:
        options = (f"--{k}" if k in {"depth", "bias"} else f"-p {k}=..." for k in needed)
        raise InputError(f"{name} needs {', '.join(needed)}: give {' '.join(options)}")
    return make(**given)


def parsed(pairs: Iterable[str]) -> dict[str, float | str]:
    """Read "name=value" texts; a value is an integer, a number or a name.

    Examples
    --------
    >>> parsed(["nu=1.5", "order=1", "activation=relu"])
    {'nu': 1.5, 'order': 1, 'activation': 'relu'}
    """
    found: dict[str, float | str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.isidentifier():
            raise InputError(f"a parameter reads name=value, such as nu=1.5; got {pair!r}")
        found[name] = _value(text)
    return found


def _value(text: str) -> float | str:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def facts(made: Kernel, d: int) -> dict[str, Any]:
    """Return the law and the table of ratios as plain numbers and exact texts."""
    from ratecheck.theory import eigendecay, ratio_table
    from ratecheck.theory.derivation import DEGREES

    law = eigendecay(made, d)
    found: dict[str, Any] = {
        "kernel": law.kernel,
        "d": d,
        **{
            key: str(getattr(law, key))
            for key in ("exponent", "sorted_exponent", "nu", "c_plus", "c_minus", "constant")
        },
        "sobolev_order": str(law.sobolev_order),
        "even": law.even_law.value,
        "odd": law.odd_law.value,
        "ratios": [],
    }
    if law.is_power:
        found["ratios"] = [
            {
                "degree": row.degree,
                "eigenvalue": float(row.eigenvalue),
                "predicted": float(row.predicted),
                "ratio": row.ratio,
                "allowed": row.allowed,
            }
            for row in ratio_table(made, d, DEGREES)
        ]
    return found


def _kernels() -> dict[str, Callable[..., Kernel]]:
    """Return the kernel classes that plain numbers and names can make."""
    from ratecheck import kernels
    from ratecheck.kernels.base import Product, Scaled, Sum

    made = ((name, getattr(kernels, name)) for name in kernels.__all__)
    return {
        name: item
        for name, item in made
        if inspect.isclass(item)
        and issubclass(item, Kernel)
        and item not in (Kernel, Product, Scaled, Sum)
    }
