"""The formats that tables are written in, a few hundred rows at a time: memory does not grow with rows."""

import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice
from typing import Any

from analytics.exports.columns import Column, Table
from links.cells import cell

ROWS_AT_ONCE = 500
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Line = Callable[[list[Any]], str]


class Format(StrEnum):
    """How a file is written."""

    CSV = "csv"
    JSONL = "jsonl"
    NDJSON = "ndjson"

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8" if self is Format.CSV else "application/x-ndjson"


def written(table: Table, format: Format, *, bom: bool = False, header: bool = True) -> Iterator[bytes]:
    """A table in a format, in pieces. A file that is gone on with gets no header and no mark again."""
    if header and format is Format.CSV:
        names = ",".join(column.name for column in table.columns)
        yield (BYTE_ORDER_MARK if bom else b"") + names.encode() + b"\r\n"
    line = _LINES[format](table)
    rows = table.plain()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield "".join(map(line, some)).encode("utf-8", "backslashreplace")


def _csv_line(table: Table) -> Line:
    return lambda row: ",".join(map(cell, row)) + "\r\n"


def _ndjson_line(table: Table) -> Line:
    """Flat: every column in every line, null where nothing is known."""
    names = [column.name for column in table.columns]
    return lambda row: json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n"


def _jsonl_line(table: Table) -> Line:
    """Objects in objects; what is not known is left out."""
    return lambda row: json.dumps(_nested(table.columns, row), ensure_ascii=False) + "\n"


def _nested(columns: Any, row: list[Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    known: list[tuple[Column, Any]] = [(column, value) for column, value in zip(columns, row, strict=True)]
    for column, value in known:
        if value is None:
            continue
        *way, name = column.path
        place = whole
        for step in way:
            place = place.setdefault(step, {})
        place[name] = value
    return whole


_LINES: dict[Format, Callable[[Table], Line]] = {
    Format.CSV: _csv_line,
    Format.NDJSON: _ndjson_line,
    Format.JSONL: _jsonl_line,
}
