"""Columns, and tables of rows: what every export is, before it is written in one format or another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

Value = str | int | float | bool | date | datetime | None
Row = Sequence[Value]


class Type(StrEnum):
    """What a column holds. A column keeps its type whatever is in it; what is not known is null."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"  # 2026-05-13
    TIME = "time"  # in UTC: 2026-05-13T12:00:00.000Z
    LOCAL_TIME = "local time"  # on the clock of the export's zone: 2026-05-13 14:00:00

    @property
    def parquet(self) -> str:
        """The type that the column has in a Parquet file."""
        return _PARQUET[self]


_PARQUET = {
    Type.STRING: "BYTE_ARRAY (STRING)",
    Type.INTEGER: "INT64",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.DATE: "INT32 (DATE)",
    Type.TIME: "INT64 (TIMESTAMP, MICROS, UTC)",
    Type.LOCAL_TIME: "INT64 (TIMESTAMP, MICROS, not UTC)",
}


@dataclass(frozen=True)
class Column:
    """A name that stays, a type, what it means, and where it goes in JSON that has objects in objects."""

    name: str
    type: Type
    meaning: str
    nested: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        return self.nested or (self.name,)


@dataclass(frozen=True)
class Table:
    """Columns and as many rows as there are, made while they are read."""

    columns: Sequence[Column]
    rows: Iterable[Row]

    def plain(self) -> Iterator[list[Any]]:
        """Rows of text, numbers, booleans and None: what JSON knows."""
        for row in self.rows:
            yield [plain(value, column.type) for value, column in zip(row, self.columns, strict=True)]


def plain(value: Value, kind: Type) -> str | int | float | bool | None:
    """One value as it is written; empty text is not known."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        if kind is Type.LOCAL_TIME:
            return value.replace(tzinfo=None).isoformat(" ", "seconds")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat("T", "milliseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value
