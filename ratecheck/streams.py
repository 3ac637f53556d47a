"""Random generators addressed by name: never by order, never by ``spawn``.

A resumed, reordered or parallel run asks for the same names and gets the same numbers.
"""

from __future__ import annotations

import hashlib
from typing import Literal, get_args

import numpy as np

from ratecheck import check

Role = Literal["design", "noise", "target", "attack", "init", "split", "bootstrap", "probe"]


def generator(root: int, *names: str | int | float, role: Role) -> np.random.Generator:
    """Return the generator of the stream that the names and the role address.

    Parameters
    ----------
    root : int
        Seed of the whole run, >= 0.
    *names : str, int or float
        The address, from the widest to the narrowest: study, cell, replicate.
    role : {"design", "noise", "target", "attack", "init", "split", "bootstrap", "probe"}
        What the numbers are for; methods that share names and role share randomness.

    Notes
    -----
    ``SeedSequence(root, spawn_key=w)`` with ``w`` the eight 32-bit words of the SHA-256 digest
    of the length-prefixed names, so that ("ab", "c") and ("a", "bc") differ.

    Examples
    --------
    >>> a = generator(0, "study", 256, 3, role="noise").random()
    >>> a == generator(0, "study", 256, 3, role="noise").random()
    True
    >>> a == generator(0, "study", 256, 3, role="design").random()
    False
    """
    check.integer("seed", root, low=0)
    check.choice("role", role, get_args(Role))
    words = tuple(int(w) for w in np.frombuffer(_digest(*names, role), dtype=">u4"))
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=words))


def _digest(*names: str | int | float) -> bytes:
    texts = [f"{type(name).__name__}:{name!r}" for name in names]
    return hashlib.sha256("".join(f"{len(t)}|{t}" for t in texts).encode()).digest()
