"""The three formats: typed, exact, with names that stay."""

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.exports.columns import Column, Table, Type
from analytics.exports.formats import Format, written
from tests import corpora

AT = datetime(2026, 5, 13, 12, 0, 1, 234_000, tzinfo=UTC)
COLUMNS = [
    Column("at", Type.TIME, ""),
    Column("local_at", Type.LOCAL_TIME, ""),
    Column("day", Type.DATE, ""),
    Column("n", Type.INTEGER, ""),
    Column("share", Type.NUMBER, ""),
    Column("is_it", Type.BOOLEAN, ""),
    Column("link_id", Type.INTEGER, "", ("link", "id")),
    Column("link_title", Type.STRING, "", ("link", "title")),
]
ROW = (AT, AT.astimezone(ZoneInfo("Asia/Kolkata")), date(2026, 5, 13), -5, 0.25, True, 7, "Poster, “big”")
EMPTY = (None, None, None, None, None, None, None, "")


def text_of(format: Format, *rows: Any, **options: Any) -> str:
    return b"".join(written(Table(COLUMNS, rows), format, **options)).decode()


def test_csv_has_typed_cells_and_nothing_for_null() -> None:
    assert text_of(Format.CSV, ROW, EMPTY) == (
        "at,local_at,day,n,share,is_it,link_id,link_title\r\n"
        '"2026-05-13T12:00:01.234Z","2026-05-13 17:30:01","2026-05-13",-5,0.25,true,7,"Poster, “big”"\r\n'
        ",,,,,,,\r\n"
    )


def test_ndjson_is_flat_with_every_column_in_every_line() -> None:
    first, second = map(json.loads, text_of(Format.NDJSON, ROW, EMPTY).splitlines())
    assert first == {
        "at": "2026-05-13T12:00:01.234Z",
        "local_at": "2026-05-13 17:30:01",
        "day": "2026-05-13",
        "n": -5,
        "share": 0.25,
        "is_it": True,
        "link_id": 7,
        "link_title": "Poster, “big”",
    }
    assert second == dict.fromkeys(first)


def test_jsonl_is_nested_and_leaves_out_what_is_not_known() -> None:
    first, second = map(json.loads, text_of(Format.JSONL, ROW, EMPTY).splitlines())
    assert first["link"] == {"id": 7, "title": "Poster, “big”"}
    assert second == {}


def test_a_mark_for_excel_stands_at_the_very_beginning_and_only_of_csv() -> None:
    assert text_of(Format.CSV, ROW, bom=True).startswith("\ufeffat,")
    assert text_of(Format.NDJSON, ROW, bom=True).startswith("{")


def test_a_file_that_is_gone_on_with_has_one_header() -> None:
    whole = text_of(Format.CSV, ROW, EMPTY, bom=True)
    assert text_of(Format.CSV, ROW, bom=True) + text_of(Format.CSV, EMPTY, bom=True, header=False) == whole


@given(st.lists(st.text(min_size=1)))
def test_json_is_exact_whatever_the_text(values: list[str]) -> None:
    for kind in (Format.JSONL, Format.NDJSON):
        lines = text_of(kind, *[(*EMPTY[:-1], value) for value in values]).split("\n")[:-1]
        read = [json.loads(line) for line in lines]
        assert [row.get("link_title") or row["link"]["title"] for row in read] == values


def test_naughty_strings_are_exact_in_json_and_one_line_each() -> None:
    values = [text for text in corpora.entries("blns.json") if text]
    lines = text_of(Format.NDJSON, *[(*EMPTY[:-1], value) for value in values]).split("\n")[:-1]
    assert [json.loads(line)["link_title"] for line in lines] == values


@pytest.mark.parametrize("format", list(Format))
def test_memory_does_not_grow_with_rows(format: Format) -> None:
    """The first piece comes before the second five hundred rows are even made."""
    made = 0

    def rows() -> Any:
        nonlocal made
        for _ in range(10_000):
            made += 1
            yield ROW

    pieces = written(Table(COLUMNS, rows()), format, header=False)
    next(pieces)
    assert made == 500


def test_a_line_break_within_a_cell_is_read_back() -> None:
    text = text_of(Format.CSV, (*ROW[:-1], "two\r\nlines"))
    assert list(csv.reader(io.StringIO(text, newline="")))[1][-1] == "two\r\nlines"
