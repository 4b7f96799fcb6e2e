"""The page of exports: short ones at once, long ones with a bar, words beside what is wrong, nothing for strangers."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from analytics.exports import job
from analytics.exports.models import Export
from links.models import Link
from tests.analytics.exports.conftest import NOW, Make
from tests.analytics.exports.test_api import body_of

PAGE = "/w/acme/exports"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def typed(link: Link, **changes: Any) -> dict[str, Any]:
    fields = {"what": "scans", "about": f"link:{link.pk}", "since": "2026-05-01", "until": "2026-05-13"}
    rest = {"classes": "all", "interval": "day", "breakdown": "country", "format": "csv"}
    return fields | rest | changes


@pytest.fixture
def long_export(alice_client: Client, link: Link, make_scans: Make, settings: Settings) -> Export:
    """One that is in the making: a third of it is written."""
    make_scans(30)
    settings.EXPORT_ROWS_AT_ONCE = 4
    assert alice_client.post(PAGE, typed(link)).status_code == 302
    export = Export.objects.get()
    Export.objects.update(rows=10, worked_at=NOW)
    return export


def test_what_is_short_comes_at_once(alice_client: Client, link: Link, make_scans: Make) -> None:
    make_scans(5)
    response = alice_client.post(PAGE, typed(link, bom="on"))
    assert response["Content-Disposition"].startswith("attachment")
    text = body_of(response)
    assert text.startswith("\ufeffid,at,")
    assert text.count("\r\n") == 6
    assert not Export.objects.exists()


def test_what_is_long_is_shown_with_a_bar(alice_client: Client, long_export: Export) -> None:
    page = alice_client.get(PAGE).content.decode()
    assert "10\n            of about 30\n            rows written." in page
    assert 'max="100" value="33"' in page
    assert f'hx-get="{PAGE}/{long_export.pk}/progress"' in page
    assert "Reload the page" in page


def test_the_bar_goes_on_by_itself_and_ends_with_a_download(alice_client: Client, long_export: Export) -> None:
    progress = f"{PAGE}/{long_export.pk}/progress"
    assert "hx-trigger" in alice_client.get(progress).content.decode()
    Export.objects.update(rows=0, worked_at=None)
    job.work_off(60)
    done = alice_client.get(progress).content.decode()
    assert "hx-trigger" not in done
    assert "30 rows" in done
    response = alice_client.get(f"{PAGE}/{long_export.pk}/file")
    assert body_of(response).count("\r\n") == 31


def test_a_failure_is_said(alice_client: Client, long_export: Export) -> None:
    Export.objects.update(failed="The link is no longer there.")
    page = alice_client.get(PAGE).content.decode()
    assert "There is no file. The link is no longer there." in page


def test_cancelled(alice_client: Client, long_export: Export) -> None:
    page = alice_client.post(f"{PAGE}/{long_export.pk}/remove", follow=True).content.decode()
    assert "The export is cancelled." in page
    assert not Export.objects.exists()


def test_a_file_that_is_not_made_cannot_be_downloaded(alice_client: Client, long_export: Export) -> None:
    assert alice_client.get(f"{PAGE}/{long_export.pk}/file").status_code == 404


def test_an_address_fills_in_the_form(alice_client: Client, link: Link) -> None:
    about = f"code:{link.codes.get().pk}"
    page = alice_client.get(PAGE, {"what": "series", "about": about, "since": "2026-04-02"}).content.decode()
    assert f'<option value="{about}" selected>poster, Main St</option>' in page
    assert 'value="2026-04-02"' in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"about": "link:999999"}, "Choose one of the list."),
        ({"about": "planet:1"}, "Choose one of the list."),
        ({"about": "link:\x00"}, "Null characters are not allowed."),
        ({"since": ""}, "This field is required."),
        ({"since": "1999-01-01"}, "between 2000 and 2099"),
        ({"since": "2026-05-14"}, "must be before"),
        ({"what": "orphans"}, "ask for those of the whole workspace"),
        ({"what": "breakdown", "breakdown": "link"}, "cannot be broken down by link"),
        ({"what": "series", "interval": "15min", "since": "2025-01-01"}, "shorter range"),
        ({"format": "xlsx"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    alice_client: Client, link: Link, changes: dict[str, str], says: str
) -> None:
    response = alice_client.post(PAGE, typed(link, **changes))
    assert response.status_code == 200
    assert says in response.content.decode()


def test_the_list_does_not_ask_more_for_more_rows(
    alice_client: Client, long_export: Export, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(8) as first:
        alice_client.get(PAGE)
    for _ in range(5):
        Export.objects.create(workspace=long_export.workspace, title="x", file_name="x.csv", wanted={}, format="csv")
    with django_assert_num_queries(len(first)):
        alice_client.get(PAGE)


def test_every_member_sees_and_downloads(bobs_client: Client, long_export: Export) -> None:
    job.work_off(60)
    assert long_export.title in bobs_client.get(PAGE).content.decode()


def test_charlie_finds_nothing(
    charlie_client: Client, other_workspace: Workspace, long_export: Export, link: Link
) -> None:
    for where in ("acme", "other"):
        page = f"/w/{where}/exports"
        assert charlie_client.get(f"{page}/{long_export.pk}/progress").status_code == 404
        assert charlie_client.get(f"{page}/{long_export.pk}/file").status_code == 404
        assert charlie_client.post(f"{page}/{long_export.pk}/remove").status_code == 404
    assert charlie_client.get(PAGE).status_code == 404
    assert charlie_client.post(PAGE, typed(link)).status_code == 404
    assert "Choose one of the list." in charlie_client.post("/w/other/exports", typed(link)).content.decode()
    assert Export.objects.count() == 1
