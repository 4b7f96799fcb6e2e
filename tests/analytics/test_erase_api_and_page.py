"""Asking for an erasure by REST, on its page and on the command line; strangers find nothing of it."""

from datetime import timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User, Workspace
from analytics.erasure import job
from analytics.ingest import ingest
from analytics.models import Erasure, Scan
from analytics.tasks import erase_scans
from links.models import Code, Domain
from tests.conftest import client_of
from tests.links.factories import a_block, an_event

pytestmark = pytest.mark.django_db
ERASURES = "/api/v1/erasures"
PAGE = "/w/acme/erase"
BERLIN = ZoneInfo("Europe/Berlin")
YESTERDAY, TODAY = (str((timezone.now() - timedelta(days=days)).astimezone(BERLIN).date()) for days in (1, 0))


def ask(client: Client, **fields: Any) -> Any:
    return client.post(ERASURES, {"from": YESTERDAY, "to": TODAY} | fields, content_type="application/json")


def post(client: Client, **fields: str) -> Any:
    return client.post(PAGE, {"link": "", "first": YESTERDAY, "last": TODAY} | fields)


@pytest.fixture
def scans(code: Code) -> Code:
    """Two of it, of this minute."""
    ingest([a_block(*(an_event(code, visitor=letter * 32, local_date=TODAY) for letter in "ab"))])
    return code


def test_an_erasure_is_asked_for_and_its_progress_seen(api: Client, scans: Code) -> None:
    answer = ask(api, link=scans.link_id)
    assert answer.status_code == 202
    asked = answer.json()
    assert (asked["workspace"], asked["link"], asked["from"], asked["to"]) == ("acme", scans.link_id, YESTERDAY, TODAY)
    assert (asked["state"], asked["percent"], asked["total"]) == ("waiting", 0, None)
    erase_scans()
    done = api.get(f"{ERASURES}/{asked['id']}").json()
    assert (done["state"], done["percent"], done["total"], done["erased"]) == ("done", 100, 2, 2)
    assert done["recounted_days"] == [{"from": TODAY, "to": TODAY}]
    assert done["explanation"] == f"Recounted from raw scans: {TODAY}."
    assert api.get(ERASURES).json()["results"] == [done]
    assert not Scan.objects.exists()
    stats = api.get(f"/api/v1/links/{scans.link_id}/stats").json()
    assert (stats["totals"]["human"], stats["totals"]["unique_visitors"]) == (0, 0)


