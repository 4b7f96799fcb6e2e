"""Tags are made by their first link, are one word however it is written, and go with their last link."""

import pytest

from accounts.models import User, Workspace
from links import actions, labels
from links.models import Change, Domain, Link, Tag
from tests.links.factories import a_link


def tags_of(link: Link) -> list[str]:
    return [tag.name for tag in link.tags.order_by("key")]


def put(link: Link, *tags: str) -> Link:
    return actions.change_link(link, {"tags": list(tags)}, actor=actions.NOBODY)


def test_tags_are_made_by_their_first_link_and_shared(workspace: Workspace, site: Domain) -> None:
    first, second = a_link(workspace, tags=["Poster", "Ärzte"]), a_link(workspace)
    put(second, "POSTER", "ärzte", "new")
    assert tags_of(second) == ["new", "Poster", "Ärzte"]
    assert Tag.objects.count() == 3
    assert tags_of(first) == ["Poster", "Ärzte"]


def test_a_change_of_tags_is_in_the_history_and_told_to_every_process(link: Link, alice: User) -> None:
    Change.objects.all().delete()
    actions.change_link(link, {"tags": ["b", "A"]}, actor=actions.Actor(user=alice))
    link = put(link, "b", "c")
    assert [each.changes for each in link.revisions.filter(number__gt=1).order_by("number")] == [
        {"tags": ["[]", '["A", "b"]']},
        {"tags": ['["A", "b"]', '["b", "c"]']},
    ]
    # A record of the journal carries the link's revision.
    assert Change.objects.filter(link=link).count() == 2
    assert link.revision == 3


def test_the_same_tags_in_other_capitals_write_nothing(link: Link) -> None:
    put(link, "Poster", "spring")
    Change.objects.all().delete()
    put(link, "SPRING", "poster")
    assert not Change.objects.exists()
    assert tags_of(link) == ["Poster", "spring"]


def test_a_tag_goes_with_its_last_link(workspace: Workspace, site: Domain) -> None:
    one, other = a_link(workspace, tags=["shared", "own"]), a_link(workspace, tags=["shared", "other"])
    put(one)
    assert set(Tag.objects.values_list("name", flat=True)) == {"shared", "other"}
    actions.delete_link(other, actor=actions.NOBODY)
    assert not Tag.objects.exists()


def test_workspaces_have_their_own(workspace: Workspace, other_workspace: Workspace, site: Domain) -> None:
    mine, theirs = a_link(workspace, tags=["poster"]), a_link(other_workspace, tags=["POSTER"])
    assert (tags_of(mine), tags_of(theirs)) == (["poster"], ["POSTER"])
    put(mine)
    assert tags_of(theirs) == ["POSTER"]


def test_a_tag_deleted_by_hand_is_taken_from_every_link(workspace: Workspace, site: Domain, alice: User) -> None:
    links = [a_link(workspace, tags=["poster", "keep"]) for _ in range(3)]
    Change.objects.all().delete()
    actions.delete_tag(Tag.objects.get(key="poster"), actor=actions.Actor(user=alice))
    for link in links:
        assert tags_of(link) == ["keep"]
        latest = link.revisions.latest("number")
        assert (latest.changed_by, latest.changes) == (alice, {"tags": ['["keep", "poster"]', '["keep"]']})
        link.refresh_from_db()
        assert link.revision == latest.number == 2
    assert set(Change.objects.values_list("link", flat=True)) == {link.pk for link in links}


def test_a_renamed_tag_is_found_by_its_new_name(link: Link) -> None:
    put(link, "poster", "other")
    labels.rename(Tag.objects.get(key="poster"), "Flyer")
    assert list(Link.objects.tagged("FLYER")) == [link]
    assert not Link.objects.tagged("poster").exists()
    with pytest.raises(labels.NameTaken, match="tag “OTHER” already"):
        labels.rename(Tag.objects.get(key="flyer"), "OTHER")
