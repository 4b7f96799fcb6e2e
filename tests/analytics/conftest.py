"""A link of alice's workspace with a code, and scans of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from model_bakery import baker

from accounts.models import Workspace
from analytics.models import LocalDay, QuarterHour, Scan, Scope
from links.models import Code, Domain, Link, LinkCounter
from tests.analytics.counting import new_event_id
from tests.links.factories import a_code


@pytest.fixture
def link(workspace: Workspace, site: Domain) -> Link:
    link = Link.objects.create(workspace=workspace, title="Poster", destination="https://example.com/")
    Code.objects.create(link=link, domain=site, path="ABC123", canonical="ABC123", placement="poster, Main St")
    LinkCounter.objects.create(link=link)
    return link


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace)


@pytest.fixture
def scanned(link: Link) -> Callable[..., Scan]:
    """Counts one scan as ingestion does: the fact, the quarter of an hour, the day and the link's counter."""

    def scan(at: datetime, scan_class: str = "human", **fields: Any) -> Scan:
        quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        row, _ = QuarterHour.objects.get_or_create(scope=Scope.LINK, scope_id=link.pk, start=quarter)
        QuarterHour.objects.filter(pk=row.pk).update(**{scan_class: getattr(row, scan_class) + 1})
        local_date = at.astimezone(ZoneInfo(link.workspace.timezone)).date()
        day, _ = LocalDay.objects.get_or_create(scope=Scope.LINK, scope_id=link.pk, date=local_date)
        LocalDay.objects.filter(pk=day.pk).update(**{scan_class: getattr(day, scan_class) + 1})
        counter = LinkCounter.objects.get(link=link)
        counter.human += scan_class == "human"
        counter.other += scan_class != "human"
        counter.save()
        stored: Scan = baker.make(
            Scan,
            event_id=new_event_id(at),
            at=at,
            local_date=local_date,
            workspace_id=link.workspace_id,
            link_id=link.pk,
            code_id=link.codes.get().pk,
            scan_class=scan_class,
            outcome="redirected",
            **fields,
        )
        return stored

    return scan
