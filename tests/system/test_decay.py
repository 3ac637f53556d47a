"""``ratecheck decay``: what it prints, and one sentence with code 2 for input it cannot use."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ratecheck.cli import main

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def function(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(("decay", *arguments))
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return function


def test_text_holds_derivation_exponents_constants_and_ratios(call: Call) -> None:
    code, out, err = call("NTK", "--depth", "3", "--bias", "0", "--d", "2")
    assert (code, err) == (0, "")
    for words in (
        "NTK(depth=3, bias=0.0) on S^2",
        "u = +1 - t",
        "c_plus           = -3*sqrt(2)/pi",
        "c_minus          = -sqrt(2)/(2*pi)",
        "C(d, nu)         = -sqrt(2)/4",
        "k^(-3)",
        "i^(-3/2)",
        "H^(3/2)",
        "ratio to law",
    ):
        assert words in out
    assert "c_plus           = -sqrt(2)/pi" not in out  # depth two has that


def test_json_holds_the_same_as_numbers(call: Call) -> None:
    code, out, _ = call("ntk", "--depth", "2", "--d", "1", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["nu"], found["exponent"], found["sobolev_order"]) == ("1/2", "-2", "1")
    assert found["odd"] == "vanish above a finite degree"
    for row in found["ratios"]:
        if row["degree"] >= 60 and row["ratio"] is not None:
            assert abs(row["ratio"] - 1) <= row["allowed"]


def test_latex_is_an_align_and_a_tabular(call: Call) -> None:
    code, out, _ = call("ArcCosine", "-p", "order=1", "--latex")
    assert code == 0
    for words in (r"\begin{align*}", r"\frac{3}{2}", r"\begin{tabular}"):
        assert words in out


def test_analytic_kernels_have_no_table(call: Call) -> None:
    code, out, _ = call("Gaussian", "-p", "length=0.8", "--json")
    assert (code, json.loads(out)["ratios"]) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("NTK", "--depth", "3", "--d", "0"), "must be between 1 and 1000"),
        (("NTK", "--depth", "0"), "depth must be between 1 and 1000, got 0"),
        (("NTK",), "NTK needs depth"),
        (("NTK", "--depth", "2", "--bias", "-1"), "bias must not be negative"),
        (("NTK", "--depth", "2", "-p", "nu=1"), "NTK has no nu: it takes depth, bias"),
        (("NTK", "--depth", "2", "-p", "nu"), "name=value"),
        (("NTKK",), "did you mean NTK?"),
        (("PeriodicSobolev", "-p", "order=1"), "is not zonal"),
        (("Brownian",), "is not zonal"),
        (("DualActivation", "-p", "activation=tanh"), "no closed form"),
        (("Matern", "-p", "nu=1", "-p", "length=1"), "choose a fractional order"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(
    call: Call, arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err
