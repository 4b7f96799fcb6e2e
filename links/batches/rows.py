"""Rows of a CSV file as links to be made: all mistakes are told before anything is."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

from accounts.models import Workspace
from links import codes
from links.actions import AT_ONCE
from links.batches.models import BatchRow
from links.batches.tables import Cells, Mistake, Unreadable, read_table
from links.destinations import parse
from links.expiry import validate_first_expiry
from links.models import Code, Link
from links.names import key_of, split_tags

COLUMNS = ("destination", "title", "placement", "alias", "campaign", "tags", "expires_at", "counts_only")
MOST_ROWS = 10_000
MOST_BYTES = 5_000_000
MOST_MISTAKES = 25

LONGEST_TITLE = Link._meta.get_field("title").max_length or 0
LONGEST_PLACEMENT = Code._meta.get_field("placement").max_length or 0
_WORDS = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}


class RowsRefused(Exception):
    """A file with mistakes, some of which are told; `more` are not."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = mistakes[:MOST_MISTAKES]
        self.more = len(mistakes) - len(self.mistakes)
        super().__init__("; ".join(map(str, self.mistakes)))

    @property
    def sentences(self) -> list[str]:
        """A sentence for each mistake."""
        rest = [f"{self.more} more mistakes are not shown."] if self.more else []
        return [*map(str, self.mistakes), *rest]


def read_rows(workspace: Workspace, data: bytes, captions: Sequence[str] = ()) -> list[BatchRow]:
    """Rows, not saved yet, for each a link can be made. `captions` are columns to be printed. Raises RowsRefused."""
    try:
        found = _counted(read_table(data, COLUMNS, captions))
    except Unreadable as refusal:
        raise RowsRefused([refusal.mistake]) from refusal
    campaigns = {key: pk for pk, key in workspace.campaigns.values_list("pk", "key")}
    zone = ZoneInfo(workspace.current_timezone)
    mistakes: list[Mistake] = []
    rows = [
        BatchRow(
            line=cells.line,
            wanted=_wanted(cells, campaigns, zone, mistakes),
            captions=dict(_printed(cells, captions, mistakes)),
        )
        for cells in found
    ]
    mistakes.extend(_taken(rows))
    if mistakes:
        raise RowsRefused(sorted(mistakes, key=lambda mistake: mistake.line))
    return rows


def _counted(table: Iterator[Cells]) -> list[Cells]:
    found: list[Cells] = []
    for cells in table:
        if len(found) == MOST_ROWS:
            raise Unreadable(cells.line, "", f"A file holds at most {MOST_ROWS:,} rows. Cut it in several.")
        found.append(cells)
    if not found:
        raise Unreadable(1, "", "There is no row below the first line. Write a destination in each.")
    return found


def _wanted(
    cells: Cells, campaigns: Mapping[str, int], zone: ZoneInfo, mistakes: list[Mistake]
) -> dict[str, Any] | None:
    """What create_link takes, as JSON has it; None, and the mistakes, where something is wrong."""
    parsers: dict[str, Any] = {
        "destination": parse,
        "title": lambda text: _line(text, LONGEST_TITLE),
        "placement": lambda text: _line(text, LONGEST_PLACEMENT),
        "alias": lambda text: codes.validate_alias(text) if text else "",
        "campaign": lambda text: _campaign(text, campaigns),
        "tags": split_tags,
        "expires_at": lambda text: _moment(text, zone),
        "counts_only": _yes_or_no,
    }
    wanted: dict[str, Any] = {}
    for column, parser in parsers.items():
        try:
            wanted[column] = parser(cells.by_column.get(column, ""))
        except ValueError as refusal:  # what all refusals are
            mistakes.append(Mistake(cells.line, column, str(refusal)))
    return wanted if len(wanted) == len(parsers) else None


def _printed(cells: Cells, captions: Sequence[str], mistakes: list[Mistake]) -> Iterator[tuple[str, str]]:
    """Cells that are printed as they are."""
    for column in captions:
        try:
            yield column, _line(cells.by_column.get(column, ""), LONGEST_TITLE)
        except ValueError as refusal:
            mistakes.append(Mistake(cells.line, column, str(refusal)))


def _line(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError(f"These are {len(text)} characters; use at most {longest}.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("Use one line without control characters.")
    return text


def _campaign(text: str, campaigns: Mapping[str, int]) -> int | None:
    if not text:
        return None
    if (campaign := campaigns.get(key_of(" ".join(text.split())))) is None:
        raise ValueError(f"There is no campaign “{text[:100]}”. Make it first, or correct its name.")
    return campaign


def _moment(text: str, zone: ZoneInfo) -> str | None:
    """When the link ends, on the workspace's clock where the text names no offset."""
    if not text:
        return None
    moment = _parsed(text)
    if moment is None:
        raise ValueError("Write date and time as 2027-01-31 18:00, or nothing for a link that never ends.")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        validate_first_expiry(aware)
    except (ValidationError, OverflowError) as refusal:
        raise ValueError(" ".join(getattr(refusal, "messages", ["Choose a date between 2000 and 2999."]))) from refusal
    return aware.isoformat()


def _parsed(text: str) -> datetime | None:
    """None for a date alone, too: whether its day still counts would be anybody's guess."""
    if ":" not in text:
        return None
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _yes_or_no(text: str) -> bool:
    try:
        return _WORDS[text.lower()]
    except KeyError as error:
        raise ValueError("Write yes or no.") from error


def _taken(rows: Sequence[BatchRow]) -> Iterator[Mistake]:
    """Aliases that are, or once were, somebody's code, or that two rows want."""
    lines: dict[str, int] = {}
    for row in rows:
        if row.wanted and (alias := row.wanted["alias"]):
            canonical = codes.canonical(alias)
            if canonical in lines:
                yield Mistake(row.line, "alias", f"Line {lines[canonical]} has this alias, too. Choose another.")
            lines.setdefault(canonical, row.line)
    for canonical in _issued(list(lines)):
        message = "This alias is taken, or was once printed for something else. Choose another."
        yield Mistake(lines[canonical], "alias", message)


def _issued(wanted: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(wanted), AT_ONCE):
        part = Code.objects.filter(domain__is_site=True, canonical__in=wanted[start : start + AT_ONCE])
        yield from part.values_list("canonical", flat=True)


def arguments_of(row: BatchRow) -> dict[str, Any]:
    """The row's values as create_link takes them, without its campaign."""
    wanted: dict[str, Any] = {name: value for name, value in row.wanted.items() if name != "campaign"}
    if wanted["expires_at"]:
        wanted["expires_at"] = datetime.fromisoformat(wanted["expires_at"])
    return wanted
