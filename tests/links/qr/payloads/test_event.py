"""A calendar shows the event at the instant that was meant, with the words that were typed."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import Event, FieldRefused
from tests.links.qr.payloads.content_lines import Property, properties, unescaped
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.strategies import filled_lines, injections, lines, texts

BERLIN = ZoneInfo("Europe/Berlin")
TWO_EAST = timezone(timedelta(hours=2))
BREAKFAST = datetime(2026, 10, 25, 7, tzinfo=BERLIN)
MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ZONES = [UTC, BERLIN, *map(ZoneInfo, ["America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])]
zones = st.sampled_from([*ZONES, timezone(timedelta(hours=-3))])
moments = st.datetimes(datetime(1900, 1, 2), datetime(2900, 1, 1), timezones=zones)
times = moments.map(lambda time: time.replace(microsecond=0))


def event(**fields: Any) -> Event:
    given: dict[str, Any] = {"summary": "Opening", "uid": "1@x", "made": MADE}
    days = {"starts": date(2026, 12, 24), "ends": date(2026, 12, 25)}
    return Event(**given | days | fields)


def instant(line: Property, zone_lines: list[Property]) -> datetime:
    """A DATE-TIME by RFC 5545 section 3.3.5, by its VTIMEZONE alone: the last onset before it decides the offset."""
    if line.value.endswith("Z"):
        return datetime.strptime(line.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    local = datetime.strptime(line.value, "%Y%m%dT%H%M%S")
    observances: list[dict[str, str]] = []
    for name, _, value in zone_lines:
        if name == "BEGIN":
            observances.append({})
        elif name == "TZID":
            assert [value] == line.parameters["TZID"]
        elif name != "END":
            observances[-1][name] = value
    found = None
    for observance in observances[1:]:
        onset = datetime.strptime(observance["DTSTART"], "%Y%m%dT%H%M%S") - _offset(observance["TZOFFSETFROM"])
        if local - _offset(observance["TZOFFSETTO"]) >= onset:
            found = local - _offset(observance["TZOFFSETTO"])
    assert found, "no observance covers this time"
    return found.replace(tzinfo=UTC)


def _offset(text: str) -> timedelta:
    """UTC-OFFSET, section 3.3.14."""
    hours, minutes, seconds = int(text[1:3]), int(text[3:5]), int(text[5:] or 0)
    assert text != "-0000"
    return timedelta(hours=hours, minutes=minutes, seconds=seconds) * (-1 if text[0] == "-" else 1)


def parsed(text: str) -> tuple[dict[str, Property], list[Property]]:
    """The VEVENT's properties by name, and the lines of the VTIMEZONE (section 3.6)."""
    found = properties(text)
    assert [line.value for line in found[:3]] == ["VCALENDAR", "2.0", "-//qrplatform//EN"]
    start = found.index(Property("BEGIN", {}, "VEVENT"))
    assert found[-2:] == [("END", {}, "VEVENT"), ("END", {}, "VCALENDAR")]
    lines = found[start + 1 : -2]
    assert len({line.name for line in lines}) == len(lines)
    return {line.name: line for line in lines}, found[3:start]


@given(filled_lines, lines, texts | injections, filled_lines)
def test_the_words_are_read_back(summary: str, location: str, description: str, uid: str) -> None:
    found, zone = parsed(event(summary=summary, location=location, description=description, uid=uid).encode())
    assert zone == []
    words = {"SUMMARY": summary, "LOCATION": location, "UID": uid}
    words["DESCRIPTION"] = description.replace("\r\n", "\n").replace("\u2028", "\n")
    for name, text in words.items():
        assert (unescaped(found.pop(name).value) if text else "") == text
    assert set(found) == {"DTSTAMP", "DTSTART", "DTEND"}


@given(times, st.timedeltas(timedelta(seconds=1), timedelta(days=400)))
def test_the_times_are_read_back(starts: datetime, length: timedelta) -> None:
    length -= timedelta(microseconds=length.microseconds)
    ends = (starts.astimezone(UTC) + length).astimezone(starts.tzinfo)
    found, zone = parsed(event(starts=starts, ends=ends).encode())
    assert instant(found["DTSTART"], zone) == starts.astimezone(UTC)
    assert instant(found["DTEND"], zone) == ends.astimezone(UTC)


@settings(deadline=None, max_examples=20)
@given(times, texts)
def test_an_event_is_read_back_from_the_picture(starts: datetime, description: str) -> None:
    encoded = event(starts=starts, ends=starts + timedelta(hours=2), description=description).encode()
    assert read_back(encoded) == encoded


def test_a_day() -> None:
    assert event(url="https://example.com").encode() == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//qrplatform//EN\r\n"
        "BEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260102T030405Z\r\n"
        "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261225\r\nSUMMARY:Opening\r\nURL:https://example.com/\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_an_evening_in_a_zone() -> None:
    starts = datetime(2026, 7, 1, 20, tzinfo=BERLIN)
    encoded = event(starts=starts, ends=starts + timedelta(hours=2)).encode()
    assert "DTSTART;TZID=Europe/Berlin:20260701T200000\r\nDTEND;TZID=Europe/Berlin:20260701T220000\r\n" in encoded
    assert encoded.count("BEGIN:STANDARD") == 1


@pytest.mark.parametrize(
    ("starts", "ends", "written"),
    [
        (datetime(2026, 7, 1, 20, tzinfo=UTC), datetime(2026, 7, 1, 21, tzinfo=UTC), "20260701T200000Z"),
        (datetime(2026, 7, 1, 20, tzinfo=TWO_EAST), datetime(2027, 1, 1, tzinfo=TWO_EAST), "20260701T180000Z"),
        # 02:30 comes twice that night: which one is meant, no TZID can say.
        (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), BREAKFAST, "20261025T013000Z"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), BREAKFAST, "20261025T003000Z"),
        (datetime(2026, 7, 1, 20, tzinfo=BERLIN), datetime(2026, 7, 2, tzinfo=UTC), "20260701T180000Z"),
    ],
)
def test_what_is_written_in_utc(starts: datetime, ends: datetime, written: str) -> None:
    encoded = event(starts=starts, ends=ends).encode()
    assert f"DTSTART:{written}\r\n" in encoded
    assert "VTIMEZONE" not in encoded


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"summary": ""}, "summary"),
        ({"summary": "a\nb"}, "summary"),
        ({"uid": " "}, "uid"),
        ({"uid": "a\r\nb"}, "uid"),
        ({"location": "a\nb"}, "location"),
        ({"description": "\x00"}, "description"),
        ({"url": "mailto:a@b.example"}, "url"),
        ({"starts": datetime(2026, 12, 24, 20)}, "starts"),
        ({"starts": MADE, "ends": datetime(2026, 12, 24, 20)}, "ends"),
        ({"made": datetime(2026, 12, 24, 20)}, "made"),
        ({"made": MADE.replace(microsecond=1)}, "made"),
        ({"starts": MADE}, "ends"),
        ({"ends": MADE}, "ends"),
        ({"ends": date(2026, 12, 24)}, "ends"),
        ({"starts": MADE, "ends": MADE}, "ends"),
        ({"starts": date(1899, 12, 31)}, "starts"),
        ({"ends": date(3000, 1, 1)}, "ends"),
    ],
)
def test_what_an_event_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        event(**fields)
