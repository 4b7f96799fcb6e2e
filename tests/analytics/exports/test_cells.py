"""No cell of a CSV file is a formula, every text comes back from it, and numbers stay numbers."""

import csv
import io
import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analytics.exports.columns import Column, Table, Type
from analytics.exports.formats import Format, written
from links.cells import cell, harmless
from tests import corpora

TRIMMED = " \t\r\n\x00\x0b\x0c\xa0\u2003\u200b\ufeff\"'“”„’`"
FORMULA = "=+-@＝＋－＠﹢−"
dangerous = st.builds(
    lambda before, sign, after: before + sign + after,
    st.text(TRIMMED, max_size=5),
    st.sampled_from(FORMULA),
    st.text(max_size=20),
)
texts = st.one_of(st.text(), dangerous, st.lists(dangerous | st.text(), max_size=4).map(";".join))


def read_back(text: str) -> str:
    """What was there before the apostrophes: those that stand where a formula would begin."""
    blank = r"(?:(?![\t\r\n])[\s\"'`´“”„‟‘’‚«»‹›＂＇\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f])"
    sign = "[=+\\-@＝＋－＠﹦﹢﹣﹫⁺⁻⁼₊₋₌−]"
    return re.sub(rf"^'(?={blank}*(?:[\t\r\n]|{sign}))|(?<=[;\t\r\n])'(?={blank}*{sign})", "", text)


def as_spreadsheets_see_it(text: str) -> str:
    """The first character that counts, in ASCII."""
    seen = text.lstrip(" \t\r\n\x00\x0b\x0c\xa0\u2003\u200b\ufeff")
    return unicodedata.normalize("NFKC", seen[:1])


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", '"=1', "'=1", "\u200b=1", "\ufeff=1",
        "＝1+1", "＋1", "－1", "＠SUM(A1)", "“=1", "  '\" =cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_what_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "menu", "a=b", "https://example.com/?a=-1", "5-1", "(+49) 30", "Mozilla/5.0 (X; U)"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_file_opened_with_semicolons_or_tabs_has_no_formula_either() -> None:
    assert harmless("Mozilla; =HYPERLINK(1)") == "Mozilla;' =HYPERLINK(1)"
    assert harmless("a\t@b") == "a\t'@b"
    assert harmless("a\n-b") == "a\n'-b"


@given(texts)
@example("'=1")
@example("''=1")
@example("'\n")
@example(" '\t")
@example(";;=;'=")
@example("'\n")
def test_nothing_begins_a_formula_and_everything_can_be_read_back(text: str) -> None:
    safe = harmless(text)
    for part in re.split(r"[;\t\r\n]", safe):
        assert as_spreadsheets_see_it(part) not in ("=", "+", "-", "@")
    assert not safe.startswith(("\t", "\r", "\n"))
    assert read_back(safe) == text


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_stay_numbers(number: float) -> None:
    assert type(number)(cell(number)) == number


def test_a_long_text_of_blanks_takes_no_longer_than_its_length() -> None:
    started = time.perf_counter()
    for text in (" " * 500_000, "\t" * 500_000, ";" * 500_000, "'" * 500_000, "; " * 250_000, "\x1c" * 500_000):
        harmless(text)
    assert time.perf_counter() - started < 5


def through_csv(values: list[str]) -> list[str | None]:
    table = Table([Column("text", Type.STRING, "")], [[value] for value in values])
    text = b"".join(written(table, Format.CSV)).decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows[0] == ["text"]
    return [row[0] if row else None for row in rows[1:]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_a_csv_file_is_read_back_exactly(values: list[str]) -> None:
    assert [read_back(value or "") for value in through_csv(values)] == values


@pytest.mark.parametrize("corpus", ["blns.json", "xss.txt", "crlf.txt"])
def test_naughty_strings_come_back_and_are_no_formulas(corpus: str) -> None:
    naughty = corpora.entries(corpus) if corpus.endswith(".json") else corpora.lines(corpus)
    values = [text for text in naughty if text]
    assert len(values) > 10
    found = [value or "" for value in through_csv(values)]
    assert [read_back(value) for value in found] == values
    assert not [value for value in found if as_spreadsheets_see_it(value) in ("=", "+", "-", "@")]
