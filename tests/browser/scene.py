"""What page tests look at: links in every state, campaigns, a key, and a workspace that is still empty.

`set_up` runs in a Django process of a started stack and prints where everything is, for the table in `pages`.
"""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts.management.commands.create_workspace import create_with_owner
from accounts.models import ApiKey, Workspace
from links import actions
from links.actions import NOBODY, add_code, change_link, create_link, delete_link
from links.hosted.content import Content, HostedEvent, hosted
from links.labels import rename
from links.models import Campaign, Link, Style
from links.qr.payloads import PostalAddress, Telephone, VCard, Wifi
from links.qr.presets import PRESETS
from links.qr.styles import Style as Look
from links.safety.verdicts import check_link
from links.studio import saving
from tests.browser import batched, outgoing
from tests.browser.busy_month import fill

# Long enough to show whether anything runs out of a phone's width.
LONG_ADDRESS = "https://shop.example/" + "autumn-winter-collection-" * 8 + "?utm_source=poster&utm_campaign=" + "x" * 90
PAGES: dict[str, Content] = {
    "contact": VCard(
        given_name="Marie-Louise",
        family_name="Zimmermann-O’Connell",
        organisation="Café Doppio",
        title="Head barista",
        telephones=(Telephone("+44 20 7946 0018", ("work",)), Telephone("+49 30 1234567")),
        emails=("marie-louise.zimmermann@" + "long-name-of-a-café." * 2 + "example",),
        addresses=(PostalAddress("1 Dorset Street", "London", "", "W1U", "United Kingdom"),),
        url=LONG_ADDRESS,
        note="Ask about beans.\nمرحبا",
    ),
    "event": HostedEvent(
        "Late coffee",
        datetime(2027, 5, 1, 19, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2027, 5, 2, 1, tzinfo=ZoneInfo("Europe/Berlin")),
        uid="1",
        made=datetime(2026, 11, 1, tzinfo=UTC),
        location="Café Doppio, back room",
        description="Bring a friend.\n" + "Donaudampfschifffahrtsgesellschaft" * 2,
        timezone="Europe/Berlin",
    ),
    "network": Wifi("Café Doppio guests", password="espresso " + "doppio" * 6, hidden=True),
}


def set_up() -> None:
    """Make everything and print it as JSON: link ids by name, and the path of each link's first code."""
    settings.BLOCK_LIST_PATH.write_text("phishing.example\n")
    workspace = Workspace.objects.get(slug="demo")
    made = {
        "busy": fill(0.05),
        "quiet": _link(workspace, "Nobody has scanned this"),
        "live": _link(workspace, "Scanned while somebody looks"),
        "long": _link(workspace, "A title of one word: " + "Donaudampfschifffahrtsgesellschaft" * 3, LONG_ADDRESS),
        "paused": change_link(_link(workspace, "Paused"), {"is_paused": True}, actor=NOBODY),
        "expired": change_link(_link(workspace, "Expired"), {"expires_at": timezone.now()}, actor=NOBODY),
        "deleted": _link(workspace, "Deleted"),
        "warned": _link(workspace, "Warned of", "https://www.phishing.example/login"),
        **{
            name: create_link(workspace, hosted=hosted(content), actor=NOBODY, placement="door")
            for name, content in PAGES.items()
        },
    }
    delete_link(made["deleted"], actor=NOBODY)
    add_code(
        made["long"], actor=NOBODY, alias="Winter-Collection-" + "2026" * 5, placement="poster, " + "Main Street " * 8
    )
    check_link(made["warned"].pk, made["warned"].revision)
    ApiKey.issue(workspace, "Till at the counter")
    create_with_owner(Workspace(name="Empty", slug="empty"), workspace.memberships.get().user.email)
    batched.set_up(made["busy"], made["long"])
    places = (
        _places(made)
        | _campaigns(workspace, made)
        | _styles(workspace, made)
        | outgoing.set_up(made["busy"], made["long"])
    )
    print(json.dumps(places))


def _styles(workspace: Workspace, made: dict[str, Link]) -> dict[str, str]:
    """The default, and one of a long name that scans with a reason only."""
    saving.save(Style(workspace=workspace), saving.Wanted("Deep sea", PRESETS["Deep sea"], is_default=True), NOBODY)
    pale = saving.Wanted("Hausfarben " + "x" * 60, Look(foreground="#dddddd"), override_reason="For a magazine.")
    style = saving.save(Style(workspace=workspace), pale, NOBODY)
    code = made["long"].codes.order_by("pk")[0]
    return {"pale": str(style.pk), "drawn": str(code.pk)}


def _campaigns(workspace: Workspace, made: dict[str, Link]) -> dict[str, str]:
    """One campaign with links, one without whose name is long; a tag of one word that fills a phone."""
    spring = rename(Campaign(workspace=workspace), "Spring menu")
    nothing = rename(Campaign(workspace=workspace), "Frühjahrsmüdigkeitsbekämpfungsmaßnahmenkatalog " + "x" * 50)
    for name, tags in (("busy", ["poster", "spring"]), ("long", ["poster", "w" * 50]), ("paused", [])):
        actions.change_link(made[name], {"campaign": spring, "tags": tags}, actor=NOBODY)
    code = made["long"].codes.order_by("pk")[0]
    actions.change_code(code, {"counts_only": True}, actor=NOBODY)
    return {"spring": str(spring.pk), "nothing": str(nothing.pk), "poster": str(workspace.tags.get(key="poster").pk)}


def _link(workspace: Workspace, title: str, destination: str = "https://cafe.example/") -> Link:
    return create_link(workspace, destination, actor=NOBODY, title=title, placement="door")


def _places(made: dict[str, Link]) -> dict[str, str]:
    places = {name: str(link.pk) for name, link in made.items()}
    places["campaign"] = str(made["busy"].campaign_id)
    for name, link in made.items():
        code = link.codes.order_by("pk")[0]
        places |= {f"{name}_code": code.path, f"{name}_code_id": str(code.pk)}
    return places
