"""The derivation of a decay, written out: plain text for a terminal, LaTeX for a paper."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from ratecheck.theory.confirm import Ratio, ratio_table
from ratecheck.theory.decay import EigenDecay, Law, eigendecay
from ratecheck.theory.evaluate import value
from ratecheck.theory.expansions import Expansion, expansion
from ratecheck.theory.fields import Zonal

DEGREES = (20, 21, 40, 41, 60, 61, 90, 91)
_DIGITS = 15


def derivation_text(kernel: Zonal, d: int, *, degrees: Iterable[int] = DEGREES) -> str:
    """Return the derivation for a terminal: expansions, exponents, constants, table of ratios.

    Parameters
    ----------
    kernel : Zonal
        A zonal kernel with a formula over any field.
    d : int
        Dimension of the sphere in R^{d+1}.
    degrees : iterable of int
        Degrees of the table of ratios; none leaves the table out.

    Examples
    --------
    >>> from ratecheck.kernels import NTK
    >>> print(derivation_text(NTK(depth=2), 1, degrees=()).splitlines()[0])
    Eigenvalues of NTK(depth=2, bias=0.0) on S^1, uniform probability measure
    """
    law = eigendecay(kernel, d)
    head = f"Eigenvalues of {law.kernel} on S^{d}, uniform probability measure"
    if not law.is_power:
        return "\n".join(
            (head, "", "analytic on [-1, 1]: no fractional power at either end.", *_parities(law))
        )
    parts = [head, "", *_ends_text(kernel, law), "", *_law_text(law), *_parities(law)]
    if wanted := tuple(degrees):
        parts += ["", *_table_text(ratio_table(kernel, d, wanted))]
    return "\n".join(parts)


def derivation_latex(kernel: Zonal, d: int, *, degrees: Iterable[int] = DEGREES) -> str:
    """Return the same derivation as LaTeX (amsmath), with the table as a ``tabular``."""
    law = eigendecay(kernel, d)
    name = law.kernel.replace("_", r"\_")
    lines = [rf"\paragraph{{Eigenvalues of \texttt{{{name}}} on $\mathbb{{S}}^{{{d}}}$.}}"]
    if not law.is_power:
        return "\n".join((*lines, "The profile is analytic on $[-1,1]$: no power law."))
    lines += [r"\begin{align*}", *_equations(kernel, law), r"\end{align*}"]
    lines += [f"{sentence}." for sentence in _parities(law)]
    if wanted := tuple(degrees):
        lines += _table_latex(ratio_table(kernel, d, wanted))
    return "\n".join(lines)


def _ends_text(kernel: Zonal, law: EigenDecay) -> list[str]:
    return [
        f"u = +1 - t:  kappa = {_series_text(expansion(kernel, 1), law)}",
        f"u = -1 + t:  kappa = {_series_text(expansion(kernel, -1), law)}",
    ]


def _series_text(e: Expansion, law: EigenDecay) -> str:
    if e.nu is None:
        return "analytic: no fractional power"
    terms = [f"({c}) t^{p}" if p else f"({c})" for p, c in e.terms if p <= law.nu]
    return " + ".join([*terms, "..."])


def _law_text(law: EigenDecay) -> list[str]:
    return [
        f"nu               = {law.nu}",
        f"c_plus           = {law.c_plus} = {_number(law.c_plus)}",
        f"c_minus          = {law.c_minus} = {_number(law.c_minus)}",
        f"C(d, nu)         = {law.constant} = {_number(law.constant)}",
        f"mu_k             ~ (c_plus + (-1)^k c_minus) C(d, nu) k^({law.exponent})",
        "finite k         : k^(-d-2nu) is Gamma(k-nu)/Gamma(k+nu+d), error O(k^-2)",
        f"even k           ~ {_number(law.even)} k^({law.exponent})",
        f"odd k            ~ {_number(law.odd)} k^({law.exponent})",
        f"sorted index i   ~ {_number(law.sorted_constant)} i^({law.sorted_exponent})",
        f"RKHS             = H^({law.sobolev_order}) (norms equivalent where both parities follow)",
    ]


def _parities(law: EigenDecay) -> list[str]:
    return [
        _parity("even", law.even_law, law.even_last, law),
        _parity("odd", law.odd_law, law.odd_last, law),
    ]


def _parity(name: str, kind: Law, last: int | None, law: EigenDecay) -> str:
    if kind is Law.ZERO:
        return f"{name} degrees vanish" + (
            f" above {last}" if last is not None and last >= 0 else ""
        )
    faster = law.faster_exponent if kind is Law.FASTER else None
    return f"{name} degrees {kind.value}" + ("" if faster is None else f": k^({faster})")


def _table_text(rows: Iterable[Ratio]) -> list[str]:
    lines = [f"{'k':>5}  {'mu_k (Funk-Hecke)':>24}  {'ratio to law':>14}  {'allowed':>9}"]
    for row in rows:
        ratio = "exact zero" if row.ratio is None else f"{row.ratio:.9f}"
        shown = "0" if row.ratio is None else mpmath.nstr(row.eigenvalue, _DIGITS)
        lines.append(f"{row.degree:>5}  {shown:>24}  {ratio:>14}  {row.allowed:>9.1e}")
    return lines


def _equations(kernel: Zonal, law: EigenDecay) -> list[str]:
    nu, d = sp.latex(sp.sympify(law.nu)), law.d
    return [
        rf"\kappa(1-t) &= {_series_latex(expansion(kernel, 1), law)} \\",
        rf"\kappa(-1+t) &= {_series_latex(expansion(kernel, -1), law)} \\",
        rf"\nu &= {nu}, \quad c_+ = {sp.latex(law.c_plus)}, \quad c_- = {sp.latex(law.c_minus)} \\",
        rf"C({d},\nu) &= \frac{{\Gamma(\frac{{d+1}}{{2}})\,2^{{\nu+d-1}}\,\Gamma(\nu+\frac d2)}}"
        rf"{{\sqrt\pi\,\Gamma(-\nu)}} = {sp.latex(law.constant)} \\",
        rf"\mu_k &\sim (c_+ + (-1)^k c_-)\,C({d},\nu)\,k^{{{law.exponent}}},"
        rf"\qquad \lambda_i \sim {_number(law.sorted_constant)}\, i^{{{law.sorted_exponent}}}",
    ]


def _series_latex(e: Expansion, law: EigenDecay) -> str:
    if e.nu is None:
        return r"\text{analytic}"
    terms = (
        rf"\left({sp.latex(c)}\right)" + (rf" t^{{{p}}}" if p else "")
        for p, c in e.terms
        if p <= Fraction(law.nu)
    )
    return " + ".join((*terms, r"\cdots"))


def _table_latex(rows: Iterable[Ratio]) -> list[str]:
    lines = [r"\begin{tabular}{rrr}", r"$k$ & $\mu_k$ & ratio to the law \\ \hline"]
    for row in rows:
        if row.ratio is None:
            lines.append(rf"{row.degree} & 0 & (exact zero) \\")
        else:
            lines.append(rf"{row.degree} & {_scientific(row)} & {row.ratio:.9f} \\")
    return [*lines, r"\end{tabular}"]


def _scientific(row: Ratio) -> str:
    digits, _, power = f"{float(row.eigenvalue):.9e}".partition("e")
    return rf"${digits}\cdot 10^{{{int(power)}}}$"


def _number(x: Any) -> str:
    return str(mpmath.nstr(value(x), 12))
