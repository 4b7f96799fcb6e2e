"""CSV files as people's spreadsheets write them: what is read, and every mistake told with line and remedy."""

import csv
import io

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import actions
from links.batches.rows import COLUMNS, RowsRefused, read_rows
from links.batches.tables import DELIMITERS, Unreadable, read_table
from links.models import Campaign, Link
from tests.links.batches.conftest import NOW

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["\r\n", "\n"]),
    st.booleans(),
)
def test_whatever_a_spreadsheet_writes_is_read(
    rows: list[list[str]], delimiter: str, ending: str, has_mark: bool
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([["Destination", "TITLE", "expires at"], *rows])
    data = ("\ufeff" if has_mark else "") + file.getvalue()
    found = list(read_table(data.encode(), COLUMNS))
    kept = [[cell.strip() for cell in row] for row in rows]
    assert [list(cells.by_column.values()) for cells in found] == [row for row in kept if any(row)]
    assert all(list(cells.by_column) == ["destination", "title", "expires_at"] for cells in found)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"destination\n{text}".encode(errors="ignore")))
def test_whatever_is_sent_is_read_or_refused_in_words(data: bytes) -> None:
    mistakes = []
    try:
        list(read_table(data, COLUMNS))
    except Unreadable as refusal:
        mistakes.append(refusal.mistake)
    assert all(mistake.line >= 1 and mistake.message.endswith(".") for mistake in mistakes)


@pytest.mark.parametrize("delimiter", list(DELIMITERS))
def test_lines_are_counted_as_people_see_them(delimiter: str) -> None:
    text = 'destination,title\r\n\r\nhttps://a.example/,"two\r\nlines"\r\n,\r\nhttps://b.example/,"x"\r\n'
    rows = list(read_table(text.replace(",", delimiter).encode(), COLUMNS))
    assert [(cells.line, cells.by_column["title"]) for cells in rows] == [(3, "two\r\nlines"), (6, "x")]


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"", 1, "The file is empty"),
        (b"\xef\xbb\xbf \r\n", 1, "The file is empty"),
        (b"\r\ndestination\r\nhttps://example.com/\r\n", 1, "The first line is empty"),
        (b"x" * 140_000, 1, "cannot be read"),
        (b'"destination\nhttps://example.com/\n', 1, "no column"),
        ("destination\nhttps://example.com/".encode("utf-16"), 1, "UTF-16"),
        (b"destination,title\nhttps://example.com/,caf\xe9\n", 2, "not UTF-8"),
        (b"destination,placment\nhttps://example.com/,x\n", 1, "no column “placment”"),
        (b"destination,title,title\nhttps://example.com/,x,y\n", 1, "there twice"),
        (b'destination,title\nhttps://example.com/,"open\n', 2, "quotes"),
        (b'destination,title\nhttps://example.com/,"a"b\n', 2, "quotes"),
        (b"destination,title\nhttps://example.com/,a,b\n", 2, "more cells than the 2 columns"),
        (b"destination,,title\nhttps://example.com/,x,y\n", 2, "more cells"),
        (b"destination,title\nhttps://example.com/," + b"x" * 140_000, 2, "cannot be read"),
        (b"destination,title\nhttps://example.com/,a\x00b\n", 2, "control characters"),
        (b"destination\n\n\n", 1, "no row below"),
    ],
)
def test_a_file_that_is_no_table(workspace: Workspace, data: bytes, line: int, says: str) -> None:
    with pytest.raises(RowsRefused) as refused:
        read_rows(workspace, data)
    (mistake,) = refused.value.mistakes
    assert mistake.line == line
    assert says in mistake.message


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("destination", "", "Write the address"),
        ("destination", "example.com", "Write https://example.com/"),
        ("destination", "javascript:alert(1)", "not with “javascript:”"),
        ("title", "x" * 201, "at most 200"),
        ("placement", "x" * 121, "at most 120"),
        ("placement", "a\x07b", "control characters"),
        ("alias", "a b", "Use only letters"),
        ("alias", "admin", "page of this site"),
        ("alias", "LUNCH", "is taken"),
        ("campaign", "Autumn", "There is no campaign “Autumn”"),
        ("tags", ",".join(map(str, range(21))), "at most 20"),
        ("expires_at", "2027-01-31", "2027-01-31 18:00"),
        ("expires_at", "31.1.2027 18:00", "2027-01-31 18:00"),
        ("expires_at", "2027-02-30 18:00", "2027-01-31 18:00"),
        ("expires_at", "2026-05-13 13:59", "has passed"),
        ("expires_at", "9999-12-31 23:59:59-12:00", "between 2000 and 2999"),
        ("counts_only", "perhaps", "yes or no"),
    ],
)
def test_a_wrong_cell_is_told_with_line_and_column(link: Link, column: str, text: str, says: str) -> None:
    cells = {"destination": "https://example.com/"} | {column: text, "title": text if column == "title" else "t"}
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(cells))
    writer.writeheader()
    writer.writerows([{"destination": "https://example.com/first"}, cells])
    with time_machine.travel(NOW), pytest.raises(RowsRefused) as refused:
        read_rows(link.workspace, file.getvalue().encode())
    (mistake,) = refused.value.mistakes
    assert (mistake.line, mistake.column) == (3, column)
    assert says in mistake.message


