"""Links with pages by REST: made, read, changed, and refused with words beside the field."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Workspace
from links import actions
from links.hosted.content import hosted
from links.models import Domain, Link
from tests.links.hosted.conftest import CONTENTS

LINKS = "/api/v1/links"
CARD: dict[str, Any] = {
    "kind": "vcard",
    "given_name": "Ada",
    "telephones": [{"number": "+44 20 7946 0018", "types": ["work"]}],
    "emails": ["ada@example.org"],
    "addresses": [{"street": "1 Dorset Street", "city": "London"}],
    "birthday": "1815-12-10",
}
EVENT: dict[str, Any] = {
    "kind": "event",
    "summary": "Opening",
    "starts": "2027-05-01T19:00:00+02:00",
    "ends": "2027-05-01T18:00:00Z",
    "timezone": "Europe/Berlin",
}
DAYS: dict[str, Any] = {"kind": "event", "summary": "Fair", "starts": "2027-05-01", "ends": "2027-05-03"}
WIFI: dict[str, Any] = {"kind": "wifi", "ssid": "Guests", "password": "espresso "}


def create(api: Client, **fields: Any) -> Any:
    return api.post(LINKS, fields, content_type="application/json")


def change(api: Client, pk: int, **fields: Any) -> Any:
    return api.patch(f"{LINKS}/{pk}", fields, content_type="application/json")


@pytest.mark.parametrize("page", [CARD, DAYS, WIFI])
def test_a_page_is_made_and_read_back(api: Client, page: dict[str, Any]) -> None:
    answer = create(api, hosted=page, placement="door")
    assert answer.status_code == 201
    link = answer.json()
    assert (link["destination"], link["hosted"]) == (None, page)
    assert api.get(f"{LINKS}/{link['id']}").json()["hosted"] == page
    assert "file" not in answer.content.decode()


def test_times_are_told_on_the_clocks_of_their_zone(api: Client) -> None:
    link = create(api, hosted=EVENT).json()
    assert link["hosted"] == EVENT | {"ends": "2027-05-01T20:00:00+02:00"}


def test_a_page_is_changed_as_a_whole_and_changed_for_a_destination(api: Client) -> None:
    pk = create(api, hosted=CARD).json()["id"]
    changed = change(api, pk, hosted={"kind": "vcard", "given_name": "Augusta"}).json()
    assert changed["hosted"] == {"kind": "vcard", "given_name": "Augusta"}
    assert (changed["revision"], changed["verdict"]["state"]) == (2, "unchecked")
    assert change(api, pk, title="Only this").json()["hosted"] == {"kind": "vcard", "given_name": "Augusta"}
    moved = change(api, pk, destination="https://example.com/", hosted=None).json()
    assert (moved["destination"], moved["hosted"]) == ("https://example.com/", None)
    back = change(api, pk, destination=None, hosted=WIFI).json()
    assert (back["destination"], back["hosted"]) == (None, WIFI)
    kept = api.get(f"{LINKS}/{pk}/revisions").json()["results"]
    assert kept[0]["changes"]["destination"] == ["https://example.com/", ""]
    assert '"ssid": "Guests"' in kept[0]["changes"]["hosted"][1]
    assert "symbol" not in kept[0]["changes"]["hosted"][1]


def test_a_link_can_be_sent_back_as_it_was_read(api: Client) -> None:
    link = create(api, hosted=EVENT).json()
    sent = {name: link[name] for name in ("destination", "hosted", "rules", "title", "tags", "revision")}
    assert change(api, link["id"], **sent).json()["revision"] == 1


def test_null_of_what_a_link_has_not_is_nothing(api: Client) -> None:
    page = create(api, hosted=CARD).json()["id"]
    assert change(api, page, destination=None, title="Page").json()["hosted"] == CARD
    leads = create(api, destination="https://example.com/").json()["id"]
    assert change(api, leads, hosted=None, title="Link").json()["destination"] == "https://example.com/"


def test_an_event_keeps_its_identity(api: Client) -> None:
    pk = create(api, hosted=EVENT).json()["id"]
    first = Link.objects.get(pk=pk).hosted
    change(api, pk, hosted=EVENT | {"location": "Park"})
    then = Link.objects.get(pk=pk).hosted
    assert first
    assert then
    assert then["fields"]["uid"] == first["fields"]["uid"]
    assert "LOCATION:Park" in then["file"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Say where the link leads"),
        ({"hosted": None}, "Say where the link leads"),
        ({"hosted": CARD, "destination": "https://example.com/"}, "Leave out this or"),
        ({"hosted": "card"}, "hosted"),
        ({"hosted": []}, "hosted"),
        ({"hosted": {}}, "Choose one of vcard, event, wifi"),
        ({"hosted": {"kind": "sepa"}}, "Choose one of vcard, event, wifi"),
        ({"hosted": {"kind": ["vcard"]}}, "Choose one of vcard, event, wifi"),
        ({"hosted": {"kind": "vcard"}}, "Fill in a name"),
        ({"hosted": CARD | {"url": "javascript:alert(1)"}}, "begins with http"),
        ({"hosted": CARD | {"emails": ["nobody"]}}, "e-mail address"),
        ({"hosted": CARD | {"telephones": [{"number": "12"}]}}, "country code"),
        ({"hosted": CARD | {"version": "4.0"}}, "There are only"),
        ({"hosted": CARD | {"note": "x" * 3000}}, "Shorten this"),
        ({"hosted": CARD | {"note": "\ud800"}}, "note"),
        ({"hosted": CARD | {"birthday": "soon"}}, "birthday"),
        ({"hosted": EVENT | {"timezone": "Mars"}}, "Name the time zone"),
        ({"hosted": EVENT | {"starts": "2027-05-01"}}, "Give a time to both"),
        ({"hosted": {name: value for name, value in EVENT.items() if name != "timezone"}}, "Name the time zone"),
        ({"hosted": EVENT | {"ends": EVENT["starts"]}}, "after its start"),
        ({"hosted": EVENT | {"starts": "2027-05-01T19:00:00"}}, "end the time with Z or with its offset"),
        ({"hosted": EVENT | {"starts": "9999-12-31T23:59:59-12:00"}}, "starts"),
        ({"hosted": WIFI | {"password": "short"}}, "8 to 63"),
        ({"hosted": WIFI | {"security": "WPA2-EAP"}}, "security"),
        ({"hosted": WIFI | {"ssid": "x" * 33}}, "32 bytes"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(api: Client, sent: dict[str, Any], words: str) -> None:
    answer = create(api, **sent)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Link.objects.exists()
    kept = create(api, hosted=DAYS).json()
    refused = change(api, kept["id"], **sent)
    if sent:
        assert refused.status_code == 400
        assert words in refused.content.decode()
    assert api.get(f"{LINKS}/{kept['id']}").json()["hosted"] == DAYS


def test_the_search_finds_whose_page_it_is(api: Client, workspace: Workspace, site: Domain) -> None:
    for content in CONTENTS.values():
        actions.create_link(workspace, hosted=hosted(content), actor=actions.NOBODY)
    for text, n in (("lovelace", 1), ("CAFÉ"[:3], 1), ("given_name", 0), ("espresso", 0)):
        assert len(api.get(LINKS, {"search": text}).json()["results"]) == n, text


def test_the_schema_has_every_kind(api: Client) -> None:
    schema = api.get("/api/v1/schema", headers={"accept": "application/vnd.oai.openapi+json"}).json()["components"][
        "schemas"
    ]
    for name in ("NewLink", "PatchedLinkChange", "Link"):
        assert "Hosted" in str(schema[name]["properties"]["hosted"])
    assert set(schema["Hosted"]["discriminator"]["mapping"]) == {"vcard", "event", "wifi"}
    assert "uid" not in schema["HostedEvent"]["properties"]
    assert "identity" not in schema["HostedNetwork"]["properties"]


def test_strangers_change_nothing(charlie_api: Client, workspace: Workspace, site: Domain) -> None:
    link = actions.create_link(workspace, hosted=hosted(CONTENTS["wifi"]), actor=actions.NOBODY)
    assert change(charlie_api, link.pk, hosted=CARD).status_code == 404
    assert charlie_api.get(f"{LINKS}/{link.pk}").status_code == 404
    assert "Café" not in charlie_api.get(LINKS).content.decode()