TOMORROW = str((timezone.now() + timedelta(days=2)).date())
WRONG = [
    ("to", TOMORROW),
    ("from", TODAY.replace("20", "99", 1)),
    ("from", "soon"),
    ("from", None),
    ("to", "0000-00-00"),
    ("link", 999_999),
    ("link", 2**70),
    ("link", "x"),
    ("workspace", "other"),
    ("workspace", "a\0b"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_is_wrong_is_said_of_its_field(api: Client, scans: Code, field: str, value: Any) -> None:
    answer = ask(api, **{field: value})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert field in str(answer.json()["errors"])
    assert not Erasure.objects.exists()


def test_the_earliest_day_there_is_is_no_error(api: Client, scans: Code) -> None:
    assert ask(api, **{"from": "0001-01-01"}).status_code == 202
    erase_scans()
    assert not Scan.objects.exists()


def test_charlie_finds_nothing(charlie_api: Client, charlie_client: Client, api: Client, scans: Code) -> None:
    asked = ask(api).json()
    assert charlie_api.get(f"{ERASURES}/{asked['id']}").status_code == 404
    assert charlie_api.get(ERASURES).json()["results"] == []
    assert ask(charlie_api, link=scans.link_id).status_code == 400
    assert ask(charlie_api, workspace="acme").status_code == 400
    for address in (PAGE, f"{PAGE}/progress"):
        assert charlie_client.get(address).status_code == 404
    assert post(charlie_client, sure="yes").status_code == 404
    assert Erasure.objects.count() == 1


def test_nobody_is_asked_to_log_in(site: Domain) -> None:
    nobody = Client(headers={"host": "q.example.com"})
    assert nobody.get(ERASURES).status_code == 401


def test_members_see_and_owners_erase(bob: User, alice_client: Client, scans: Code) -> None:
    bobs = client_of(bob)
    assert "Only an owner" in bobs.get(PAGE).content.decode()
    assert post(bobs, sure="yes").status_code == 403
    assert ask(bobs).status_code == 403
    assert ask(alice_client).status_code == 202
    assert Erasure.objects.get().created_by == User.objects.get(email="alice@example.org")
    assert bobs.get(ERASURES).json()["results"]


def test_the_page_says_what_will_go_and_erases_only_then(alice_client: Client, scans: Code) -> None:
    assert "Erase scans" in alice_client.get("/w/acme/settings").content.decode()
    assert f'value="{scans.path}"' in alice_client.get(f"{PAGE}?link={scans.path}").content.decode()
    confirm = post(alice_client, link=scans.path.lower()).content.decode()
    assert "2 raw scans and their visitors go" in confirm
    assert "cannot be recounted" not in confirm
    assert not Erasure.objects.exists()
    answer = post(alice_client, link=scans.path, sure="yes")
    assert answer["Location"] == PAGE
    working = alice_client.get(PAGE).content.decode()
    assert "<progress" in working
    assert "every 2s" in working
    erase_scans()
    done = alice_client.get(f"{PAGE}/progress").content.decode()
    assert "2 raw scans erased" in done
    assert "every 2s" not in done


def test_the_page_says_what_cannot_be_recounted(alice_client: Client, scans: Code) -> None:
    long_ago = str(timezone.now().date() - timedelta(days=300))
    of_all = post(alice_client, first=long_ago).content.decode()
    assert "they are removed" in of_all
    of_link = post(alice_client, first=long_ago, link=str(scans.link_id)).content.decode()
    assert "are subtracted from the workspace" in of_link


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("link", "NOSUCH", "no such link"),
        ("link", "\0" * 5, "Null characters"),
        ("link", "9" * 90, "no such link"),
        ("first", "soon", "valid date"),
        ("first", "", "required"),
        ("last", TOMORROW, "must not be in the future"),
        ("first", TOMORROW, "must not be after"),
    ],
)
def test_a_wrong_field_is_told_beside_it(alice_client: Client, scans: Code, field: str, value: str, said: str) -> None:
    answer = post(alice_client, **{field: value}, sure="yes")
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Erasure.objects.exists()


def test_lists_do_not_ask_more_with_more_rows(api: Client, alice_client: Client, scans: Code) -> None:
    counts: dict[str, list[int]] = {ERASURES: [], PAGE: []}
    for more in (1, 5):
        for _ in range(more):
            ask(api, link=scans.link_id)
        for client, address in ((api, ERASURES), (alice_client, PAGE)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts[address].append(len(queries))
    for few, many in counts.values():
        assert few == many


def test_the_command_does_the_work_and_says_how(scans: Code, workspace: Workspace) -> None:
    out = StringIO()
    which = ["--workspace", "acme", "--link", str(scans.link_id), "--from", YESTERDAY, "--to", TODAY]
    call_command("erase_scans", *which, "--dry-run", stdout=out)
    assert out.getvalue() == "2 raw scans go, and 2 from the numbers.\n"
    assert Scan.objects.count() == 2
    call_command("erase_scans", *which, stdout=out)
    assert "2 of 2 raw scans erased" in out.getvalue()
    assert f"Recounted from raw scans: {TODAY}" in out.getvalue()
    assert not Scan.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--workspace", "nobodys", "--from", TODAY, "--to", TODAY], "no workspace"),
        (["--workspace", "acme", "--link", "999999", "--from", TODAY, "--to", TODAY], "no link 999999"),
        (["--workspace", "acme", "--from", TODAY, "--to", TOMORROW], "--to: The last day"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(workspace: Workspace, wrong: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("erase_scans", *wrong)
    assert not Erasure.objects.exists()


def test_all_that_is_asked_for_is_worked_off(api: Client, scans: Code) -> None:
    for _ in range(3):
        ask(api)
    job.work_off(30)
    assert [erasure.erased for erasure in Erasure.objects.order_by("pk")] == [2, 0, 0]
    assert not Erasure.objects.filter(done_at=None).exists()
