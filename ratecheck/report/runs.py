"""Marks of one kind, drawn point by point, become one path with a marker at each point."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

from ratecheck.report.strokes import shorter

Look: TypeAlias = tuple[str, str, str]

_FEWEST: Final = 3  # below, a path and its marker are longer than the marks
_PLAIN: Final = frozenset({"href", "style", "clip-path", "x", "y"})


def join_marks(root: ET.Element, shared: ET.Element) -> None:
    """Put one path into the place of neighbouring marks that look the same.

    Parameters
    ----------
    root : Element
        Is changed. Groups that are moved or scaled hold letters, and stay as they are.
    shared : Element
        Gets a definition for each kind of mark.
    """
    names: dict[Look, str] = {}
    for parent in list(root.iter()):
        if "transform" not in parent.attrib:
            for run in list(_runs(parent)):
                place = list(parent).index(run[0])
                for mark in run:
                    parent.remove(mark)
                parent.insert(place, _path(run, names, shared))


def _runs(parent: ET.Element) -> Iterator[list[ET.Element]]:
    for look, group in groupby(parent, _look):
        run = list(group)
        if look is not None and len(run) >= _FEWEST:
            yield run


def _look(node: ET.Element) -> Look | None:
    """Return what equal marks share; nothing of what is no mark."""
    if node.tag != "use" or not node.attrib.keys() <= _PLAIN:
        return None
    return node.attrib["href"], node.get("style", ""), node.get("clip-path", "")


def _path(run: list[ET.Element], names: dict[Look, str], shared: ET.Element) -> ET.Element:
    shape, style, clip = look = _look(run[0]) or ("", "", "")
    if look not in names:
        names[look] = f"mark-{len(names)}"
        marker = ET.SubElement(
            shared, "marker", id=names[look], overflow="visible", markerUnits="userSpaceOnUse"
        )
        ET.SubElement(marker, "use", {"href": shape} | ({"style": style} if style else {}))
    points = " L ".join(f"{mark.get('x', '0')} {mark.get('y', '0')}" for mark in run)
    drawn = {"d": shorter(f"M {points}", 1), "style": f"fill:none;marker:url(#{names[look]})"}
    return ET.Element("path", drawn | ({"clip-path": clip} if clip else {}))
