"""What an SVG file may consist of: read strictly, with everything refused that can act, fetch, grow or hide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from links.qr.logos.limits import DEEPEST, LONGEST_DRAWING, MOST_ELEMENTS
from links.qr.payloads.fields import FieldRefused

_SVG = "http://www.w3.org/2000/svg"
_DRAWN = frozenset({"svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline"})
_DRAWN |= {"polygon", "linearGradient", "radialGradient", "stop", "clipPath", "mask"}
# Notes of drawing programs: nothing of them is drawn.
_NOTES = frozenset({"title", "desc", "metadata"})
_INSTEAD = {
    "script": "Remove its scripts.",
    "text": "Turn text into outlines (paths) and export it anew: fonts differ between machines.",
    "image": "Remove pictures embedded in it, or upload such a picture itself as PNG.",
    "filter": "Flatten its effects (shadows, blur) and export it anew.",
}
_LINK = "Remove references to anything outside the file."
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_URL = re.compile(r"url\(", re.IGNORECASE)
_LOCAL_URL = re.compile(r"url\(\s*[\"']?#[^\"')]+[\"']?\s*\)")
# In sheets, whose rules may meet any element, references are for colours only.
_PAINT_URL = re.compile(r"[{;\s](?:fill|stroke)\s*:\s*url\(\s*[\"']?#")


@dataclass
class Element:
    """An element with what will be drawn of it; `href` stands for xlink:href too."""

    name: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()


def parsed(upload: bytes) -> tuple[Element, list[str]]:
    """The root element and the style sheets; raises FieldRefused."""
    if len(upload) > LONGEST_DRAWING:
        raise FieldRefused("logo", f"Use an SVG of at most {LONGEST_DRAWING // 1000} kB.")
    reader = _Reader()
    try:
        reader.parse(upload)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise FieldRefused("logo", f"Export the SVG anew: it is damaged ({error}).") from None
    if reader.root is None or reader.root.name != "svg":
        raise FieldRefused("logo", "Use a PNG, JPEG, WebP, GIF or SVG file; this is XML of another kind.")
    return reader.root, reader.styles


class _Reader:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.styles = list[str]()
        self._open = list[Element]()
        self._count = 0
        self._skipping = 0  # depth inside notes
        self._sheet: list[str] | None = None

    def parse(self, upload: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = True
        parser.Parse(upload, True)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: bool) -> None:
        if has_subset:  # the mere name of SVG's document type is harmless and common
            raise FieldRefused("logo", "Remove the declarations inside its DOCTYPE, or export it as plain SVG.")

    def _entity(self, *_: object) -> None:
        raise FieldRefused("logo", "Remove the entities from its DOCTYPE, or export it as plain SVG.")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) + self._skipping >= DEEPEST:
            raise FieldRefused("logo", f"Use a simpler drawing: at most {MOST_ELEMENTS} shapes, {DEEPEST} deep.")
        namespace, _, name = qualified.rpartition(" ")
        if self._skipping or namespace not in (_SVG, "") or name in _NOTES:
            self._skipping += 1
        elif name == "style":
            self._sheet = []
            self._skipping = 1
        else:
            self._add(_element(name, attributes))

    def _add(self, element: Element) -> None:
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _text(self, text: str) -> None:
        if self._sheet is not None:
            self._sheet.append(text)

    def _end(self, _: str) -> None:
        if not self._skipping:
            self._open.pop()
            return
        self._skipping -= 1
        if self._sheet is not None and not self._skipping:
            self.styles.append(_checked_sheet("".join(self._sheet)))
            self._sheet = None


def _element(name: str, attributes: dict[str, str]) -> Element:
    if name not in _DRAWN:
        raise FieldRefused("logo", _INSTEAD.get(name, f"Remove <{name[:40]}>: a logo consists of plain shapes only."))
    kept = dict[str, str]()
    for qualified, value in attributes.items():
        namespace, _, key = qualified.rpartition(" ")
        if key == "href":
            kept["href"] = _checked_link(value)
        elif key.lower().startswith("on"):
            raise FieldRefused("logo", f"Remove its scripts (the attribute {key[:40]}).")
        elif not namespace:
            kept[key] = _checked_value(key, value)
    return Element(name, kept)


def _checked_link(value: str) -> str:
    if not value.startswith("#"):
        raise FieldRefused("logo", _LINK)
    return value


def _checked_value(key: str, value: str) -> str:
    if key == "style":
        value = _checked_rules(value)
    elif key == "filter":
        raise FieldRefused("logo", _INSTEAD["filter"])
    if len(_URL.findall(value)) != len(_LOCAL_URL.findall(value)):
        raise FieldRefused("logo", _LINK)
    return value


def _checked_sheet(sheet: str) -> str:
    rules = _checked_rules(sheet)
    if "@" in rules or len(_URL.findall(rules)) != len(_PAINT_URL.findall(rules)):
        raise FieldRefused("logo", f"{_LINK[:-1]}, and @-rules, from its style sheet.")
    return rules


def _checked_rules(css: str) -> str:
    """CSS without comments; escapes could hide what is looked for."""
    rules = _COMMENT.sub("", css)
    if "\\" in rules or "/*" in rules:
        raise FieldRefused("logo", "Remove backslashes and unclosed comments from its styles.")
    if "filter" in rules.lower():
        raise FieldRefused("logo", _INSTEAD["filter"])
    return rules
