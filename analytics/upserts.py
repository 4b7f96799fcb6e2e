"""The two statements that counting rests on: insert what is new, and add to what is there.

Both exist in PostgreSQL and SQLite (3.35) alike. Keys are sorted, so that two ingesters lock rows in one order.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

# SQLite allows 32,766 variables in a statement.
MAX_VARIABLES = 30_000


def insert_new(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Insert rows ({field: value}) whose `key` is not there yet; returns the keys that were inserted."""
    if not rows:
        return []
    rows = sorted(rows, key=lambda row: [row[name] for name in key])
    names = list(rows[0])
    returning = ", ".join(_column(model, name) for name in key)
    inserted: list[tuple[Any, ...]] = []
    for chunk in _chunks(rows, len(names)):
        sql = f"{_insert(model, names, len(chunk))} ON CONFLICT DO NOTHING RETURNING {returning}"
        with connection.cursor() as cursor:
            cursor.execute(sql, _values(model, names, chunk))
            inserted += [_to_python(model, key, row) for row in cursor.fetchall()]
    return inserted


def add_up(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], key: Sequence[str], latest: Sequence[str] = ()
) -> None:
    """Add rows to the rows of the same key: numbers are summed, fields in `latest` keep the later value."""
    if not rows:
        return
    rows = sorted(rows, key=lambda row: [row[name] for name in key])
    names = list(rows[0])
    table = connection.ops.quote_name(model._meta.db_table)
    greatest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    updates = []
    for name in names:
        column = _column(model, name)
        if name in latest:
            updates.append(f"{column} = {greatest}(COALESCE({table}.{column}, excluded.{column}), excluded.{column})")
        elif name not in key:
            updates.append(f"{column} = {table}.{column} + excluded.{column}")
    conflict = ", ".join(_column(model, name) for name in key)
    for chunk in _chunks(rows, len(names)):
        sql = f"{_insert(model, names, len(chunk))} ON CONFLICT ({conflict}) DO UPDATE SET {', '.join(updates)}"
        with connection.cursor() as cursor:
            cursor.execute(sql, _values(model, names, chunk))


def _insert(model: type[models.Model], names: Sequence[str], n: int) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(_column(model, name) for name in names)
    places = f"({', '.join(['%s'] * len(names))})"
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([places] * n)}"  # noqa: S608 - names come from models


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 - narrows the type; relations have no column
    assert field.column  # noqa: S101 - the same
    return connection.ops.quote_name(field.column)


def _values(model: type[models.Model], names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    prepare = [(name, model._meta.get_field(name).get_db_prep_save) for name in names]  # type: ignore[union-attr]  # no relations here
    return [prep(row[name], connection) for row in rows for name, prep in prepare]


def _to_python(model: type[models.Model], names: Sequence[str], row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name).to_python(value) for name, value in zip(names, row, strict=True))  # type: ignore[union-attr]  # no relations here


def _chunks(rows: Sequence[Mapping[str, Any]], width: int) -> Iterable[list[Mapping[str, Any]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, MAX_VARIABLES // width)):
        yield chunk
