from __future__ import annotations

from dataclasses import replace

import pytest

from ratecheck.montecarlo.design import Design, leaves, numeric_versions
from ratecheck.types import InputError
from tests.unit.montecarlo.fakes import FakeStudy

BASE = Design(text=repr((FakeStudy(),)), profile="smoke", seed=0, versions=(("numpy", "2.4.0"),))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (replace(BASE, seed=1), "seed was 0, is 1"),
        (replace(BASE, profile="paper"), "profile was smoke, is paper"),
        (replace(BASE, versions=(("numpy", "2.4.1"),)), "version of numpy was 2.4.0, is 2.4.1"),
        (
            replace(BASE, text=repr((FakeStudy(replicates=9),))),
            r"\[0\]\.replicates was 4, is 9",
        ),
        (
            replace(BASE, text=repr((FakeStudy(sizes=(16, 64)),))),
            r"\[0\]\.sizes\[2\] was 256, is absent",
        ),
    ],
)
def test_every_change_changes_the_fingerprint_and_is_told(other: Design, words: str) -> None:
    assert other.fingerprint != BASE.fingerprint
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(other.difference(BASE))


def test_equal_designs_have_equal_fingerprints_and_no_difference() -> None:
    same = replace(BASE)
    assert same.fingerprint == BASE.fingerprint
    assert not same.difference(BASE)


def test_many_changes_are_counted_not_listed() -> None:
    other = replace(BASE, text=repr((FakeStudy(name="x", sizes=(1, 2, 3), replicates=1),)))
    assert "and 2 more differences" in other.difference(BASE)


def test_a_text_with_a_memory_address_is_refused() -> None:
    with pytest.raises(InputError, match="dotted name"):
        Design.of(lambda x: x, profile="smoke", seed=0)


def test_enumerations_and_quotes_are_scalars() -> None:
    text = "A(kind=<Bound.UPPER: 'upper'>, tag='a, b(', pair=(1, (2, 3)))"
    assert leaves(text) == {
        "kind": "<Bound.UPPER: 'upper'>",
        "tag": "'a, b('",
        "pair[0]": "1",
        "pair[1][0]": "2",
        "pair[1][1]": "3",
    }


def test_versions_name_the_libraries_that_set_the_digits() -> None:
    assert dict(numeric_versions()).keys() == {"ratecheck", "numpy", "scipy", "finufft"}