def test_two_rows_cannot_have_one_alias(link: Link) -> None:
    text = "destination,alias\nhttps://a.example/,shop1\nhttps://b.example/,other\nhttps://c.example/,SHOPl\n"
    with pytest.raises(RowsRefused, match="Line 4, alias: Line 2 has this alias, too"):
        read_rows(link.workspace, text.encode())


def test_of_many_mistakes_some_are_told_in_the_order_of_lines(workspace: Workspace) -> None:
    text = "destination,counts_only\n" + "nowhere,perhaps\n" * 40
    with pytest.raises(RowsRefused) as refused:
        read_rows(workspace, text.encode())
    assert [mistake.line for mistake in refused.value.mistakes] == [n // 2 + 2 for n in range(25)]
    assert refused.value.sentences[-1] == "55 more mistakes are not shown."


def test_every_value_is_taken(workspace: Workspace) -> None:
    spring = Campaign.objects.create(workspace=workspace, name="Spring menu")
    text = (
        "tags;campaign;destination;title;placement;alias;expires_at;counts_only\r\n"
        '"poster, Door";SPRING  menu; https://example.com ;Café;"door; left";shop-1;2027-01-31 18:00;yes\r\n'
        ";;https://example.com/2;;;;2027-01-31T18:00:00Z;NO\r\n"
    )
    first, second = read_rows(workspace, text.encode())
    assert first.wanted == {
        "destination": "https://example.com/",
        "title": "Café",
        "placement": "door; left",
        "alias": "shop-1",
        "campaign": spring.pk,
        "tags": ["poster", "Door"],
        "expires_at": "2027-01-31T18:00:00+01:00",  # on the workspace's clock
        "counts_only": True,
    }
    assert (second.line, second.wanted["expires_at"]) == (3, "2027-01-31T18:00:00+00:00")
    assert second.wanted["campaign"] is None


def test_another_workspaces_campaign_is_none_of_ours(workspace: Workspace, other_workspace: Workspace) -> None:
    Campaign.objects.create(workspace=other_workspace, name="Secret")
    with pytest.raises(RowsRefused, match="no campaign “Secret”"):
        read_rows(workspace, b"destination,campaign\nhttps://example.com/,Secret\n")


def test_so_many_rows_and_no_more(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("links.batches.rows.MOST_ROWS", 3)
    rows = b"https://example.com/\n" * 3
    assert len(read_rows(workspace, b"destination\n" + rows)) == 3
    with pytest.raises(RowsRefused, match="Line 5: A file holds at most 3 rows"):
        read_rows(workspace, b"destination\n" + rows + b"https://example.com/\n")


def test_queries_do_not_grow_with_rows(link: Link, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for count in (1, 400):
        text = "destination,alias\n" + "".join(f"https://example.com/,shop-{n}\n" for n in range(count))
        with django_assert_num_queries(2):  # campaigns; aliases that are taken
            read_rows(link.workspace, text.encode())


def test_an_alias_of_a_deleted_link_stays_taken(link: Link) -> None:
    actions.delete_link(link, actor=actions.NOBODY)
    with pytest.raises(RowsRefused, match="once printed"):
        read_rows(link.workspace, b"destination,alias\nhttps://example.com/,lunch\n")
