"""What is kept of a page is what was written, and the file it offers says the same."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.hosted import pages
from links.hosted.content import HostedEvent, content_of, hosted, typed
from links.hosted.facts import facts
from links.hosted.stored import MAX_BYTES, addresses, file_asked
from links.qr.payloads import FieldRefused, PostalAddress, VCard, Wifi
from tests.links.hosted.conftest import BERLIN, CONTENTS, MADE, changed
from tests.links.qr.payloads import test_event, test_vcard
from tests.links.qr.payloads.strategies import filled_lines, injections, lines, texts
from tests.links.qr.payloads.test_vcard import cards

STORED = settings(max_examples=40)
passwords = st.from_regex(r"[\x20-\x7e]{8,20}", fullmatch=True)
networks = st.builds(
    Wifi, filled_lines.filter(lambda ssid: len(ssid.encode()) <= 32), password=passwords, hidden=st.booleans()
)
moments = st.datetimes(datetime(1990, 1, 2), datetime(2900, 1, 1)).map(lambda time: time.replace(microsecond=0))


@st.composite
def events(draw: st.DrawFn) -> HostedEvent:
    zone = draw(st.sampled_from(test_event.ZONES[1:]))
    starts = draw(moments).replace(tzinfo=UTC).astimezone(zone)
    ends = (starts.astimezone(UTC) + timedelta(seconds=draw(st.integers(1, 10**7)))).astimezone(zone)
    words = {"location": draw(lines), "description": draw(texts | injections)}
    return HostedEvent(draw(filled_lines), starts, ends, uid="1", made=MADE, timezone=str(zone), **words)


def kept(content: Any) -> dict[str, Any]:
    """As a database gives it back."""
    stored: dict[str, Any] = json.loads(json.dumps(hosted(content)))
    return stored


def shown(stored: dict[str, Any]) -> str:
    return pages.page(json.dumps(stored), "ABC123").decode()


@STORED
@given(cards.map(lambda card: VCard(**vars(card) | {"version": "3.0"})))
def test_a_contact_is_read_back_from_its_file(card: VCard) -> None:
    stored = kept(card)
    again = content_of(stored)
    assert isinstance(again, VCard)
    assert hosted(again) == stored
    found = pages.file(json.dumps(stored), "contact.vcf")
    assert found is not None
    assert test_vcard.parsed(found[0].decode()) == test_vcard.parsed(card.encode())
    assert "Save contact" in shown(stored)


@STORED
@given(events())
def test_an_event_is_read_back_from_its_file(event: HostedEvent) -> None:
    stored = kept(event)
    again = content_of(stored)
    assert isinstance(again, HostedEvent)
    assert (again, again.starts, again.encode()) == (event, event.starts, event.encode())
    found = pages.file(json.dumps(stored), "event.ics")
    assert found is not None
    lines, zone = test_event.parsed(found[0].decode())
    assert isinstance(event.starts, datetime)
    assert test_event.instant(lines["DTSTART"], zone) == event.starts.astimezone(UTC)
    assert f"{event.starts:%H:%M}" in shown(stored)


@STORED
@given(networks)
def test_a_network_is_kept(network: Wifi) -> None:
    stored = kept(network)
    assert content_of(stored) == network
    assert "<svg" in shown(stored)


MARKUP = "</dd><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("vcard", ("given_name", "family_name", "organisation", "title", "note")),
        ("event", ("summary", "location", "description")),
        ("wifi", ("ssid", "password")),
    ],
)
def test_no_field_becomes_markup(kind: str, fields: tuple[str, ...]) -> None:
    typed = dict.fromkeys(fields, MARKUP) | ({"ssid": "<script>x</script>'\"<i>"} if kind == "wifi" else {})
    page = shown(changed(kind, **typed))
    assert page.count("<script") == (kind == "wifi")
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_what_is_linked_is_a_number_a_mail_address_or_a_web_address() -> None:
    card = changed("vcard", emails=('"?cc=x&<@example.org'.replace('"', "").replace("<", ""),))
    page = shown(card)
    assert 'href="tel:+442079460018">+44 20 7946 0018<' in page
    assert 'href="mailto:%3Fcc%3Dx%26@example.org"' in page
    assert 'href="https://example.com/ada"' in page
    for address in ("javascript:alert(1)", "//x", "data:text/html,x", "https://u:p@example.com"):
        with pytest.raises(FieldRefused):
            changed("vcard", url=address)


def test_an_event_is_told_on_the_clocks_of_its_place() -> None:
    page = " ".join(shown(kept(CONTENTS["event"])).split())
    assert "<strong>Saturday 1 May 2027</strong> 19:00" in page
    assert "<strong>Sunday 2 May 2027</strong> 01:30" in page
    assert "Europe/Berlin, UTC+02:00" in page


@pytest.mark.parametrize(("last", "words"), [(1, ["Saturday 1 May"]), (3, ["Saturday 1 May", "Monday 3 May"])])
def test_whole_days_go_to_the_last(last: int, words: list[str]) -> None:
    event = HostedEvent("Fair", date(2027, 5, 1), date(2027, 5, last + 1), uid="1", made=MADE)
    stored = kept(event)
    assert content_of(stored) == event
    page = shown(stored)
    days = ("Saturday 1 May", "Sunday 2 May", "Monday 3 May", "Tuesday 4 May")
    assert [day for day in days if day in page] == words
    assert "UTC" not in page
    assert "DTSTART;VALUE=DATE:20270501" in stored["file"]


def test_whole_days_have_no_zone() -> None:
    event = HostedEvent("Fair", date(2027, 5, 1), date(2027, 5, 2), uid="1", made=MADE, timezone="Europe/Berlin")
    assert "timezone" not in hosted(event)["fields"]
    with pytest.raises(FieldRefused):
        HostedEvent("Fair", date(2027, 5, 1), date(2027, 5, 2), uid="1", made=MADE, timezone="Mars")


def test_an_event_stays_the_same_one_through_edits() -> None:
    first = hosted(CONTENTS["event"])
    later = datetime(2026, 11, 20, tzinfo=UTC)
    event = CONTENTS["event"]
    assert isinstance(event, HostedEvent)
    fields = {name: value for name, value in vars(event).items() if name not in ("uid", "made")}
    untouched = hosted(HostedEvent(**fields, uid="other", made=later), first)
    assert untouched == first
    moved = hosted(HostedEvent(**fields | {"location": "Park"}, uid="other", made=later), first)
    assert "UID:first\r\n" in moved["file"]
    assert "DTSTAMP:20261120T000000Z" in moved["file"]
    assert hosted(HostedEvent(**fields, uid="other", made=later), hosted(CONTENTS["wifi"]))["fields"]["uid"] == "other"


@pytest.mark.parametrize(
    ("kind", "fields", "at"),
    [
        ("vcard", {"note": "x" * MAX_BYTES}, "note"),
        ("event", {"description": "é" * (MAX_BYTES // 2)}, "description"),
        ("event", {"timezone": "Mars/Olympus"}, "timezone"),
        ("event", {"timezone": ""}, "timezone"),
        ("event", {"timezone": "America/New_York", "starts": datetime(1900, 1, 1, tzinfo=UTC)}, "starts"),
        ("event", {"ends": datetime(2027, 5, 1, 18, tzinfo=BERLIN)}, "ends"),
        ("wifi", {"security": "WPA2-EAP", "eap_method": "PWD", "identity": "ada"}, "security"),
    ],
)
def test_what_cannot_be_a_page_is_refused_by_its_field(kind: str, fields: dict[str, Any], at: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        changed(kind, **fields)
    assert refused.value.field == at


def test_every_address_of_a_page_is_found_but_no_password() -> None:
    assert addresses(changed("vcard", url="https://example.com/a,b;c")) == ["https://example.com/a,b;c"]
    assert addresses(changed("vcard", note="See HTTPS://Example.org/a, or http://[ not")) == [
        "https://example.com/ada",
        "https://example.org/a",
    ]
    assert addresses(changed("wifi", password="https://example.com")) == []
    hidden = PostalAddress("https://example.net/x", "", "", "", "")
    assert "https://example.net/x" in addresses(changed("vcard", addresses=(hidden,)))


def shortest_first(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """As jsonb sorts names."""
    return dict(sorted(pairs, key=lambda pair: len(pair[0])))


@pytest.mark.parametrize("kind", CONTENTS)
def test_fields_stand_in_one_order_whatever_the_database_makes_of_them(kind: str) -> None:
    stored = hosted(CONTENTS[kind])
    by_length = json.loads(json.dumps(stored), object_pairs_hook=shortest_first)
    assert by_length == stored
    assert json.dumps(typed(by_length)) == json.dumps(typed(stored))
    assert list(facts(kind, by_length["fields"]).items()) == list(facts(kind, stored["fields"]).items())


@pytest.mark.parametrize("path", ["", "ABC123", "contact.vcf", "ABC123/x", "a/b/contact.vcf", "ABC123/CONTACT.VCF"])
def test_other_paths_ask_for_no_file(path: str) -> None:
    assert file_asked(path) == ("", "")
