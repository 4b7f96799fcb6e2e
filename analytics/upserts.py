"""The two statements that counting rests on: insert what is new, and add to what is there.

Rows are tuples in the order of `names`. They are sorted by their key, so that two ingesters lock rows in one order.
PostgreSQL gets a statement with an array a column, SQLite one with a value a place: both were the quickest way in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import compress, islice
from typing import Any, Self
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

# SQLite allows 32,766 variables in a statement.
MAX_VARIABLES = 30_000
# Fewer rows do not earn the two more questions that go with a COPY.
WORTH_A_COPY = 100
UNIQUE_VIOLATION = "23505"

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ESCAPED = "\\\t\n\r"

Rows = Sequence[tuple[Any, ...]]
Names = Sequence[str]
Statement = tuple[str, list[Any]]


@dataclass(frozen=True)
class Insertion:
    """Rows of which those are inserted whose `key` is not there yet. Making it asks no database: it is done ahead."""

    model: type[models.Model]
    names: Names
    key: Names
    rows: Rows
    # What COPY reads of each row; none where COPY is not worth it.
    lines: Sequence[str] = ()

    @classmethod
    def of(cls, model: type[models.Model], names: Names, rows: Iterable[tuple[Any, ...]], key: Names) -> Self:
        ordered = _in_order(names, rows, key)
        copies = connection.vendor == "postgresql" and len(ordered) >= WORTH_A_COPY
        return cls(model, names, key, ordered, _lines(model, names, ordered) if copies else ())

    def without(self, rows: AbstractSet[tuple[Any, ...]]) -> Self:
        kept = [row not in rows for row in self.rows]
        return replace(self, rows=list(compress(self.rows, kept)), lines=list(compress(self.lines, kept)))

    def run(self) -> Rows:
        """Returns the keys that were inserted."""
        if self.lines and _copied(self.model, self.names, self.lines):
            return list(_columns_of(self.names, self.rows, self.key))
        returning = ", ".join(_column(self.model, name) for name in self.key)
        suffix = f"ON CONFLICT DO NOTHING RETURNING {returning}"
        inserted: list[tuple[Any, ...]] = []
        for part in _parts(self.rows, len(self.names)):
            with connection.cursor() as cursor:
                cursor.execute(*_insert(self.model, self.names, part, suffix))
                if connection.vendor == "postgresql" and cursor.rowcount == len(part):  # reading keys takes its time
                    inserted += _columns_of(self.names, part, self.key)
                else:
                    inserted += [_to_python(self.model, self.key, row) for row in cursor.fetchall()]
        return inserted


@dataclass(frozen=True)
class Lookup:
    """A question for columns of the rows whose `key` is among some. Making it asks no database, either."""

    model: type[models.Model]
    names: Names
    statements: Sequence[Statement]

    @classmethod
    def of(cls, model: type[models.Model], names: Names, keys: Iterable[tuple[Any, ...]], key: Names) -> Self:
        columns = ", ".join(_column(model, name) for name in key)
        select = f"{_select(model, names)} WHERE ({columns}) IN"
        listed = (_list(model, key, part) for part in _parts(sorted(keys), len(key)))
        return cls(model, names, [(f"{select} ({rows})", parameters) for rows, parameters in listed])

    def run(self) -> Rows:
        found: list[tuple[Any, ...]] = []
        for statement in self.statements:
            with connection.cursor() as cursor:
                cursor.execute(*statement)
                found += [_to_python(self.model, self.names, row) for row in cursor.fetchall()]
        return found


@dataclass(frozen=True)
class Addition:
    """Rows that are added to the rows of the same `key`: numbers are summed, fields in `latest` keep the later value.

    Making it asks no database, either.
    """

    statements: Sequence[tuple[str, Sequence[Any]]]
    # SQLite: a statement's parameters are rows, and it is executed once for each.
    row_by_row: bool

    @classmethod
    def of(
        cls, model: type[models.Model], names: Names, rows: Iterable[tuple[Any, ...]], key: Names, latest: Names = ()
    ) -> Self:
        ordered = _in_order(names, rows, key)
        conflict = ", ".join(_column(model, name) for name in key)
        sums = ", ".join(_sum(model, name, latest=name in latest) for name in names if name not in key)
        suffix = f"ON CONFLICT ({conflict}) DO UPDATE SET {sums}"
        if connection.vendor == "sqlite":
            return cls([_insert_each(model, names, ordered, suffix)] if ordered else [], row_by_row=True)
        return cls([_insert(model, names, part, suffix) for part in _parts(ordered, len(names))], row_by_row=False)

    def run(self) -> None:
        with connection.cursor() as cursor:
            execute = cursor.executemany if self.row_by_row else cursor.execute
            for statement, parameters in self.statements:
                execute(statement, parameters)


def _in_order(names: Names, rows: Iterable[tuple[Any, ...]], key: Names) -> Rows:
    """Sorted by key; most rows begin with it, and then whole tuples are compared, unless Python compares their keys."""
    if tuple(names[: len(key)]) == tuple(key):
        ordered = list(rows)
        ordered.sort(key=_by_number if ordered and isinstance(ordered[0][0], UUID) else None)
        return ordered
    places = [names.index(name) for name in key]
    return sorted(rows, key=lambda row: [row[place] for place in places])


def _by_number(row: tuple[Any, ...]) -> int:
    number: int = row[0].int
    return number


def _columns_of(names: Names, rows: Rows, wanted: Names) -> Iterator[tuple[Any, ...]]:
    places = [names.index(name) for name in wanted]
    return ((tuple(row[place] for place in places)) for row in rows)


def _sum(model: type[models.Model], name: str, *, latest: bool) -> str:
    column, table = _column(model, name), connection.ops.quote_name(model._meta.db_table)
    if not latest:
        return f"{column} = {table}.{column} + excluded.{column}"
    greatest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    return f"{column} = {greatest}(COALESCE({table}.{column}, excluded.{column}), excluded.{column})"


# --- Rows on their way in ----------------------------------------------------------------------------


def _parts(rows: Rows, width: int) -> Iterator[Rows]:
    """All at once on PostgreSQL; as many as have room on SQLite."""
    if connection.vendor == "postgresql":
        return iter([rows] if rows else [])
    iterator = iter(rows)
    return iter(lambda: list(islice(iterator, MAX_VARIABLES // width)), [])


def _insert(model: type[models.Model], names: Names, rows: Rows, suffix: str) -> Statement:
    """An INSERT of many rows and its parameters."""
    listed, parameters = _list(model, names, rows)
    return f"{_into(model, names)} {listed} {suffix}", parameters


def _list(model: type[models.Model], names: Names, rows: Rows) -> Statement:
    """Rows as what follows an INSERT or an IN, and its parameters."""
    if connection.vendor == "postgresql":
        fields = [_field(model, name) for name in names]
        arrays = ", ".join(f"%s::{_array_type(field)}" for field in fields)
        columns = zip(*rows, strict=True)
        literals = [_array(field, values) for field, values in zip(fields, columns, strict=True)]
        return f"SELECT * FROM unnest({arrays})", literals  # noqa: S608 - names come from models
    places = f"({', '.join(['%s'] * len(names))})"
    values = [value for row in _for_sqlite(model, names, rows) for value in row]
    return f"VALUES {', '.join([places] * len(rows))}", values


def _select(model: type[models.Model], names: Names) -> str:
    columns = ", ".join(_column(model, name) for name in names)
    return f"SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}"  # noqa: S608 - names come from models


def _insert_each(model: type[models.Model], names: Names, rows: Rows, suffix: str) -> tuple[str, Rows]:
    places = ", ".join(["%s"] * len(names))
    return f"{_into(model, names)} VALUES ({places}) {suffix}", _for_sqlite(model, names, rows)


def _into(model: type[models.Model], names: Names) -> str:
    columns = ", ".join(_column(model, name) for name in names)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns})"


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 - narrows the type; relations from elsewhere have no column
    return field


def _column(model: type[models.Model], name: str) -> str:
    column = _field(model, name).column
    assert column  # noqa: S101 - the same
    return connection.ops.quote_name(column)


def _to_python(model: type[models.Model], names: Names, row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_field(model, name).to_python(value) for name, value in zip(names, row, strict=True))


# --- PostgreSQL: arrays, written out because its driver takes ten times as long to adapt a list -------


def _array_type(field: "models.Field[Any, Any]") -> str:
    # As text, what is too long for its column is an error; cast to its type it would be cut without a word.
    return "text[]" if isinstance(field, models.CharField) else f"{field.db_type(connection)}[]"


def _array(field: "models.Field[Any, Any]", values: Sequence[Any]) -> str:
    """A column as PostgreSQL writes an array."""
    if isinstance(field, models.BinaryField):
        return "{" + ",".join([f'"\\\\x{bytes(value).hex()}"' for value in values]) + "}"
    if isinstance(field, (models.CharField, models.TextField)):
        quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
        return '{"' + '","'.join(quoted) + '"}'
    return "{" + ",".join(map(str, values)) + "}"


# --- PostgreSQL: rows that are most probably all new ---------------------------------------------------


def _copied(model: type[models.Model], names: Names, lines: Sequence[str]) -> bool:
    """Insert rows by COPY, which takes half as long; False, and nothing is inserted, where one is there already."""
    columns = ", ".join(_column(model, name) for name in names)
    table = connection.ops.quote_name(model._meta.db_table)
    try:
        with (
            transaction.atomic(),
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            copy.write("".join(lines))
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != UNIQUE_VIOLATION:
            raise
        return False
    return True


def _lines(model: type[models.Model], names: Names, rows: Rows) -> list[str]:
    columns = zip(*rows, strict=True)
    text = [_for_copy(_field(model, name), values) for name, values in zip(names, columns, strict=True)]
    return [f"{line}\n" for line in map("\t".join, zip(*text, strict=True))]


def _for_copy(field: "models.Field[Any, Any]", values: Sequence[Any]) -> Iterable[str]:
    """A column as COPY reads it."""
    if isinstance(field, models.BinaryField):
        return [f"\\\\x{bytes(value).hex()}" for value in values]
    if not isinstance(field, (models.CharField, models.TextField)):
        return map(str, values)
    # Nearly no column has anything to escape.
    text = "".join(values)
    return [value.translate(_ESCAPES) for value in values] if any(mark in text for mark in _ESCAPED) else values


# --- SQLite: values as Django stores them, but a converter a column instead of a field's method a value --


def _for_sqlite(model: type[models.Model], names: Names, rows: Rows) -> Rows:
    converters = [_CONVERTERS.get(type(value)) for value in rows[0]]
    if not any(converters):
        return rows
    columns: list[Iterable[Any]] = [
        map(convert, column) if convert else column
        for convert, column in zip(converters, zip(*rows, strict=True), strict=True)
    ]
    return list(zip(*columns, strict=True))


def _moment(value: datetime) -> str:
    return str(value.replace(tzinfo=None))


_CONVERTERS: dict[type, Callable[[Any], Any]] = {
    UUID: lambda value: value.hex,
    datetime: _moment,
    date: date.isoformat,
}
