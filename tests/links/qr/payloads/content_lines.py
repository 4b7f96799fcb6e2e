"""Reads content lines as RFC 6350 section 3.3 and RFC 5545 section 3.1 describe them."""

import re
from typing import NamedTuple

_NAME = re.compile(r"[A-Za-z0-9-]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Property(NamedTuple):
    name: str
    parameters: dict[str, list[str]]
    value: str


def properties(text: str) -> list[Property]:
    """Unfolds, then takes each line apart; fails where a line is none, also for scanners that break lines anywhere."""
    assert text.endswith("\r\n")
    lines = re.sub("\r\n[ \t]", "", text)[:-2].split("\r\n")
    assert lines == re.sub("\r\n[ \t]", "", text).splitlines()
    return [_property(line) for line in lines]


def _property(line: str) -> Property:
    head, colon, value = line.partition(":")
    assert colon, f"no property: {line!r}"
    assert '"' not in head, "this parser knows no quoted parameters"
    name, *parameters = head.split(";")
    assert _NAME.fullmatch(name), f"no property: {line!r}"
    pairs = [parameter.split("=") for parameter in parameters]
    return Property(name, {key: values.split(",") for key, values in pairs}, value)


def unescaped(text: str) -> str:
    """A TEXT value. A comma or semicolon that is not escaped would part it, an escape that is none is an error."""
    assert not re.search(r"[,;]", _ESCAPE.sub("", text))

    def meant(match: re.Match[str]) -> str:
        assert match[1] in "\\,;nN"
        return "\n" if match[1] in "nN" else match[1]

    assert "\\" not in _ESCAPE.sub("", text)
    return _ESCAPE.sub(meant, text)


def components(value: str) -> list[str]:
    """The parts of a structured value: semicolons with an even number of backslashes before them part it."""
    parts, start, at = [], 0, 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
        elif value[at] == ";":
            parts.append(value[start:at])
            start = at + 1
        at += 1
    return [unescaped(part) for part in [*parts, value[start:]]]
