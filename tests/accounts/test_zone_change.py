"""Changing a workspace's zone on its settings page: from the next midnight, the last choice wins, and back cancels."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Workspace
from accounts.zones import Zones
from analytics.ingest import ingest
from analytics.models import LocalDay, Scope
from links.models import Code, Domain
from links.targets import load_target
from tests.links.factories import a_block, a_code, an_event

NOON = datetime(2026, 5, 13, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 5, 13, 22, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace)


def choose(client: Client, zone: str) -> None:
    assert client.post("/w/acme/settings", {"name": "Acme", "timezone": zone}).status_code == 302


def zones_of(code: Code) -> Zones:
    target = load_target(code.domain_id, code.canonical)
    assert target is not None
    return Zones.parse(target.timezone)


def zone_of_stats(api: Client) -> str:
    return str(api.get("/api/v1/stats").json()["timezone"])


def test_it_counts_from_the_next_midnight_for_scans_and_reports(
    alice_client: Client, api: Client, code: Code, clock: time_machine.Traveller
) -> None:
    choose(alice_client, "America/New_York")
    assert zones_of(code) == Zones("Europe/Berlin", int(MIDNIGHT.timestamp()), "America/New_York")
    page = alice_client.get("/w/acme/settings").content.decode()
    assert "Europe/Berlin until 14 May, 00:00, then America/New_York." in page
    assert zone_of_stats(api) == "Europe/Berlin"
    clock.move_to(MIDNIGHT - timedelta(seconds=1))
    assert zone_of_stats(api) == "Europe/Berlin"
    clock.move_to(MIDNIGHT)
    assert zone_of_stats(api) == "America/New_York"
    assert "then America/New_York" not in alice_client.get("/w/acme/settings").content.decode()


def test_every_scan_around_a_change_is_counted_on_one_day(
    alice_client: Client, api: Client, code: Code, clock: time_machine.Traveller
) -> None:
    """One an hour for three days: the 14th begins in Berlin, ends in New York, and has 30 hours."""
    choose(alice_client, "America/New_York")
    zones = zones_of(code)
    moments = [MIDNIGHT + timedelta(hours=hour) for hour in range(-24, 54)]
    events = [
        an_event(code, at_ms=int(moment.timestamp() * 1000), local_date=zones.day_of(moment).date.isoformat())
        for moment in moments
    ]
    clock.move_to(moments[-1])
    assert ingest([a_block(*events)]).ingested == 78
    days = LocalDay.objects.filter(scope=Scope.WORKSPACE).order_by("date").values_list("date__day", "human")
    assert list(days) == [(13, 24), (14, 30), (15, 24)]
    answer = api.get("/api/v1/stats", {"from": "2026-05-01", "to": "2026-05-15", "breakdown": "device"}).json()
    assert (answer["totals"]["scans"], answer["breakdown"]["scans"]) == (78, 78)


def test_the_last_of_several_changes_wins(alice_client: Client, code: Code, clock: time_machine.Traveller) -> None:
    for zone in ("America/New_York", "Asia/Tokyo", "Asia/Kathmandu"):
        choose(alice_client, zone)
    assert zones_of(code) == Zones("Europe/Berlin", int(MIDNIGHT.timestamp()), "Asia/Kathmandu")


def test_changing_back_cancels(alice_client: Client, code: Code, clock: time_machine.Traveller) -> None:
    choose(alice_client, "America/New_York")
    choose(alice_client, "Europe/Berlin")
    assert zones_of(code) == Zones("Europe/Berlin")


def test_other_settings_leave_it_as_it_is(alice_client: Client, code: Code, clock: time_machine.Traveller) -> None:
    choose(alice_client, "America/New_York")
    before = zones_of(code)
    for moment in (NOON, MIDNIGHT + timedelta(hours=1), MIDNIGHT + timedelta(days=9)):
        clock.move_to(moment)
        choose(alice_client, "America/New_York")
        assert zones_of(code) == before


def test_the_first_day_of_a_change_has_to_end_before_the_next(
    alice_client: Client, code: Code, clock: time_machine.Traveller
) -> None:
    """New York's clock still shows the 13th, and scans of the 14th are counted already: that must not be forgotten."""
    choose(alice_client, "America/New_York")
    clock.move_to(MIDNIGHT + timedelta(hours=1))
    answer = alice_client.post("/w/acme/settings", {"name": "Acme", "timezone": "Asia/Tokyo"})
    assert answer.context["form"].errors["timezone"] == [
        "The zone has just changed. It can change again from 15 May, 00:00 on."
    ]
    clock.move_to(datetime(2026, 5, 14, 12, tzinfo=UTC))
    choose(alice_client, "Asia/Tokyo")
    assert zones_of(code) == Zones(
        "America/New_York", int(datetime(2026, 5, 15, 4, tzinfo=UTC).timestamp()), "Asia/Tokyo"
    )
