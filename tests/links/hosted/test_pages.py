"""The dashboard's forms of hosted pages: made, prefilled from a static code, edited, looked at."""

from datetime import date, datetime
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import actions
from links.hosted.content import HostedEvent, content_of, hosted
from links.models import Domain, Link, Style
from links.qr.payloads import PostalAddress, VCard
from tests.links.factories import a_code
from tests.links.hosted.conftest import BERLIN, CONTENTS, changed
from tests.links.studio.conftest import blue as blue

LINKS = "/w/acme/links"
TYPED: dict[str, dict[str, str]] = {
    "vcard": {"given_name": "Ada", "number": "+44 20 7946 0018", "city": "London", "title": "Analyst"},
    "event": {
        "summary": "Fair",
        "starts": "2027-05-01T10:00",
        "ends": "2027-05-01T11:00",
        "timezone": "Asia/Kathmandu",
    },
    "wifi": {"ssid": "Guests", "security": "WPA", "password": "espresso "},
}


def page(answer: Any) -> str:
    return str(answer.content.decode())


def of_page(fields: dict[str, str]) -> dict[str, str]:
    return {f"page-{name}": value for name, value in fields.items()}


def a_page(workspace: Workspace, kind: str) -> Link:
    return actions.create_link(workspace, hosted=hosted(CONTENTS[kind]), actor=actions.NOBODY)


def form_of(client: Client, link: Link, kind: str) -> dict[str, str]:
    """What a browser would send back of an edit page that nobody touched."""
    response: Any = client.get(f"{LINKS}/{link.pk}/edit/{kind}")
    sent = {}
    for form in (response.context["form"], response.context["page_form"]):
        for field in form:
            widget = field.subwidgets[0].data if field.widget_type != "select" else {"value": field.value()}
            value = field.value() if field.widget_type == "checkbox" else widget["value"]
            if value not in (None, False):
                sent[field.html_name] = "on" if value is True else str(value).replace("\n", "\r\n")
    return sent


@pytest.mark.parametrize("kind", TYPED)
def test_a_page_is_made_and_shown(alice_client: Client, kind: str) -> None:
    address = f"{LINKS}/new/{kind}"
    assert "Make the page" in page(alice_client.get(address))
    answer = alice_client.post(address, of_page(TYPED[kind]) | {"title": "Ours", "placement": "door"})
    link = Link.objects.get()
    assert answer["Location"] == f"{LINKS}/{link.pk}"
    assert link.hosted
    assert (link.hosted["kind"], link.title, link.destination) == (kind, "Ours", "")
    shown = page(alice_client.get(answer["Location"]))
    for value in (link.leads_to, "See the page", "Shows a page of its own", f"edit/{kind}"):
        assert value in shown
    assert link.leads_to in page(alice_client.get(LINKS))


def test_an_event_is_read_on_the_clocks_of_its_own_zone(alice_client: Client) -> None:
    alice_client.post(f"{LINKS}/new/event", of_page(TYPED["event"]))
    link = Link.objects.get()
    assert link.hosted
    assert link.hosted["fields"]["starts"] == "2027-05-01T10:00:00+05:45"
    shown = form_of(alice_client, link, "event")
    assert (shown["page-starts"], shown["page-timezone"]) == ("2027-05-01T10:00", "Asia/Kathmandu")


def test_an_hour_that_is_skipped_here_is_one_elsewhere(alice_client: Client) -> None:
    """The workspace's clocks go from 2:00 to 3:00 on that night."""
    typed = TYPED["event"] | {"starts": "2027-03-28T02:30", "ends": "2027-03-28T05:00"}
    refused: Any = alice_client.post(f"{LINKS}/new/event", of_page(typed | {"timezone": "Europe/Berlin"}))
    assert "put forward" in str(refused.context["page_form"].errors["starts"])
    assert alice_client.post(f"{LINKS}/new/event", of_page(typed)).status_code == 302
    page_kept = Link.objects.get().hosted
    assert page_kept
    assert page_kept["fields"]["starts"] == "2027-03-28T02:30:00+05:45"


def test_an_event_of_whole_days_ends_on_its_last(alice_client: Client) -> None:
    typed = TYPED["event"] | {"all_day": "on", "ends": "2027-05-03T00:00"}
    alice_client.post(f"{LINKS}/new/event", of_page(typed))
    link = Link.objects.get()
    assert link.hosted
    event = content_of(link.hosted)
    assert isinstance(event, HostedEvent)
    assert (event.starts, event.ends) == (date(2027, 5, 1), date(2027, 5, 4))
    shown = form_of(alice_client, link, "event")
    assert (shown["page-all_day"], shown["page-ends"]) == ("on", "2027-05-03T00:00")
    assert "2027-05-03" in page(alice_client.get(f"{LINKS}/{link.pk}"))


