"""The pages of statistics: the same parts for workspace, link, campaign and tag, with real numbers in words."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from analytics.models import Scan
from analytics.pages.chosen import PRESETS
from links.models import Campaign, Code, Link, Tag
from tests.analytics.counting import make_scan, store
from tests.analytics.pages.conftest import NOW

Look = Callable[..., str]
OVERVIEW = "/w/acme/overview"


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def part(html: str, name: str) -> str:
    """The words of the element with an id, up to the next section."""
    return text_of(html.split(f'id="{name}"', 1)[1].split("</section>", 1)[0])


def addresses(link: Link) -> list[str]:
    campaign, tag = Campaign.objects.get(), Tag.objects.get()
    things = [("links", link), ("campaigns", campaign), ("tags", tag)]
    return [OVERVIEW, *(f"/w/acme/{name}/{thing.pk}/statistics" for name, thing in things)]


def test_the_overview_says_what_happened(page: Look, month: Link) -> None:
    html = page(OVERVIEW)
    assert 'aria-describedby="figure-scans-why">10</span>' in html
    assert 'aria-describedby="figure-visitors-why">6</span>' in html
    assert "14 Apr to 13 May 2026, Europe/Berlin time, compared with 15 Mar to 13 Apr 2026." in text_of(html)
    assert "Menu 9 90 %" in re.sub(r"\d+ of .*?statistics\. ", "", part(html, "card-top"))
    places = part(html, "card-places")
    assert "Germany" in places
    assert "Singapore too small for the map" in places
    assert "IP Geolocation by DB-IP" in places
    assert "Busiest: " in part(html, "card-hours")
    assert "Phones" in part(html, "card-clients")
    assert "German" in part(html, "card-sources")
    assert "Expired" in part(html, "card-results")
    assert "iOS · Mobile Safari · France" in part(html, "recent-title") + part(html, "recent")


def test_every_page_has_the_same_parts(page: Look, month: Link) -> None:
    for address in addresses(month):
        html = page(address)
        for name in ("numbers", "over-time-table", "card-top", "recent", "card-places", "card-hours", "card-losses"):
            assert f'id="{name}"' in html, (address, name)


def test_a_link_compares_its_placements(page: Look, month: Link) -> None:
    top = part(page(f"/w/acme/links/{month.pk}/statistics"), "card-top")
    assert "door" in top
    assert "ABC123" in top
    assert "6 of 9 scans by people" in top
    assert "3 of 9 scans by people" in top
    assert "tram" not in top


def test_neither_style_nor_script_is_written_into_a_page(page: Look, month: Link) -> None:
    html = page(OVERVIEW)
    assert " style=" not in html
    assert html.count("<script") - html.count("<script src=") == 1  # the chart's numbers, as a block of data


def test_every_number_is_explained_and_every_chart_has_a_table(page: Look, month: Link) -> None:
    html = page(OVERVIEW)
    described = re.findall(r'aria-describedby="([^"]+)"', html)
    assert len(described) > 20
    assert [name for name in described if f'id="{name}"' not in html] == []
    assert {"The numbers as a table", "The hours as a table", "All countries as a table"} <= set(
        re.findall(r"<summary>([^<]+)</summary>", html)
    )


def test_ids_are_unique(page: Look, month: Link) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page(OVERVIEW))
    assert sorted(ids) == sorted(set(ids))


def test_one_value_narrows_the_whole_page(page: Look, month: Link, alice_client: Client) -> None:
    html = page(f"{OVERVIEW}?filter=country:DE")
    assert "Only Country: Germany Show everything" in text_of(html)
    assert 'aria-describedby="figure-scans-why">8</span>' in html
    places = part(html, "card-places")
    assert "France" in places  # what else there is to choose stays in sight
    assert "Counting from raw scans" in part(html, "card-clients")
    assert "Counting from raw scans" in part(html, "card-hours")
    hours = part(page(f"{OVERVIEW}?filter=country:FR&part=hours"), "card-hours")
    assert "Busiest: Wednesdays, 14:00 to 15:00." in hours
    assert "Wednesday 14:00 to 15:00: 1 scans by people" in page(f"{OVERVIEW}?filter=country:FR&part=hours")
    assert "Counted from raw scans at 14:00." in hours
    clients = text_of(page(f"{OVERVIEW}?filter=country:DE&part=clients"))
    assert "6 of 8 scans by people" in clients
    assert "2 of 8 scans by people" in clients
    assert "Counted from raw scans at 14:00." in clients


def test_the_feed_follows_a_word(page: Look, month: Link) -> None:
    feed = part(page(f"{OVERVIEW}?filter=country:FR"), "recent")
    assert "Country: France, among the newest 5,000 scans." in feed
    assert feed.count("Menu") == 1
    assert "table" in feed
    html = page(f"{OVERVIEW}?filter=country:JP")
    assert "None of these is." in part(html, "recent")
    assert "No scans yet" not in html


def test_losses_follow_a_word_as_far_as_it_is_known(page: Look, month: Link) -> None:
    singapore, germany = (text_of(page(f"{OVERVIEW}?filter=country:{code}&part=losses")) for code in ("SG", "DE"))
    assert "Expired 1" in singapore
    assert "Every code that was scanned led somewhere." in germany
    assert "All of them, not only Country: Germany" in germany
    assert "ABC12E" in germany


def test_orphans_follow_a_placement(page: Look, month: Link) -> None:
    door, table = Code.objects.get(path="ABC123"), Code.objects.get(path="DEF456")
    address = f"/w/acme/links/{month.pk}/statistics?part=losses&filter=code:"
    assert "ABC12E" in page(f"{address}{door.pk}")
    assert "ABC12E" not in page(f"{address}{table.pk}")


def test_one_placement_narrows_a_link(page: Look, month: Link) -> None:
    code = Code.objects.get(path="ABC123")
    html = page(f"/w/acme/links/{month.pk}/statistics?filter=code:{code.pk}")
    assert "Only Placement: door" in text_of(html)
    assert "6 of 9 scans by people" in part(html, "card-top")  # the others stay to be compared
    assert "Counting from raw scans" in part(html, "card-places")
    assert "Busiest" in part(html, "card-hours")


def test_classes_are_chosen_and_named(page: Look, month: Link) -> None:
    html = page(f"{OVERVIEW}?class=bot")
    assert "Scans by bots" in text_of(html)
    assert "Unique visitors" not in part(html, "numbers")
    assert "United States" in part(html, "card-places")
    for name in ("People", "Previews", "Prefetches", "Bots", "Security scanners", "Internal", "Header requests"):
        assert name in part(html, "numbers")


def test_losses_come_after_the_page(page: Look, month: Link) -> None:
    losses = text_of(page(f"{OVERVIEW}?part=losses"))
    assert "Expired 1" in losses
    assert "Somebody scanned ABC12E ; you have ABC123" in losses
    campaign = text_of(page(f"/w/acme/campaigns/{Campaign.objects.get().pk}/statistics?part=losses"))
    assert "Every code that was scanned led somewhere." in campaign
    assert "ABC12E" in campaign
    ended = Link.objects.get(title="Easter")
    assert "None from" in text_of(page(f"/w/acme/links/{ended.pk}/statistics?part=losses"))


def test_a_period_without_scans_says_so(page: Look, month: Link) -> None:
    html = page(f"{OVERVIEW}?from=2026-01-01&to=2026-01-31")
    assert "No scans by people from 1 Jan to 31 Jan 2026." in part(html, "card-top")
    assert "No scans by people" in part(html, "card-hours")


def test_without_any_scan_there_is_one_kind_word(page: Look, workspace: Workspace, link: Link) -> None:
    assert "Print a code and scan it with a phone" in page(OVERVIEW)
    assert "Scan one of the codes with a phone" in page(f"/w/acme/links/{link.pk}/statistics")


@pytest.mark.parametrize(
    "query",
    [
        "period=zz&top=x&places=device&class=x&compare=x",
        "from=2026-05-02&to=2026-05-01",
        "from=%00&to=99999-01-01",
        "filter=code:999999999999999999999999",
        "filter=link:0",
        "filter=country:%00",
        "filter=country:" + "x" * 5000,
        "filter=unicorn:1",
        "filter=outcome:nothing&class=head&from=2001-01-01&to=2010-01-01",
    ],
)
def test_a_strange_address_still_gets_a_page(page: Look, month: Link, query: str) -> None:
    assert 'id="numbers"' in page(f"{OVERVIEW}?{query}")


@pytest.mark.parametrize("period", list(PRESETS))
def test_every_period_has_a_page_of_everything(page: Look, month: Link, period: str) -> None:
    for address in addresses(month):
        html = page(f"{address}?period={period}")
        assert "door" in html
        assert "Germany" in part(html, "card-places")


def test_hours_of_a_long_period_are_refused_in_their_place(page: Look, month: Link) -> None:
    assert "at most: ask for fewer." in part(page(f"{OVERVIEW}?period=12m"), "card-hours")


def test_what_cannot_be_asked_is_explained_beside_it(page: Look, month: Link) -> None:
    assert "There is no code 77 in this workspace." in page(f"{OVERVIEW}?filter=code:77")
    assert "must not come after the last" in page(f"{OVERVIEW}?from=2026-05-02&to=2026-05-01")
    clients = page(f"{OVERVIEW}?filter=country:DE&period=12m&part=clients")
    assert "counted from raw scans, and these are kept for 90 days" in clients


def test_an_unknown_part_is_not_found(alice_client: Client, month: Link) -> None:
    assert alice_client.get(f"{OVERVIEW}?part=secrets").status_code == 404


def test_nothing_is_sent_until_something_changes(alice_client: Client, month: Link, at_noon: datetime) -> None:
    html = alice_client.get(OVERVIEW).content.decode()
    seen = html.split('name="seen" value="')[1].split('"')[0]
    answer = alice_client.get(OVERVIEW, {"seen": seen})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "no-store" in answer["Cache-Control"]
    workspace = month.workspace
    store([make_scan(NOW, workspace.timezone, workspace_id=workspace.pk, link_id=month.pk, scan_class="preview")])
    assert alice_client.get(OVERVIEW, {"seen": seen}).status_code == 200


def test_htmx_gets_what_changes_and_the_back_button_the_page(page: Look, month: Link, alice_client: Client) -> None:
    fragment = page(OVERVIEW, **{"hx-request": "true"})
    assert 'id="statistics"' in fragment
    assert "<html" not in fragment
    whole = {"hx-request": "true", "hx-history-restore-request": "true"}
    assert "<html" in page(OVERVIEW, **whole)
    assert "HX-Request" in alice_client.get(OVERVIEW)["Vary"]


def test_charlie_sees_nothing(charlie_client: Client, month: Link) -> None:
    for address in addresses(month):
        assert charlie_client.get(address).status_code == 404
        assert charlie_client.get(f"{address}?part=losses").status_code == 404
        in_their_own = charlie_client.get(address.replace("acme", "other")).status_code
        assert in_their_own == (200 if address == OVERVIEW else 404)
    code = Code.objects.get(path="ABC123")
    theirs = charlie_client.get(f"/w/other/overview?filter=code:{code.pk}").content.decode()
    assert "door" not in theirs
    assert "ABC12E" not in charlie_client.get("/w/other/overview?part=losses").content.decode()


def test_a_logged_out_reader_gets_no_login_page_for_a_part(client: Client, month: Link) -> None:
    host = {"host": "q.example.com"}
    assert client.get(OVERVIEW, headers=host).status_code == 302
    assert client.get(OVERVIEW, headers={**host, "hx-request": "true"}).status_code == 403


def test_a_deleted_link_has_no_page(alice_client: Client, month: Link) -> None:
    Link.objects.update(deleted_at=NOW)
    assert alice_client.get(f"/w/acme/links/{month.pk}/statistics").status_code == 404


def test_a_page_costs_the_same_however_many_links_and_scans(
    alice_client: Client, month: Link, at_noon: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def costs(address: str, most: int) -> int:
        with django_assert_max_num_queries(most) as asked:
            assert alice_client.get(address).status_code == 200
        return len(asked)

    few = {address: costs(address, 52) for address in addresses(month)}
    few[f"{OVERVIEW}?part=losses"] = costs(f"{OVERVIEW}?part=losses", 12)
    workspace = month.workspace
    code = Code.objects.get(path="ABC123")
    for number in range(30):
        link = Link.objects.create(workspace=workspace, title=f"link {number}", destination="https://example.com")
        Code.objects.create(link=link, domain=code.domain, path=f"XX{number:04}", canonical=f"XX{number:04}")
    where = {"workspace_id": workspace.pk, "code_id": code.pk}
    links = list(Link.objects.values_list("pk", flat=True))
    store([make_scan(NOW, workspace.timezone, link_id=pk, country="FR", **where) for pk in links])
    assert Scan.objects.count() > 40
    for address, most in few.items():
        costs(address, most)
