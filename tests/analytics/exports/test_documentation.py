"""docs/exports.md lists every column as it is."""

import re
from collections.abc import Sequence
from pathlib import Path

from analytics.exports import scans, tables
from analytics.exports.columns import Column

PAGE = Path(__file__).resolve().parents[3] / "docs" / "exports.md"
TABLES: dict[str, Sequence[Column]] = {
    "scans": scans.COLUMNS,
    "series": tables.SERIES,
    "breakdown": tables.BREAKDOWN,
    "hours": tables.HOURS,
    "orphans": tables.ORPHANS,
    "after-expiry": tables.AFTER_EXPIRY,
}
_PLACE = re.compile(r"<!-- columns: (\S+) -->\n(?:\n?\|.*\n(?:\|.*\n)*)?")


def with_tables(text: str) -> str:
    return _PLACE.sub(lambda match: f"<!-- columns: {match[1]} -->\n\n{_table(TABLES[match[1]])}", text)


def _table(columns: Sequence[Column]) -> str:
    is_nested = any(column.nested for column in columns)
    head = "| column | " + ("in JSONL | " if is_nested else "") + "type | Parquet | meaning |\n"
    lines = head + "|---" * (head.count("|") - 1) + "|\n"
    for column in columns:
        nested = f"`{'.'.join(column.path)}` | " if is_nested else ""
        lines += f"| `{column.name}` | {nested}{column.type} | {column.type.parquet} | {column.meaning} |\n"
    return lines


def test_every_column_is_documented() -> None:
    text = PAGE.read_text()
    assert set(re.findall(r"<!-- columns: (\S+) -->", text)) == set(TABLES)
    assert with_tables(text) == text


def test_names_are_plain_and_each_is_there_once() -> None:
    for columns in TABLES.values():
        names = [column.name for column in columns]
        assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names)
        assert len(set(names)) == len(names)
        assert len({column.path for column in columns}) == len(columns)