@pytest.mark.parametrize("kind", TYPED)
def test_what_nobody_touched_changes_nothing(alice_client: Client, workspace: Workspace, kind: str) -> None:
    link = a_page(workspace, kind)
    answer = alice_client.post(f"{LINKS}/{link.pk}/edit/{kind}", form_of(alice_client, link, kind))
    assert answer.status_code == 302
    link.refresh_from_db()
    assert link.revision == 1
    assert link.hosted == hosted(CONTENTS[kind])


UNSEEN = {
    "vcard": changed("vcard", addresses=(PostalAddress(region="Bavaria", type="home"),)),
    # The second half past two of the night in which clocks are put back.
    "event": changed(
        "event",
        starts=datetime.fromisoformat("2027-10-31T02:30:00+01:00"),
        ends=datetime.fromisoformat("2027-10-31T03:30:30+01:00"),
    ),
}


@pytest.mark.parametrize("kind", UNSEEN)
def test_what_only_rest_can_write_stays(alice_client: Client, workspace: Workspace, site: Domain, kind: str) -> None:
    link = a_code(workspace, destination="", hosted=UNSEEN[kind]).link
    sent = form_of(alice_client, link, kind) | {"title": "Renamed"}
    assert alice_client.post(f"{LINKS}/{link.pk}/edit/{kind}", sent).status_code == 302
    link.refresh_from_db()
    assert (link.hosted, link.title) == (UNSEEN[kind], "Renamed")


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "more"),
    [
        ("9999-12-31T00:00", "9999-12-31T00:00", "UTC", {"page-all_day": "on"}),
        ("0001-01-01T00:00", "2027-05-01T20:00", "Europe/Berlin", {}),
        ("2027-05-01T20:00", "9999-12-31T23:59", "America/New_York", {}),
    ],
)
def test_years_out_of_range_are_said_beside_their_field(
    alice_client: Client, workspace: Workspace, site: Domain, starts: str, ends: str, zone: str, more: dict[str, str]
) -> None:
    typed = {"page-summary": "Opening", "page-starts": starts, "page-ends": ends, "page-timezone": zone} | more
    assert "Use a year from 1900 to 2999" in page(alice_client.post(f"{LINKS}/new/event", typed))
    assert not Link.objects.exists()


def test_a_style_that_is_gone_is_said_beside_its_field(
    alice_client: Client, workspace: Workspace, blue: Style, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "create_link", Mock(side_effect=actions.StyleGone("This style is gone.")))
    answer = page(alice_client.post(f"{LINKS}/new/wifi", of_page(TYPED["wifi"])))
    assert "This style is gone." in answer


def test_an_edit_keeps_what_the_form_does_not_show(alice_client: Client, workspace: Workspace) -> None:
    link = a_page(workspace, "vcard")
    sent = form_of(alice_client, link, "vcard") | {
        "page-number": "+33 1 70 18 99 00",
        "page-emails": "",
        "page-note": "",
    }
    assert alice_client.post(f"{LINKS}/{link.pk}/edit/vcard", sent).status_code == 302
    link.refresh_from_db()
    assert link.hosted
    card = content_of(link.hosted)
    assert isinstance(card, VCard)
    assert [(each.number, each.types) for each in card.telephones] == [
        ("+33 1 70 18 99 00", ("work",)),
        ("+49 30 1234567", ()),
    ]
    assert (card.emails, card.note, card.organisation) == ((), "", "Engines & Co")
    said = page(alice_client.get(f"{LINKS}/{link.pk}"))
    assert "E-mail: ada@example.org → empty" in said


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("vcard", {"given_name": ""}, "family_name"),
        ("vcard", {"url": "javascript:alert(1)"}, "url"),
        ("vcard", {"note": "x" * 3000}, "note"),
        ("event", {"ends": "2027-05-01T09:00"}, "ends"),
        ("event", {"timezone": "Mars"}, "timezone"),
        ("wifi", {"password": "short"}, "password"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    alice_client: Client, kind: str, sent: dict[str, str], field: str
) -> None:
    response: Any = alice_client.post(
        f"{LINKS}/new/{kind}", of_page(TYPED[kind] | sent) | {"title": "Kept", "alias": "two words"}
    )
    assert response.context["page_form"].errors[field]
    assert response.context["form"].errors["alias"]
    assert 'value="Kept"' in page(response)
    assert not Link.objects.exists()


