"""Links from the rows of a CSV file: each row one link, whoever is killed or cancels, and then their pictures."""

from typing import Any

import pytest
import time_machine

from accounts.models import User, Workspace
from links import actions, labels
from links.batches import job, new_links
from links.batches.actions import remove_batch, request_batch
from links.batches.models import Batch, BatchRow
from links.batches.rows import read_rows
from links.batches.sources import Source
from links.models import Campaign, Code, Link
from links.studio.files import Output
from tests.links.batches.conftest import Killed, ask_for_rows, files_in, index_in, slice_of, work_on

pytestmark = pytest.mark.usefixtures("site")


def shops(count: int) -> str:
    rows = "".join(f"https://example.com/{n},Shop {n},door {n},shop-{n}\n" for n in range(count))
    return "destination,title,placement,alias\n" + rows


def destinations() -> list[str]:
    return list(Link.objects.order_by("pk").values_list("destination", flat=True))


def test_rows_become_links_and_pictures(workspace: Workspace, alice: User) -> None:
    spring = Campaign.objects.create(workspace=workspace, name="Spring")
    text = "destination,title,placement,alias,campaign,tags,counts_only,expires_at\n"
    text += 'https://example.com/1,One,door,shop-1,spring,"a, b",yes,2999-01-31 18:00\nhttps://example.com/2,,,,,,,\n'
    source = Source(workspace, Batch.Source.FILE, "shops.csv")
    rows = read_rows(workspace, text.encode())
    batch = request_batch(source, Output("svg"), actor=actions.Actor(user=alice), rows=rows)
    assert (batch.title, batch.file_name) == ("New links of the file “shops.csv”", "codes-shops-svg.zip")
    assert not Link.objects.exists()
    job.work_off(60)
    batch.refresh_from_db()
    assert (batch.state, batch.links_made, batch.codes_drawn, batch.refused) == ("done", 2, 2, [])
    one, two = Link.objects.order_by("pk")
    assert (one.destination, one.title, one.campaign, one.created_by) == ("https://example.com/1", "One", spring, alice)
    assert [tag.name for tag in one.tags.order_by("key")] == ["a", "b"]
    assert one.expires_at is not None
    assert {(code.kind, code.placement, code.counts_only) for code in one.codes.all()} == {
        ("qr", "door", True),
        ("alias", "door", True),
    }
    assert one.revisions.get().changed_by == alice
    assert two.codes.count() == 1
    assert [(row["destination"], row["link_id"]) for row in index_in(batch)] == [
        (link.destination, str(link.pk)) for link in (one, two)
    ]
    assert len(files_in(batch)) == 3


@pytest.mark.parametrize("killed_at", [1, 7, 20, 21, 45])
def test_a_killed_worker_makes_no_link_twice(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller, killed_at: int
) -> None:
    batch = ask_for_rows(workspace, shops(45))
    create, made = actions.create_link, 0

    def die(*arguments: Any, **options: Any) -> Link:
        nonlocal made
        made += 1
        if made == killed_at:
            raise Killed
        return create(*arguments, **options)

    monkeypatch.setattr(actions, "create_link", die)
    with pytest.raises(Killed):
        job.work_off(60)
    monkeypatch.undo()
    assert Link.objects.count() == (killed_at - 1) // 20 * 20
    clock.shift(2)
    work_on(batch, clock)
    assert destinations() == [f"https://example.com/{n}" for n in range(45)]
    assert Code.objects.count() == 90
    assert [row["destination"] for row in index_in(batch)] == destinations()


def test_killed_before_it_says_how_far_it_is(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    batch = ask_for_rows(workspace, shops(30))

    def die(_: Batch) -> Any:
        raise Killed

    monkeypatch.setattr(new_links, "outcome", die)
    with pytest.raises(Killed):
        job.work_off(60)
    monkeypatch.undo()
    batch.refresh_from_db()
    assert (Link.objects.count(), batch.links_made) == (30, 0)
    clock.shift(2)
    work_on(batch, clock)
    assert (Link.objects.count(), batch.links_made, batch.codes_drawn) == (30, 30, 30)


def test_how_far_it_is(workspace: Workspace, clock: time_machine.Traveller) -> None:
    batch = ask_for_rows(workspace, shops(50))
    seen = []
    for _ in range(3):
        slice_of(batch)
        clock.shift(2)
        batch.refresh_from_db()
        seen.append((batch.links_made, batch.is_making_links, batch.percent))
    assert seen == [(20, True, 20), (40, True, 40), (50, False, 51)]  # and the first picture


def test_two_workers_have_no_row_in_common(workspace: Workspace) -> None:
    batch = ask_for_rows(workspace, shops(30))
    mine = Batch.objects.filter(pk=batch.pk)
    assert new_links.make_some(mine)
    assert not new_links.make_some(mine)
    assert not new_links.make_some(mine)
    assert destinations() == [f"https://example.com/{n}" for n in range(30)]


def test_cancelled_while_links_are_made(workspace: Workspace, clock: time_machine.Traveller) -> None:
    batch = ask_for_rows(workspace, shops(50))
    slice_of(batch)
    remove_batch(batch)
    clock.shift(2)
    job.work_off(60)
    assert Link.objects.count() == 20
    assert not BatchRow.objects.exists()


def test_what_was_taken_meanwhile_is_said_and_the_rest_is_made(workspace: Workspace) -> None:
    spring = labels.rename(Campaign(workspace=workspace), "Spring")
    text = "destination,alias,campaign\nhttps://a.example/,one,\nhttps://b.example/,,Spring\nhttps://c.example/,,\n"
    batch = ask_for_rows(workspace, text)
    actions.create_link(workspace, "https://faster.example/", actor=actions.NOBODY, alias="ONE")
    actions.delete_campaign(spring, actor=actions.NOBODY)
    job.work_off(60)
    batch.refresh_from_db()
    assert batch.state == "done"
    assert [(row["line"], row["message"][:30]) for row in batch.refused] == [
        (2, "“one” is taken, or was once pr"),
        (3, "The campaign was deleted meanw"),
    ]
    assert [row["destination"] for row in index_in(batch)] == ["https://c.example/"]
    assert (batch.links_made, batch.codes_total) == (3, 1)


def test_with_every_row_refused_there_is_no_file(workspace: Workspace) -> None:
    batch = ask_for_rows(workspace, "destination,alias\nhttps://a.example/,one\n")
    actions.create_link(workspace, "https://faster.example/", actor=actions.NOBODY, alias="one")
    job.work_off(60)
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert batch.failed.startswith("No row became a link. Line 2: “one” is taken")
