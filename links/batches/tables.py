"""Reads an uploaded CSV file as people's spreadsheets write them, and says line and reason where it cannot be read."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a file, and what to change: a line counted from 1, and the column where it is one's."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}{f', {self.column}' if self.column else ''}: {self.message}"


class Unreadable(Exception):
    """A file that is no table with these columns."""

    def __init__(self, line: int, column: str, message: str) -> None:
        self.mistake = Mistake(line, column, message)
        super().__init__(str(self.mistake))


@dataclass(frozen=True)
class Cells:
    """One row: where it begins, and its cells by column, without blanks around them."""

    line: int
    by_column: dict[str, str]


def column_name(text: str) -> str:
    """A column's name as it is compared: “Shop name” is shop_name."""
    return text.strip().lower().replace(" ", "_")


def read_table(data: bytes, columns: Sequence[str], captions: Sequence[str] = ()) -> Iterator[Cells]:
    """Rows of a UTF-8 file whose first line names some of the columns, in any order. Raises Unreadable.

    Commas, semicolons or tabs stand between cells, whichever name most columns. Empty rows are left out. `captions`
    are columns that have to be there, of whatever name.
    """
    text = _decoded(data)
    names, delimiter = _header(text, columns, captions)
    rows = _rows(text, delimiter)
    next(rows)
    for line, cells in rows:
        if any(cells):
            yield _row(line, names, cells)


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(1, "", "The file is UTF-16. Save it as “CSV UTF-8”.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "", "This is not UTF-8. Save the file as “CSV UTF-8”.") from error


def _header(text: str, columns: Sequence[str], captions: Sequence[str]) -> tuple[list[str], str]:
    """The names of the first line, and the delimiter that finds most of them."""
    known = ", ".join(columns)
    if not text.strip():
        raise Unreadable(1, "", f"The file is empty. Its first line names columns: {known}.")
    candidates = [(_names(text, delimiter), delimiter) for delimiter in DELIMITERS]
    names, delimiter = max(candidates, key=lambda found: len(set(found[0]) & {*columns, *captions}))
    if not any(names):
        raise Unreadable(1, "", f"The first line is empty. Name columns in it: {known}.")
    for name in names:
        if name and name not in columns and name not in captions:
            advice = "Rename or remove it, or print it on labels as a caption; “address” and “code” are the code's own."
            raise Unreadable(1, "", f"There is no column “{name[:80]}”. {advice} Columns are: {known}.")
        if name and names.count(name) > 1:
            raise Unreadable(1, "", f"The column “{name}” is there twice. Remove one.")
    for name in captions:
        if name not in names:
            there = ", ".join(filter(None, names))
            raise Unreadable(1, "", f"The caption “{name[:80]}” is no column of this file. It has: {there}.")
    return names, delimiter


def _names(text: str, delimiter: str) -> list[str]:
    """The first line cut by a delimiter, which may be the wrong one: quotes are no mistake yet."""
    try:
        cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable(1, "", f"This line cannot be read ({error}). Name columns in it.") from error
    return [column_name(cell) for cell in cells]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows and where each begins: a cell in quotes may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(line, "", f"This line cannot be read ({error}). Look at its quotes.") from error
        yield line, [cell.strip() for cell in cells]


def _row(line: int, names: Sequence[str], cells: Sequence[str]) -> Cells:
    if any(cells[len(names) :]) or any(cell for name, cell in zip(names, cells, strict=False) if not name):
        more = f"This row has more cells than the {len([name for name in names if name])} columns of the first line."
        raise Unreadable(line, "", f"{more} Put text that holds a delimiter in quotes.")
    return Cells(line, {name: cell for name, cell in zip(names, cells, strict=False) if name})
