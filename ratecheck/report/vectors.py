"""Make an SVG of matplotlib small without changing what is seen.

Letters, words and styles that occur often are written once, groups that group nothing are
opened, and names that nothing refers to are dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from string import ascii_letters
from typing import Final
from xml.etree import ElementTree as ET

from ratecheck.report.runs import join_marks
from ratecheck.report.strokes import number, shorter

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_REFERENCE: Final = re.compile(r"(?<=url\(#)[^)]+|(?<=^#).+")
_DECIMAL: Final = re.compile(r"-?\d+\.\d+")
_FUNCTION: Final = re.compile(r"(\w+)\(([^)]*)\)")
_LENGTHS: Final = {"x": 1, "y": 1, "width": 2, "height": 2}
_DECIMALS: Final = {"translate": 1, "rotate": 2}  # scales and matrices need more
_SMALL: Final = 20.0  # points: marks and ticks, whose shape needs another decimal
_FINE: Final = "scale(0.015625)"  # of letters: 6400 units to their height, of which 640 are kept
_COARSE: Final = "scale(.15625)"


def smaller(svg: str) -> str:
    """Return an SVG of matplotlib that looks the same and is much shorter.

    Points keep a decimal (a twentieth of a line's width at most), those of small shapes two; a
    picture in it stays as it is.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        If it is no XML.

    Examples
    --------
    >>> smaller('<svg xmlns="http://www.w3.org/2000/svg"><g id="a"><path d="M 1.234 5"/></g></svg>')
    "<svg xmlns='http://www.w3.org/2000/svg'><path d='m1.23 5'/></svg>"
    """
    root = ET.fromstring(svg)
    for node in root.iter():
        _simplify(node)
    shared = ET.Element("defs")
    _hoist(root, shared)
    for node in root.iter("use"):
        _place(node)
    _forget_names(root, shared)
    _open_groups(root)
    join_marks(root, shared)
    _share_words(root, shared)
    _share_styles(root, shared)
    if len(shared):
        root.insert(0, shared)
    _rename(root)
    root.set("xmlns", _NAMESPACE)
    return ET.tostring(root, encoding="unicode").replace('"', "'").replace(" />", "/>")


def _simplify(node: ET.Element) -> None:
    """Shorten names and numbers of one node."""
    node.tag = _local(node.tag)
    given = {_local(name): value for name, value in node.attrib.items()}
    node.attrib.clear()
    if "d" in given and given.get("transform") == _FINE:
        node.attrib.update(given, d=shorter(given["d"], decimals=-1), transform=_COARSE)
    else:
        node.attrib.update((name, _value(name, value)) for name, value in given.items())
    node.text, node.tail = (node.text or "").strip() or None, None


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _value(name: str, value: str) -> str:
    if name == "d":
        largest = max((abs(float(text)) for text in _DECIMAL.findall(value)), default=0.0)
        return shorter(value, decimals=2 if largest < _SMALL else 1)
    if name == "style":
        rounded = _DECIMAL.sub(lambda found: number(float(found[0]), 3), value)
        return re.sub(r"\s*([:,;])\s*", r"\1", rounded).strip("; ")
    if name in _LENGTHS and _DECIMAL.fullmatch(value):
        return number(float(value), _LENGTHS[name])
    return _moved(value) if name == "transform" else value


def _moved(transform: str) -> str:
    told = []
    for name, values in _FUNCTION.findall(transform):
        numbers = (number(float(text), _DECIMALS.get(name, 6)) for text in values.split())
        told.append(f"{name}({' '.join(numbers)})")
    return "".join(told)


def _parents(root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    for parent in list(root.iter()):
        yield from ((parent, child) for child in list(parent))


def _hoist(root: ET.Element, shared: ET.Element) -> None:
    """Move all definitions to one place, and drop what describes the file."""
    for parent, child in _parents(root):
        if child.tag in {"defs", "metadata"}:
            parent.remove(child)
            shared.extend(list(child) if child.tag == "defs" else [])


def _references(nodes: Iterable[ET.Element]) -> Iterator[str]:
    for node in nodes:
        for name in ("href", "clip-path"):
            yield from _REFERENCE.findall(node.get(name, ""))


def _forget_names(*trees: ET.Element) -> None:
    used = {name for tree in trees for name in _references(tree.iter())}
    for tree in trees:
        for node in tree.iter():
            if node.get("id") not in used:
                node.attrib.pop("id", None)


def _open_groups(node: ET.Element) -> None:
    """Put what a group without attributes holds into its place."""
    for child in list(node):
        _open_groups(child)
        if child.tag == "g" and not child.attrib:
            place = list(node).index(child)
            node.remove(child)
            for step, inner in enumerate(list(child)):
                node.insert(place + step, inner)


def _share_words(root: ET.Element, shared: ET.Element) -> None:
    """Write the letters of each word once, however often the word occurs."""
    words = [node for node in root.iter("g") if len(node) > 1 and all(c.tag == "use" for c in node)]
    texts = {id(node): "".join(ET.tostring(c, "unicode") for c in node) for node in words}
    often = {text for text, times in Counter(texts.values()).items() if times > 1}
    names: dict[str, str] = {}
    for node in words:
        if (text := texts[id(node)]) not in often:
            continue
        if text not in names:
            names[text] = f"word-{len(names)}"
            ET.SubElement(shared, "g", id=names[text]).extend(list(node))
        for letter in list(node):
            node.remove(letter)
        node.tag = "use"
        node.set("href", f"#{names[text]}")


def _place(node: ET.Element) -> None:
    """Say where a letter or a mark stands by its coordinates, if it is only moved."""
    found = re.fullmatch(r"translate\(([^\s()]+)(?: ([^\s()]+))?\)", node.get("transform", ""))
    if found and "x" not in node.attrib:
        del node.attrib["transform"]
        node.attrib.update(zip("xy", (value or "0" for value in found.groups()), strict=True))
    for name in "xy":
        if node.get(name) == "0":
            del node.attrib[name]


def _share_styles(root: ET.Element, shared: ET.Element) -> None:
    """Write each style once, in a sheet, and give it to a whole group where all of it has it."""
    for group in root.iter("g"):
        styles = {node.get("style") for node in group}
        if len(styles) == 1 and "style" not in group.attrib and (style := styles.pop()):
            group.set("style", style)
            for node in group:
                del node.attrib["style"]
    nodes = [node for tree in (shared, root) for node in tree.iter()]
    often = Counter(rule for node in nodes for rule in _rules(node)).most_common()
    classes = {rule: name for (rule, _), name in zip(often, _names(), strict=False)}
    for node in nodes:
        if rules := _rules(node):
            node.attrib.pop("style", None)
            node.attrib.pop("clip-path", None)
            node.set("class", " ".join(classes[rule] for rule in rules))
    if classes:
        sheet = ET.SubElement(shared, "style")
        sheet.text = "".join(f".{name}{{{rule}}}" for rule, name in classes.items())


def _rules(node: ET.Element) -> list[str]:
    clip = f"clip-path:{node.attrib['clip-path']}" if "clip-path" in node.attrib else ""
    return [rule for rule in (node.get("style", ""), clip) if rule]


def _names() -> Iterator[str]:
    for length in (1, 2, 3):
        yield from map("".join, product(ascii_letters, repeat=length))


def _rename(root: ET.Element) -> None:
    """Give short names, the shortest to what is referred to most often."""
    sheets = list(root.iter("style"))
    told = [
        *_references(root.iter()),
        *(n for s in sheets for n in _REFERENCE.findall(s.text or "")),
    ]
    names = {old: new for (old, _), new in zip(Counter(told).most_common(), _names(), strict=False)}
    for node in root.iter():
        if (name := node.get("id")) is not None:
            node.set("id", names[name])
        if (target := node.get("href", "")).startswith("#"):
            node.set("href", "#" + names[target[1:]])
    for sheet in sheets:
        sheet.text = _REFERENCE.sub(lambda found: names[found[0]], sheet.text or "")
