"""What the fields of every kind of study must be, checked before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ratecheck.slopes import WindowRule
from ratecheck.types import InputError

_TUPLES: Final = ("sizes", "claims", "profiles", "stopping", "curves")
_TEXTS: Final = ("question", "data", "methods", "abscissa")


def require_form(study: object) -> None:
    """Raise `InputError` unless names are texts, lists tuples, profiles and windows such.

    Parameters
    ----------
    study : RateStudy, ExactStudy or MeasuredStudy
        Of whose fields those that exist are checked.
    """
    name = getattr(study, "name", None)
    if not isinstance(name, str) or not name.isprintable() or not name or "/" in name:
        raise InputError(
            f"a study's name must be non-empty and printable, without '/', got {name!r}"
        )
    for field in _TUPLES:
        require_tuple(field, getattr(study, field, ()))
    for field in _TEXTS:
        if not isinstance(value := getattr(study, field, ""), str):
            raise InputError(f"{field} must be a text, got {value!r}")
    for profile in getattr(study, "profiles", ()):
        _require_profile(profile)
    window = getattr(study, "window", None)
    if not isinstance(window, WindowRule):
        raise InputError(f"window must be a WindowRule such as All(), got {window!r}")


def require_kinds(name: str, values: Iterable[object], *kinds: type) -> None:
    """Raise `InputError` unless every value is an object of one of some classes."""
    for value in values:
        if not isinstance(value, kinds):
            allowed = " or ".join(kind.__name__ for kind in kinds)
            raise InputError(f"{name} must be {allowed}, got {value!r}")


def require_tuple(name: str, value: object) -> None:
    """Raise `InputError` for anything but a tuple."""
    if not isinstance(value, tuple):
        raise InputError(f"{name} must be a tuple, got {value!r}: write ({value!r},) for one entry")


def _require_profile(profile: object) -> None:
    name = getattr(profile, "name", None)
    if not isinstance(name, str) or not hasattr(profile, "replicates"):
        raise InputError(f"profiles must be Profile(name=..., sizes=..., ...), got {profile!r}")
    require_tuple("sizes", getattr(profile, "sizes", None))
