"""The page of batches: two forms, bars, words beside what is wrong, ways to it, nothing for strangers."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User, Workspace
from links import actions
from links.batches import job
from links.batches.models import Batch
from links.models import Campaign, Domain, Link
from tests.conftest import client_of
from tests.links.batches.conftest import ask, ask_for_rows, link_with_codes
from tests.links.factories import a_link

PAGE = "/w/acme/batches"


def page(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


ZIP = {
    "codes_of": "codes",
    "output": "zip",
    "format": "svg",
    "width": "40",
    "unit": "mm",
    "dpi": "300",
    "color_space": "rgb",
}


def send(client: Client, text: str, where: str = PAGE, **typed: Any) -> Any:
    return client.post(
        where, ZIP | {"codes_of": "file", "file": SimpleUploadedFile("shops.csv", text.encode())} | typed
    )


@pytest.fixture
def running(link: Link) -> Batch:
    """One that is in the making: a third of it is drawn."""
    batch = ask(link)
    Batch.objects.filter(pk=batch.pk).update(codes_drawn=1234, codes_total=3702, worked_at=timezone.now())
    return batch


def test_an_empty_page_says_what_to_do(alice_client: Client) -> None:
    assert "No batches yet" in page(alice_client.get(PAGE))


def test_from_the_form_to_the_download(alice_client: Client, alice: User, workspace: Workspace) -> None:
    link = link_with_codes(workspace, 3, title="Menu <b>")
    answer = alice_client.post(PAGE, ZIP | {"of": f"link:{link.pk}", "format": "png"}, follow=True)
    assert "This page shows how far it is" in page(answer)
    assert "Codes of the link “Menu &lt;b&gt;”" in page(answer)
    batch = Batch.objects.get()
    assert (batch.output, batch.format, batch.codes_total, batch.created_by) == ("zip", "png", 3, alice)
    assert (batch.options["mm"], batch.options["dpi"]) == (40, 300)
    job.work_off(60)
    done = page(alice_client.get(f"{PAGE}/{batch.pk}/progress"))
    assert "hx-trigger" not in done
    assert "3 codes" in done
    response = alice_client.get(f"{PAGE}/{batch.pk}/download")
    assert response["Content-Disposition"] == 'attachment; filename="codes-menu-b-png.zip"'
    assert b"".join(response.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_a_file_makes_links(alice_client: Client) -> None:
    answer = send(alice_client, "destination,title\nhttps://example.com/1,One\n")
    assert answer["Location"] == PAGE
    job.work_off(60)
    assert Link.objects.get().title == "One"
    assert "1 code," in page(alice_client.get(PAGE))


def test_mistakes_of_a_file_stand_beside_it(alice_client: Client) -> None:
    shown = page(send(alice_client, "destination\nhttps://example.com/\n<script>\n" + "nowhere\n" * 60))
    assert "Line 3, destination: This is not a web address." in shown
    assert "36 more mistakes are not shown." in shown
    assert not Batch.objects.exists()
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"of": ""}, "Choose one of the list."),
        ({"of": "link:999999"}, "Choose one of the list."),
        ({"of": "planet:1"}, "Choose one of the list."),
        ({"of": "codes:1"}, "Choose one of the list."),
        ({"of": "link:٣"}, "Choose one of the list."),
        ({"of": "link:\x00"}, "Null characters are not allowed."),
        ({"format": "exe"}, "Select a valid choice"),
        ({"width": "4"}, "Use from 5 to 5,000 millimetres."),
        ({"width": "197", "unit": "inches"}, "Use from 0.2 to 196 inches."),
        ({"dpi": ""}, "This field is required."),
        ({"output": "tar"}, "Select a valid choice"),
        ({"codes_of": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    alice_client: Client, link: Link, typed: dict[str, str], says: str
) -> None:
    answer = alice_client.post(PAGE, ZIP | {"of": f"link:{link.pk}"} | typed)
    assert answer.status_code == 200
    assert says in page(answer)
    assert not Batch.objects.exists()


def test_without_a_file(alice_client: Client) -> None:
    assert "Choose a file." in page(alice_client.post(PAGE, ZIP | {"codes_of": "file"}))
    assert "The file is empty." in page(send(alice_client, ""))


def test_too_many_and_none_are_said_in_the_form(alice_client: Client, workspace: Workspace, link: Link) -> None:
    empty = Campaign.objects.create(workspace=workspace, name="Empty")
    typed = ZIP
    assert "no QR code to draw" in page(alice_client.post(PAGE, typed | {"of": f"campaign:{empty.pk}"}))
    for _ in range(5):
        ask(link)
    assert "Wait for one of them" in page(alice_client.post(PAGE, typed | {"of": f"link:{link.pk}"}))
    assert "Wait for one of them" in page(send(alice_client, "destination\nhttps://example.com/\n"))


def test_what_is_in_the_making_has_a_bar(alice_client: Client, running: Batch) -> None:
    shown = page(alice_client.get(PAGE))
    assert "1,234 of 3,702 codes drawn." in shown
    assert 'max="100" value="33"' in shown
    assert f'hx-get="{PAGE}/{running.pk}/progress"' in shown
    assert "Reload the page" in shown
    assert "hx-trigger" in page(alice_client.get(f"{PAGE}/{running.pk}/progress"))


def test_links_in_the_making_and_rows_that_became_none(
    alice_client: Client, workspace: Workspace, site: Domain
) -> None:
    batch = ask_for_rows(workspace, "destination\n" + "https://example.com/\n" * 40)
    assert "Waiting for a worker." in page(alice_client.get(PAGE))
    refused = [{"line": 7, "message": "“lunch” is taken."}]
    Batch.objects.filter(pk=batch.pk).update(links_made=10, worked_at=timezone.now(), refused=refused)
    shown = page(alice_client.get(f"{PAGE}/{batch.pk}/progress"))
    assert "10 of 40 links made." in shown
    assert "Line 7: “lunch” is taken." in shown


def test_a_failure_is_said(alice_client: Client, running: Batch) -> None:
    Batch.objects.update(failed=job.NO_ROOM)
    assert "There is no file. There is no room left" in page(alice_client.get(PAGE))


def test_cancelled_and_removed(alice_client: Client, running: Batch, link: Link) -> None:
    assert "The batch is cancelled." in page(alice_client.post(f"{PAGE}/{running.pk}/remove", follow=True))
    done = ask(link)
    job.work_off(60)
    assert "The batch is removed." in page(alice_client.post(f"{PAGE}/{done.pk}/remove", follow=True))
    assert not Batch.objects.exists()


def test_a_file_that_is_not_made_cannot_be_downloaded(alice_client: Client, running: Batch) -> None:
    assert alice_client.get(f"{PAGE}/{running.pk}/download").status_code == 404


def test_an_address_fills_in_the_form(alice_client: Client, workspace: Workspace, link: Link) -> None:
    for _ in range(101):
        a_link(workspace)  # newer ones, so that the list would not show it by itself
    assert f'<option value="link:{link.pk}" selected>Menu</option>' in page(
        alice_client.get(PAGE, {"of": f"link:{link.pk}"})
    )


def test_pages_lead_here(alice_client: Client, workspace: Workspace, link: Link) -> None:
    campaign = Campaign.objects.create(workspace=workspace, name="Spring")
    actions.change_link(link, {"campaign": campaign, "tags": ["door"]}, actor=actions.NOBODY)
    assert f'href="{PAGE}"' in page(alice_client.get("/w/acme/links"))
    assert f'href="{PAGE}?of=link:{link.pk}"' in page(alice_client.get(f"/w/acme/links/{link.pk}"))
    assert f'href="{PAGE}?of=campaign:{campaign.pk}"' in page(alice_client.get(f"/w/acme/campaigns/{campaign.pk}"))
    assert f'href="{PAGE}?of=tag:{link.tags.get().pk}"' in page(alice_client.get("/w/acme/tags"))


def test_the_list_does_not_ask_more_for_more_rows(
    alice_client: Client, running: Batch, link: Link, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(8) as first:
        alice_client.get(PAGE)
    for _ in range(4):
        ask(link)
    with django_assert_num_queries(len(first)):
        alice_client.get(PAGE)


def test_every_member_sees_and_downloads(bob: User, running: Batch) -> None:
    bobs_client = client_of(bob)
    Batch.objects.update(codes_drawn=0, worked_at=None)
    job.work_off(60)
    assert running.title in page(bobs_client.get(PAGE))
    assert b"".join(bobs_client.get(f"{PAGE}/{running.pk}/download").streaming_content)  # type: ignore[attr-defined]


def test_charlie_finds_nothing(charlie_client: Client, other_workspace: Workspace, running: Batch, link: Link) -> None:
    typed = ZIP | {"of": f"link:{link.pk}"}
    for where in (PAGE, "/w/other/batches"):
        assert charlie_client.get(f"{where}/{running.pk}/progress").status_code == 404
        assert charlie_client.get(f"{where}/{running.pk}/download").status_code == 404
        assert charlie_client.post(f"{where}/{running.pk}/remove").status_code == 404
    assert charlie_client.get(PAGE).status_code == 404
    assert charlie_client.post(PAGE, typed).status_code == 404
    assert send(charlie_client, "destination\nhttps://example.com/\n").status_code == 404
    assert "Choose one of the list." in page(charlie_client.post("/w/other/batches", typed))
    assert running.title not in page(charlie_client.get("/w/other/batches"))
    assert list(Batch.objects.all()) == [running]
