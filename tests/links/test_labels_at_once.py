"""Many people change campaigns and tags at once: nobody waits for ever, nothing points at what is gone.

On SQLite one writer follows the other anyway.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import Workspace
from links import actions, labels
from links.models import Campaign, Domain, Link, Tag
from tests.links.factories import a_link

TIMES = 25


@pytest.mark.django_db(transaction=True)
def test_tags_and_campaigns_come_and_go_at_once(workspace: Workspace, site: Domain) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("threads share no database in memory; SQLite has one writer at a time")
    links = [a_link(workspace) for _ in range(4)]

    def tag_and_untag(link: Link) -> None:
        for n in range(TIMES):
            words = [["a", "b"], ["b", "c"], []][n % 3]
            actions.change_link(link, {"tags": words}, actor=actions.NOBODY)

    def gather_and_scatter(link: Link) -> None:
        for n in range(TIMES):
            campaign = labels.rename(Campaign(workspace=workspace), f"{link.pk} {n}")
            everything = Link.objects.filter(workspace=workspace)
            actions.assign_campaign(everything, campaign, workspace=workspace, actor=actions.NOBODY)
            actions.delete_campaign(campaign, actor=actions.NOBODY)

    def retitle(link: Link) -> None:
        for n in range(TIMES):
            actions.change_link(link, {"title": f"{n}"}, actor=actions.NOBODY)

    work = [(act, link) for act in (tag_and_untag, gather_and_scatter, retitle) for link in links[:2]]
    with ThreadPoolExecutor(len(work)) as threads:
        for done in [threads.submit(_then_close, act, link) for act, link in [*work, (tag_and_untag, links[3])]]:
            done.result(timeout=60)
    used = set(Tag.objects.filter(links__in=links).values_list("pk", flat=True))
    assert set(Tag.objects.values_list("pk", flat=True)) == used
    assert not Campaign.objects.exists()
    for link in Link.objects.all():
        assert list(link.revisions.order_by("number").values_list("number", flat=True)) == [
            *range(1, link.revision + 1)
        ]


def _then_close(act: Callable[[Any], None], link: Link) -> None:
    try:
        act(link)
    finally:
        connection.close()
