"""What databases do to answer: every report finds its rows by an index, on both databases, whatever the table holds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Workspace
from analytics import running_totals
from analytics.models import Breakdown, Dimension, LocalDay, QuarterHour, RunningTotal, Scan, Scope
from analytics.periods import DAY, Comparison, Interval, Period
from analytics.reports import (
    Filter,
    Subject,
    breakdown,
    first_and_last,
    heat_map,
    recent_scans,
    scan_series,
    scans_after_expiry,
)
from links.models import Domain
from tests.analytics.counting import make_scan
from tests.analytics.worlds import World, make_world

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)
BIG = ("quarterhour", "localday", "breakdown", "runningtotal")
# What planners say when they read a whole table: PostgreSQL and SQLite. On PostgreSQL the scans of these tests are in
# one partition; of the empty ones it may read whatever it likes.
WHOLE = [f"{words} analytics_{table}" for table in BIG for words in ("Seq Scan on", "SCAN")]
WHOLE += ["Seq Scan on any_earlier_scan", "SCAN analytics_scan"]
OTHERS = 3_000
APART = 1_000_000_000  # no id that the database gives out


@pytest.fixture
def world(workspace: Workspace, site: Domain) -> World:
    """Sixty days of one workspace among three thousand others' rows, so that an index pays."""
    world = make_world(workspace, site)
    days = [NOW.date() - number * DAY for number in range(60)]
    subjects = [(subject.scope, subject.id) for subject in world.subjects]
    others = [(scope, APART + number) for number in range(OTHERS // 4) for scope in Scope]
    keys = [(scope, pk, day) for scope, pk in dict.fromkeys(subjects) for day in days]
    keys += [(scope, pk, days[number % 60]) for number, (scope, pk) in enumerate(others)]
    LocalDay.objects.bulk_create(LocalDay(scope=scope, scope_id=pk, date=day, human=5) for scope, pk, day in keys)
    QuarterHour.objects.bulk_create(
        QuarterHour(scope=scope, scope_id=pk, start=datetime(day.year, day.month, day.day, 9, tzinfo=UTC), human=5)
        for scope, pk, day in keys
    )
    names = ("scope", "scope_id", "date", "dimension", "value", "scan_class", "n")
    Breakdown.objects.bulk_create(
        Breakdown(**dict(zip(names, (*key, dimension, value, 0, 1), strict=True)))
        for key in keys
        if key[0] in (Scope.LINK, Scope.WORKSPACE)
        for dimension in (Dimension.COUNTRY, Dimension.LINK, Dimension.OUTCOME)
        for value in range(3)
    )
    moments = {APART + number: NOW - number * timedelta(seconds=10) for number in range(OTHERS)}
    Scan.objects.bulk_create(
        make_scan(at, "UTC", workspace_id=number, link_id=number) for number, at in moments.items()
    )
    RunningTotal.objects.bulk_create(
        RunningTotal(workspace_id=pk, dimension=Dimension.LINK, scan_class=0, date=days[0], scans=1, packed=b"")
        for pk in range(APART, APART + OTHERS)
    )
    for place in range(2):
        running_totals.keep(workspace.pk, Dimension.LINK, place, days[1])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return world


def whole(days: int, interval: Interval = Interval.DAY, zone: Any = None) -> Callable[[Subject], Period]:
    return lambda subject: Period.last_days(zone or subject.zone, NOW, days, interval)


QUESTIONS: dict[str, Callable[[Subject], Any]] = {
    "a short series": lambda subject: scan_series(subject, whole(30)(subject)),
    "a long series": lambda subject: scan_series(subject, whole(60)(subject)),
    "a day by the hour": lambda subject: scan_series(subject, whole(1, Interval.HOUR)(subject)),
    "a year ago": lambda subject: scan_series(subject, whole(60)(subject).compared(Comparison.YEAR)),
    "one country": lambda subject: scan_series(subject, whole(60)(subject), [Filter(Dimension.COUNTRY, "DE")]),
    "two words": lambda subject: scan_series(
        subject, whole(30)(subject), [Filter(Dimension.COUNTRY, "DE"), Filter(Dimension.DEVICE, "tablet")]
    ),
    "countries": lambda subject: breakdown(
        subject, Dimension.COUNTRY, whole(30)(subject), compared=whole(30)(subject).compared(Comparison.PREVIOUS)
    ),
    "countries of tablets": lambda subject: breakdown(
        subject, Dimension.COUNTRY, whole(30)(subject), filters=[Filter(Dimension.DEVICE, "tablet")]
    ),
    "what is over": lambda subject: scans_after_expiry(subject, whole(60)(subject)),
    "hours of the week": lambda subject: heat_map(subject, whole(60)(subject)),
    "first and last": first_and_last,
}
OF_A_WORKSPACE: dict[str, Callable[[Subject], Any]] = {
    "links": lambda subject: breakdown(subject, Dimension.LINK, whole(60)(subject)),
    "recent scans": lambda subject: recent_scans(subject, 10),
}


def reads_too_much(plan: str) -> bool:
    """A whole table, or every quarter of an hour compared with every point of a series."""
    return any(words in plan for words in WHOLE) or ("Join Filter" in plan and "quarterhour" in plan)


def plans_of(queries: list[dict[str, str]]) -> list[str]:
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    plans = []
    for query in queries:
        with connection.cursor() as cursor:
            cursor.execute(f"{explain} {query['sql']}")
            plans.append("\n".join(str(row[-1] if explain != "EXPLAIN" else row[0]) for row in cursor.fetchall()))
    return plans


def test_no_report_reads_a_whole_table(world: World) -> None:
    asked = [(ask, subject) for ask in QUESTIONS.values() for subject in world.subjects]
    asked += [(ask, world.subjects[0]) for ask in OF_A_WORKSPACE.values()]
    with time_machine.travel(NOW, tick=False):
        for ask, subject in asked:
            with CaptureQueriesContext(connection) as queries:
                ask(subject)
            for plan, query in zip(plans_of(queries.captured_queries), queries.captured_queries, strict=True):
                assert not reads_too_much(plan), f"{subject.kind}: {query['sql']}\n{plan}"


def test_the_check_can_fail(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(Breakdown.objects.filter(n=7))
    (plan,) = plans_of(queries.captured_queries)
    assert reads_too_much(plan)