def test_a_static_code_becomes_a_page_with_the_same_fields(alice_client: Client) -> None:
    for kind in TYPED:
        assert f'formaction="{LINKS}/new/{kind}"' in page(alice_client.get(f"/w/acme/styles/static?kind={kind}"))
    assert "formaction" not in page(alice_client.get("/w/acme/styles/static?kind=sepa"))
    typed = TYPED["wifi"] | {"from-static": "1", "format": "png"}
    shown = page(alice_client.post(f"{LINKS}/new/wifi", typed))
    assert 'value="Guests"' in shown
    assert 'value="espresso "' in shown
    assert "invalid-feedback" not in shown
    assert not Link.objects.exists()


def test_a_code_changes_between_leading_and_showing(alice_client: Client, link: Link) -> None:
    before = link.destination
    sent = of_page(TYPED["wifi"]) | {"title": "Menu", "revision": "1"}
    assert before in page(alice_client.get(f"{LINKS}/{link.pk}/edit/wifi"))
    alice_client.post(f"{LINKS}/{link.pk}/edit/wifi", sent)
    link.refresh_from_db()
    assert link.leads_to == "Wi-Fi: Guests"
    assert "leads to it instead" in page(alice_client.get(f"{LINKS}/{link.pk}/edit"))
    alice_client.post(f"{LINKS}/{link.pk}/edit", {"destination": before, "title": "Menu", "revision": "2"})
    link.refresh_from_db()
    assert (link.destination, link.hosted) == (before, None)
    said = page(alice_client.get(f"{LINKS}/{link.pk}"))
    assert f"Leads to {before} instead of showing a page" in said
    assert "Shows a page of its own: Wi-Fi" in said


def test_nobody_s_edit_is_lost(alice_client: Client, workspace: Workspace) -> None:
    link = a_page(workspace, "wifi")
    sent = form_of(alice_client, link, "wifi") | {"page-ssid": "Mine"}
    actions.change_link(link, {"title": "Faster"}, actor=actions.NOBODY)
    refused = alice_client.post(f"{LINKS}/{link.pk}/edit/wifi", sent)
    assert "Somebody changed this link" in page(refused)
    assert 'value="Mine"' in page(refused)
    again = alice_client.post(f"{LINKS}/{link.pk}/edit/wifi", sent | {"revision": "2"})
    assert again.status_code == 302
    link.refresh_from_db()
    assert link.leads_to == "Wi-Fi: Mine"


def test_somebody_else_s_page_is_shown_beside_one_s_own(alice_client: Client, workspace: Workspace) -> None:
    link = a_page(workspace, "event")
    sent = form_of(alice_client, link, "event") | {"page-location": "Mine"}
    theirs = changed("event", description="Theirs", starts=datetime(2027, 5, 1, 18, tzinfo=BERLIN))
    actions.change_link(link, {"hosted": theirs}, actor=actions.NOBODY)
    answer: Any = alice_client.post(f"{LINKS}/{link.pk}/edit/event", sent)
    refused = page(answer)
    for words in ("Old town hall", "Theirs", "2027-05-01 18:00:00"):
        assert f"This is now “{words}”." in refused
    assert set(answer.context["page_form"].errors) == {"starts", "location", "description"}


def test_the_page_is_looked_at_without_a_scan(
    alice_client: Client, workspace: Workspace, link: Link, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shown = a_page(workspace, "vcard")
    with django_assert_max_num_queries(7):
        assert "Save contact" in page(alice_client.get(f"{LINKS}/{shown.pk}/page"))
    assert alice_client.get(f"{LINKS}/{link.pk}/page").status_code == 404


def test_there_are_no_other_kinds(alice_client: Client, link: Link) -> None:
    assert alice_client.get(f"{LINKS}/new/sepa").status_code == 404
    assert alice_client.get(f"{LINKS}/{link.pk}/edit/sepa").status_code == 404


def test_strangers_see_and_change_nothing(charlie_client: Client, workspace: Workspace, site: Domain) -> None:
    link = a_page(workspace, "wifi")
    for path in ("new/wifi", f"{link.pk}/edit/wifi", f"{link.pk}/page"):
        assert charlie_client.get(f"{LINKS}/{path}").status_code == 404
    sent = of_page(TYPED["wifi"]) | {"revision": "1"}
    for path in ("new/wifi", f"{link.pk}/edit/wifi"):
        assert charlie_client.post(f"{LINKS}/{path}", sent).status_code == 404
    assert Link.objects.get().hosted == hosted(CONTENTS["wifi"])


def test_forms_want_their_token(alice: Any, workspace: Workspace, site: Domain) -> None:
    client = Client(headers={"host": "q.example.com"}, enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(f"{LINKS}/new/wifi", of_page(TYPED["wifi"])).status_code == 403
