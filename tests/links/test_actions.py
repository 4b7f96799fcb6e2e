"""Writes of more than one step keep history, freshness and verdict together."""

from typing import Any

import pytest

from accounts.models import User
from links import actions, history
from links.models import Change, Link


def test_an_edit_before_the_verdict_has_the_new_revision_checked(
    link: Link, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(actions, "request_check", lambda *ids: asked.append(ids))
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_link(link, {"title": "Dinner"}, actor=actions.NOBODY)
    assert asked == [(link.pk, 2)]
    Link.objects.filter(pk=link.pk).update(verdict=Link.Verdict.SAFE)
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_link(link, {"title": "Supper"}, actor=actions.NOBODY)
    assert len(asked) == 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_link(link, {"destination": "https://example.org/"}, actor=actions.NOBODY)
    assert asked[1:] == [(link.pk, 4)]


def test_nothing_is_written_when_nothing_differs(link: Link) -> None:
    Change.objects.all().delete()
    actions.change_link(link, {"title": link.title}, actor=actions.NOBODY)
    actions.change_code(link.codes.order_by("pk")[0], {"placement": "poster"}, actor=actions.NOBODY)
    assert not Change.objects.exists()
    assert link.revisions.count() == 1


def test_a_change_based_on_an_older_revision_is_refused(link: Link) -> None:
    actions.change_link(link, {"title": "a"}, actor=actions.NOBODY, expected_revision=1)
    with pytest.raises(actions.RevisionMoved, match="revision 2"):
        actions.change_link(link, {"title": "b"}, actor=actions.NOBODY, expected_revision=1)


def test_only_editable_fields_change(link: Link) -> None:
    with pytest.raises(ValueError, match="not editable"):
        actions.change_link(link, {"verdict": "safe"}, actor=actions.NOBODY)


def test_deleting_twice_is_one_revision(link: Link, alice: User) -> None:
    for _ in range(2):
        actions.delete_link(link, actor=actions.Actor(user=alice))
    assert link.revisions.count() == 2


def test_a_refused_alias_leaves_no_half_link(link: Link) -> None:
    with pytest.raises(actions.CodeTaken):
        actions.create_link(link.workspace, "https://example.com/", actor=actions.NOBODY, alias="LUNCH")
    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"destination": [None, "https://example.com/"]}, "Made, leading to https://example.com/"),
        ({"destination": ["https://a/", "https://b/"]}, "Destination: https://a/ → https://b/"),
        ({"title": ["", "Menu"]}, "Title: empty → Menu"),
        ({"is_paused": ["False", "True"]}, "Paused"),
        ({"is_paused": ["True", "False"]}, "Resumed"),
        ({"expires_at": [None, "2026-11-03 10:00:00+00:00"]}, "End: never → 3 Nov 2026, 10:00"),
        ({"deleted_at": [None, "2026-11-03 10:00:00+00:00"]}, "Deleted"),
        ({"code": [None, "ABC123"]}, "Code ABC123 added"),
        ({"placement of ABC123": ["poster", ""]}, "Placement of ABC123: poster → empty"),
        ({"counts_only of ABC123": ["False", "True"]}, "Code ABC123 only counts"),
        ({"counts_only of ABC123": ["True", "False"]}, "Code ABC123 counts and tells who scans"),
        ({"campaign": [None, "Spring"]}, "Campaign: none → Spring"),
        ({"tags": ['["a", "b"]', "[]"]}, "Tags: a, b → none"),
    ],
)
def test_history_speaks_in_words(changes: dict[str, list[str | None]], sentence: str) -> None:
    assert history.sentences(changes) == [sentence]
