"""Links go into campaigns and out of them: with their history, live everywhere, and safe from a campaign's end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User, Workspace
from links import actions, labels
from links.models import Campaign, Change, Domain, Link, LinkRevision
from links.targets import targets_of
from tests.links.conftest import many_links
from tests.links.factories import a_link

CountQueries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def spring(workspace: Workspace) -> Campaign:
    return labels.rename(Campaign(workspace=workspace), "Spring")


def campaign_in_targets(link: Link) -> set[int]:
    return {target.campaign_id for _, target in targets_of([link.pk])}


def test_a_link_joins_changes_and_leaves_a_campaign(link: Link, spring: Campaign, alice: User) -> None:
    Change.objects.all().delete()
    autumn = labels.rename(Campaign(workspace=link.workspace), "Autumn")
    for number, campaign in enumerate((spring, autumn, None), start=2):
        actions.change_link(link, {"campaign": campaign}, actor=actions.Actor(user=alice))
        link.refresh_from_db()
        assert (link.campaign, link.revision) == (campaign, number)
        assert campaign_in_targets(link) == {campaign.pk if campaign else 0}
        assert Change.objects.filter(link=link).count() == number - 1
    written = [revision.changes["campaign"] for revision in link.revisions.filter(number__gt=1).order_by("number")]
    assert written == [[None, "Spring"], ["Spring", "Autumn"], ["Autumn", None]]


def test_a_link_is_made_in_its_campaign(workspace: Workspace, site: Domain, spring: Campaign) -> None:
    assert campaign_in_targets(a_link(workspace, campaign=spring)) == {spring.pk}


def test_the_same_campaign_again_writes_nothing(link: Link, spring: Campaign) -> None:
    actions.change_link(link, {"campaign": spring}, actor=actions.NOBODY)
    Change.objects.all().delete()
    actions.change_link(link, {"campaign": spring}, actor=actions.NOBODY)
    assert actions.assign_campaign(Link.objects.all(), spring, workspace=link.workspace, actor=actions.NOBODY) == 0
    assert not Change.objects.exists()


def test_a_campaign_that_has_just_gone_is_refused_and_nothing_written(
    link: Link, spring: Campaign, other_workspace: Workspace
) -> None:
    foreign = labels.rename(Campaign(workspace=other_workspace), "Theirs")
    gone = Campaign.objects.get(pk=spring.pk)
    spring.delete()
    for campaign in (gone, foreign):
        with pytest.raises(labels.CampaignGone):
            actions.change_link(link, {"campaign": campaign, "title": "x"}, actor=actions.NOBODY)
        with pytest.raises(labels.CampaignGone):
            actions.create_link(link.workspace, "https://example.com/", actor=actions.NOBODY, campaign=campaign)
        with pytest.raises(labels.CampaignGone):
            actions.assign_campaign(Link.objects.all(), campaign, workspace=link.workspace, actor=actions.NOBODY)
    assert Link.objects.count() == 1
    assert link.revisions.count() == 1


def test_many_links_are_moved_at_once_each_with_its_history(
    workspace: Workspace, other_workspace: Workspace, site: Domain, spring: Campaign, alice: User
) -> None:
    links = many_links(workspace, 4)
    actions.change_link(links[0], {"campaign": spring}, actor=actions.NOBODY)
    theirs = a_link(other_workspace)
    Change.objects.all().delete()
    ids = [links[0].pk, links[1].pk, links[2].pk, theirs.pk]
    moved = actions.assign_campaign(
        Link.objects.filter(pk__in=ids), spring, workspace=workspace, actor=actions.Actor(user=alice)
    )
    assert moved == 2
    assert set(Change.objects.values_list("link", flat=True)) == {links[1].pk, links[2].pk}
    for link in links[1:3]:
        latest = link.revisions.latest("number")
        assert (latest.number, latest.changed_by, latest.changes) == (2, alice, {"campaign": [None, "Spring"]})
        link.refresh_from_db()
        assert (link.campaign, link.revision) == (spring, 2)
        assert campaign_in_targets(link) == {spring.pk}
    theirs.refresh_from_db()
    assert theirs.campaign is None


def test_queries_of_moving_many_do_not_grow(
    workspace: Workspace, site: Domain, spring: Campaign, django_assert_num_queries: CountQueries
) -> None:
    many_links(workspace, 30)
    links = Link.objects.order_by("pk")
    few, many = (Link.objects.filter(pk__in=[link.pk for link in part]) for part in (links[:3], links[3:]))
    for wanted in (few, many):
        # savepoint and release, lock, campaign, links, update, revisions, changes
        with django_assert_num_queries(8):
            actions.assign_campaign(wanted, spring, workspace=workspace, actor=actions.NOBODY)


def test_the_verdict_of_a_moved_link_is_still_found(
    link: Link, spring: Campaign, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(actions, "request_check", lambda *ids: asked.append(ids))
    with django_capture_on_commit_callbacks(execute=True):
        actions.assign_campaign(Link.objects.all(), spring, workspace=link.workspace, actor=actions.NOBODY)
    assert asked == [(link.pk, 2)]


def test_a_deleted_campaign_leaves_its_links_alive_and_fresh(
    workspace: Workspace, site: Domain, spring: Campaign, alice: User
) -> None:
    kept, dead = a_link(workspace, campaign=spring), a_link(workspace, campaign=spring)
    actions.delete_link(dead, actor=actions.NOBODY)
    Change.objects.all().delete()
    actions.delete_campaign(spring, actor=actions.Actor(user=alice))
    assert not Campaign.objects.exists()
    for link in (kept, dead):  # a deleted link's codes are still scanned
        assert campaign_in_targets(link) == {0}
        assert Change.objects.filter(link=link).count() == 1
        assert link.revisions.latest("number").changes == {"campaign": ["Spring", None]}
    kept.refresh_from_db()
    assert kept.state == "active"


def test_nothing_is_half_done(link: Link, spring: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.change_link(link, {"campaign": spring}, actor=actions.NOBODY)
    before = LinkRevision.objects.count()
    monkeypatch.setattr(Campaign, "delete", lambda campaign: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.delete_campaign(spring, actor=actions.NOBODY)
    link.refresh_from_db()
    assert link.campaign == spring
    assert LinkRevision.objects.count() == before


@pytest.mark.parametrize("name", ["Spring", "sPRING"])
def test_names_of_a_workspace_differ(
    workspace: Workspace, other_workspace: Workspace, spring: Campaign, name: str
) -> None:
    with pytest.raises(labels.NameTaken, match="already"):
        labels.rename(Campaign(workspace=workspace), name)
    labels.rename(Campaign(workspace=other_workspace), name)
    labels.rename(spring, name)
    assert Campaign.objects.get(workspace=workspace).name == name


def test_the_database_itself_keeps_names_apart_in_any_script(workspace: Workspace) -> None:
    Campaign.objects.create(workspace=workspace, name="Ärzte")
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.bulk_create([Campaign(workspace=workspace, name="ärzte")])


def test_links_are_counted_without_deleted_ones(workspace: Workspace, site: Domain, spring: Campaign) -> None:
    labels.rename(Campaign(workspace=workspace), "Empty")
    a_link(workspace, campaign=spring)
    actions.delete_link(a_link(workspace, campaign=spring), actor=actions.NOBODY)
    counted = workspace.campaigns.with_link_counts().values_list("name", "link_count")
    assert dict(counted) == {"Spring": 1, "Empty": 0}
