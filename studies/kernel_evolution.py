"""Under adversarial training the tangent kernel settles early, on another kernel.

Claim B1 (arXiv 2210.12030): along standard and along adversarial training the empirical tangent
kernel changes in an early phase and hardly afterwards, and the two trainings lead to different
kernels. Measured on digits with small convolutional networks by S(K, L) = 1 - cos(K, L) of the
kernels on 100 test images, averaged over the outputs (theory note H: the definition is recalled;
of effective ranks all three are recorded, since it is uncertain which one was meant).

Rules, stated before the run (the recipe was chosen by accuracy and time in a pilot with two seeds,
which also showed the distances below in the claimed order):

- 500 training images, 64 epochs, attack of radius 0.1 (l-infinity), five steps in training; 12
  replicates, each with its own images and starts.
- Early: from the start to epoch 16, a quarter of the training; late: from there to the end. Claim:
  the early distance is more than twice the late one, for both trainings. Control: the reverse.
- Other kernels: the distance of a standard and an adversarial kernel is more than twice that of
  two kernels of one training, where all networks start from the same parameters and differ in the
  order of batches; and it is larger, where they start from different ones (the initial kernel then
  varies too, and the excess is that of an energy distance). Controls: the reverse.
- What the reverse can show: it would hold if the order were the other one. Of two distances that
  are alike it says nothing: then a claim with the factor fails, and one without is left open.
- All this for S of the kernels and for S of the centred ones, with the same factors.
- Adversarial training makes more robust: by at least 0.1 in accuracy. Control: so does standard.

Set after results were seen: the centred kernels and the number of replicates, after two pilot cells
with other seeds, in which all S were about 0.01 or smaller, since a large common direction of
the kernels hides what changes; of centred kernels they were up to ten times larger.

Ranks, alignment with the labels, specialisation and eigenvectors are measured without a claim.
``RATECHECK_IMAGES=cifar10 ... --data FOLDER`` runs the same on other images.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import ratecheck as rc
from ratecheck.assertions import Exceeds
from ratecheck.cli import study_main
from ratecheck.montecarlo.measurements.images import Images, chosen
from ratecheck.montecarlo.measurements.kernel_evolution import (
    ADVERSARIAL,
    ALIKE,
    BOTH,
    EARLY,
    LATE,
    OTHER_START,
    ROBUST,
    SAME_START,
    STANDARD,
    KernelEvolution,
)
from ratecheck.montecarlo.measurements.kernel_readings import CENTRED, VIEWS
from ratecheck.montecarlo.measurements.recipe import Recipe
from ratecheck.theory.claims import Statement

EPOCHS = (1, 2, 4, 8, 16, 32, 48, 64)
MIDDLE = 16


def larger(
    name: str,
    above: tuple[str, str],
    below: tuple[str, str],
    factor: float = 1.0,
    by: float = 0.0,
    index: int | None = None,
) -> Exceeds:
    """Return the claim that one mean exceeds another, with the reverse as the control."""
    found = one_way(name, above, below, factor, by, index)
    reverse = one_way(f"reverse of: {name}", below, above, factor, by, index)
    return replace(found, wrong=reverse)


def one_way(
    name: str,
    above: tuple[str, str],
    below: tuple[str, str],
    factor: float,
    by: float,
    index: int | None,
) -> Exceeds:
    """Return the claim that one mean exceeds a multiple of another."""
    place = int(above[1] != below[1])  # of what differs between the two
    words = [pair[place].removesuffix(CENTRED).removeprefix("distance ") for pair in (above, below)]
    times = "" if factor == 1 else f"{factor:g} x "
    said = Statement(
        name=name, predicted=f"{words[0]} > {times}{words[1]}" + (f" + {by:g}" if by else ""),
        regime="small convolutional networks, cross-entropy, radius 0.1",
        source="arXiv 2210.12030", tag="H M", ledger="B1",
    )  # fmt: skip
    return Exceeds(
        statement=said, above=above, below=below, factor=factor, by=by,
        index=index, below_index=index,
    )  # fmt: skip


def distances(view: str) -> Iterator[Exceeds]:
    """Yield the claims about distances of the kernels in a view."""
    for name in (STANDARD, ADVERSARIAL):
        yield larger(
            f"{name} training settles early{view}", (name, EARLY + view), (name, LATE + view), 2.0
        )
    for kind in (STANDARD, ADVERSARIAL):
        yield larger(
            f"other kernels than two of {kind} training, same start{view}",
            (BOTH, SAME_START + view), (kind, SAME_START + view), 2.0,
        )  # fmt: skip
    yield larger(
        f"other kernels, other starts{view}",
        (BOTH, OTHER_START + view),
        (ALIKE, OTHER_START + view),
    )


def claims() -> Iterator[Exceeds]:
    """Yield the claims."""
    for view in VIEWS:
        yield from distances(view)
    yield larger(
        "adversarial training is robust", (ADVERSARIAL, ROBUST), (STANDARD, ROBUST),
        by=0.1, index=-1,
    )  # fmt: skip


def suite(data: str) -> rc.Suite:
    """Return the study on a data set."""
    study = rc.MeasuredStudy(
        name=data,
        measurement=KernelEvolution(
            recipe=Recipe(images=Images(data=data, test=300), channels=16, radius=0.1),
            epochs=EPOCHS,
            middle=MIDDLE,
        ),
        sizes=(500,),
        replicates=12,
        claims=tuple(claims()),
        data=f"{data}, 300 test images, random parts",
        methods="SGD with momentum, standard and on PGD iterates; empirical tangent kernels",
        question="When does the tangent kernel settle, and on the same kernel?",
        profiles=(rc.Profile(name="smoke", sizes=(25,), replicates=2),),
    )
    return rc.Suite(
        name="kernel_evolution" if data == "digits" else f"kernel_evolution_{data}",
        title="The tangent kernel along standard and adversarial training",
        question="Does the kernel settle early, and on another one under attack?",
        studies=(study,),
    )


STUDY = suite(chosen())


def main() -> None:
    """Run from the command line."""
    study_main(STUDY)


if __name__ == "__main__":
    main()
