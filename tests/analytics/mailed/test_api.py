"""Mailed reports by REST: the rules of the form, changes that double and lose nothing, nothing for strangers."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import Membership, User, Workspace
from analytics.mailed.actions import confirm, unsubscribe
from analytics.mailed.models import Delivery, MailedReport, Recipient
from analytics.mailed.sending import send_due
from links.models import Campaign, Link
from tests.analytics.mailed.conftest import DUE, SUNDAY

REPORTS = "/api/v1/mailed-reports"


def send(client: Client, method: str, path: str = "", **body: Any) -> Any:
    return getattr(client, method)(f"{REPORTS}{path}", body, content_type="application/json")


def ask(client: Client, **changes: Any) -> Any:
    return send(client, "post", **{"frequency": "weekly", "recipients": ["bob@example.org"]} | changes)


def states(answer: Any) -> dict[str, str]:
    return {each["address"]: each["state"] for each in answer.json()["recipients"]}


def test_set_up_read_changed_and_ended(api: Client, link: Link, alice: User, bob: User) -> None:
    with time_machine.travel(SUNDAY, tick=False):
        answer = ask(
            api,
            about={"scope": "link", "id": link.pk},
            recipients=["Boss@Example.net", " BOB@example.org", "boss@example.net"],
        )
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["workspace"], made["about"], made["frequency"]) == ("acme", {"scope": "link", "id": link.pk}, "weekly")
    assert made["next_at"] == "2026-05-18T07:00:00+02:00"
    assert made["recipients"] == [
        {"address": "bob@example.org", "is_member": True, "state": "active"},
        {"address": "boss@example.net", "is_member": False, "state": "asked"},
    ]
    path = f"/{made['id']}"
    with time_machine.travel(SUNDAY, tick=False):
        assert api.get(f"{REPORTS}{path}").json() == made
        assert api.get(REPORTS).json()["results"] == [made]
        changed = send(api, "patch", path, frequency="daily", about={"scope": "workspace"}).json()
    assert changed == made | {"frequency": "daily", "about": {"scope": "workspace", "id": None}}
    assert api.delete(f"{REPORTS}{path}").status_code == 204
    assert api.get(f"{REPORTS}{path}").status_code == 404
    assert not Recipient.objects.exists()
    assert mail.outbox == []


def test_about_the_workspace_unless_said_otherwise(api: Client, workspace: Workspace, bob: User) -> None:
    ask(api)
    report = MailedReport.objects.get()
    assert (report.kind, report.subject_id, report.created_by) == ("workspace", workspace.pk, None)


def test_a_person_is_kept_as_its_maker(alice_client: Client, alice: User, bob: User) -> None:
    assert ask(alice_client).status_code == 201
    assert MailedReport.objects.get().created_by == alice


def test_what_was_set_up_is_mailed(api: Client, bob: User, link: Link, busy_week: None) -> None:
    with time_machine.travel(SUNDAY, tick=False):
        ask(api, about={"scope": "link", "id": link.pk})
    with time_machine.travel(DUE, tick=False):
        send_due(DUE)
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"frequency": "hourly"}, "frequency", "not a valid choice"),
    ({"frequency": None}, "frequency", "may not be null"),
    ({"recipients": []}, "recipients", "empty"),
    ({"recipients": None}, "recipients", "may not be null"),
    ({"recipients": "bob@example.org"}, "recipients", "list"),
    ({"recipients": ["nobody"]}, "recipients", "“nobody” is no e-mail address."),
    ({"recipients": [f"{'a' * 245}@example.net"]}, "recipients", "too long"),
    ({"recipients": [f"a{n}@example.net" for n in range(21)]}, "recipients", "20 people at most"),
    ({"recipients": ["a\0@example.net"]}, "recipients.0", "Null characters"),
    ({"recipients": [{"a": 1}]}, "recipients.0", "string"),
    ({"about": "link"}, "about", "dictionary"),
    ({"about": None}, "about", "may not be null"),
    ({"about": {"scope": "tag", "id": 1}}, "about.scope", "not a valid choice"),
    ({"about": {"scope": "link"}}, "about.id", "Say which link"),
    ({"about": {"scope": "link", "id": 999_999}}, "about.id", "no such link"),
    ({"about": {"scope": "campaign", "id": 2**70}}, "about.id", "less than"),
    ({"about": {"scope": "link", "id": "x"}}, "about.id", "integer"),
]


@pytest.mark.parametrize(("changes", "field", "says"), WRONG)
def test_what_is_wrong_is_said_of_its_field(
    api: Client, weekly: MailedReport, changes: dict[str, Any], field: str, says: str
) -> None:
    for answer in (ask(api, **changes), send(api, "patch", f"/{weekly.pk}", **changes)):
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        errors = {error["field"]: error["detail"] for error in answer.json()["errors"]}
        assert says in errors[field]
    assert MailedReport.objects.get().frequency == "weekly"
    assert Recipient.objects.count() == 1


@pytest.mark.parametrize("missing", ["frequency", "recipients"])
def test_what_is_missing_is_said(api: Client, bob: User, missing: str) -> None:
    whole: dict[str, Any] = {"frequency": "weekly", "recipients": ["bob@example.org"]}
    del whole[missing]
    assert [error["field"] for error in send(api, "post", **whole).json()["errors"]] == [missing]


def test_a_change_of_nothing_is_refused(api: Client, weekly: MailedReport) -> None:
    assert send(api, "patch", f"/{weekly.pk}").status_code == 400
    assert send(api, "patch", f"/{weekly.pk}", hour=5).status_code == 400


def test_without_a_mail_server_none_is_set_up(api: Client, weekly: MailedReport, settings: Settings) -> None:
    settings.EMAIL_CONFIGURED = False
    answer = ask(api)
    assert answer.status_code == 409
    assert "No mail server" in answer.json()["detail"]
    assert MailedReport.objects.count() == 1
    assert api.delete(f"{REPORTS}/{weekly.pk}").status_code == 204


def test_a_person_in_several_workspaces_names_one(
    alice_client: Client, alice: User, bob: User, link: Link, other_workspace: Workspace
) -> None:
    Membership.objects.create(user=alice, workspace=other_workspace)
    assert ask(alice_client).json()["errors"][0]["field"] == "workspace"
    assert ask(alice_client, workspace="other").json()["workspace"] == "other"
    elsewhere = ask(alice_client, workspace="other", about={"scope": "link", "id": link.pk})
    assert elsewhere.json()["errors"][0]["field"] == "about.id"


# --- Recipients ----------------------------------------------------------------------------------------


def test_who_is_on_both_lists_stays_as_he_is(api: Client, weekly: MailedReport, bob: User) -> None:
    path = f"/{weekly.pk}"
    first = ["alice@example.org", "yes@example.net", "gone@example.net"]
    send(api, "patch", path, recipients=first)
    confirm(weekly.recipients.get(email="yes@example.net"))
    send_due(SUNDAY)
    before = set(weekly.recipients.values_list("pk", "created_at", "confirmed_at"))
    answer = send(api, "patch", path, recipients=[*first[:2], "bob@example.org"])
    expected = {"alice@example.org": "active", "yes@example.net": "active", "bob@example.org": "active"}
    assert states(answer) == expected
    assert len(before & set(weekly.recipients.values_list("pk", "created_at", "confirmed_at"))) == 2


def test_whoever_has_unsubscribed_stays_so(api: Client, weekly: MailedReport, alice: User, bob: User) -> None:
    path = f"/{weekly.pk}"
    send(api, "patch", path, recipients=["alice@example.org", "no@example.net"])
    for recipient in weekly.recipients.all():
        unsubscribe(recipient)
    send(api, "patch", path, recipients=["bob@example.org"])
    answer = send(api, "patch", path, recipients=["bob@example.org", "alice@example.org", "no@example.net"])
    assert states(answer) == {
        "alice@example.org": "unsubscribed",
        "no@example.net": "unsubscribed",
        "bob@example.org": "active",
    }
    assert list(weekly.recipients.willing()) == [weekly.recipients.get(user=bob)]


def test_an_address_that_unsubscribed_and_became_a_members_is_not_mailed(
    api: Client, weekly: MailedReport, bob: User
) -> None:
    Recipient.objects.create(report=weekly, email="bob@example.org", unsubscribed_at=SUNDAY)
    assert states(send(api, "patch", f"/{weekly.pk}", recipients=["bob@example.org"])) == {
        "bob@example.org": "unsubscribed"
    }


def test_a_member_who_left_is_told_and_asked_as_a_stranger(api: Client, weekly: MailedReport, bob: User) -> None:
    path = f"/{weekly.pk}"
    send(api, "patch", path, recipients=["bob@example.org"])
    Membership.objects.filter(user=bob).delete()
    assert states(api.get(f"{REPORTS}{path}")) == {"bob@example.org": "left"}
    answer = send(api, "patch", path, recipients=["bob@example.org"])
    assert answer.json()["recipients"] == [{"address": "bob@example.org", "is_member": False, "state": "asked"}]


# --- Changes and mails ---------------------------------------------------------------------------------


def test_recipients_change_without_another_mail(api: Client, weekly: MailedReport, bob: User, busy_week: None) -> None:
    with time_machine.travel(DUE, tick=False):
        send_due(DUE)
        send(api, "patch", f"/{weekly.pk}", recipients=["alice@example.org", "bob@example.org"])
        send(api, "patch", f"/{weekly.pk}", frequency="weekly", about={"scope": "link", "id": weekly.subject_id})
        send_due(DUE + timedelta(minutes=5))
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("change", [{"frequency": "daily"}, {"about": {"scope": "workspace"}}])
def test_another_report_comes_when_its_period_is_over(
    api: Client, weekly: MailedReport, busy_week: None, change: dict[str, Any]
) -> None:
    with time_machine.travel(DUE, tick=False):
        send_due(DUE)
        assert len(mail.outbox) == 1
        send(api, "patch", f"/{weekly.pk}", **change)
        send_due(DUE + timedelta(minutes=5))
    assert len(mail.outbox) == 1, "of the period before nobody gets a second mail"
    later = DUE + timedelta(days=1 if "frequency" in change else 7)
    with time_machine.travel(later, tick=False):
        send_due(later)
    assert len(mail.outbox) == 2


def test_of_a_report_that_has_changed_no_mail_that_waits_goes_out(
    api: Client, weekly: MailedReport, busy_week: None
) -> None:
    recipient = weekly.recipients.get()
    with time_machine.travel(DUE, tick=False):
        Delivery.objects.create(recipient=recipient, first_day="2026-05-11", next_try_at=DUE)
        send(api, "patch", f"/{weekly.pk}", frequency="monthly")
        send_due(DUE + timedelta(minutes=5))
    assert mail.outbox == []


def test_a_week_and_a_month_may_begin_on_the_same_day(api: Client, weekly: MailedReport, busy_week: None) -> None:
    """Monday, 1 June 2026: the mail on that week must not stand for the one on that month."""
    monday, first = DUE + timedelta(days=21), DUE + timedelta(days=44)
    with time_machine.travel(monday, tick=False):
        send_due(monday)
        assert Delivery.objects.get().first_day.isoformat() == "2026-06-01"
        send(api, "patch", f"/{weekly.pk}", frequency="monthly")
    with time_machine.travel(first, tick=False):
        send_due(first)
    assert len(mail.outbox) == 2
    assert "June 2026" in mail.outbox[1].subject


# --- Lists and strangers -------------------------------------------------------------------------------


def test_the_list_comes_in_pages_and_does_not_ask_more_for_more_rows(
    api: Client, bob: User, workspace: Workspace
) -> None:
    campaign, counts = Campaign.objects.create(workspace=workspace, name="Spring"), []
    for more in (1, 5):
        for _ in range(more):
            ask(api, about={"scope": "campaign", "id": campaign.pk}, recipients=["bob@example.org", "a@example.net"])
        with CaptureQueriesContext(connection) as queries:
            results = api.get(REPORTS).json()["results"]
        assert len(results) == MailedReport.objects.count()
        counts.append(len(queries))
    assert counts[0] == counts[1] == 3  # the key; the reports with their workspaces; recipients with their users
    page = api.get(REPORTS, {"page_size": 4}).json()
    rest = api.get(page["next"]).json()
    ids = [report["id"] for report in page["results"] + rest["results"]]
    assert ids == sorted(MailedReport.objects.values_list("pk", flat=True), reverse=True)


def test_charlie_finds_nothing(
    charlie_api: Client, charlie_client: Client, weekly: MailedReport, link: Link, alice: User
) -> None:
    path = f"/{weekly.pk}"
    for client in (charlie_api, charlie_client):
        assert client.get(REPORTS).json()["results"] == []
        assert client.get(f"{REPORTS}{path}").status_code == 404
        assert send(client, "patch", path, recipients=["charlie@example.org"]).status_code == 404
        assert client.delete(f"{REPORTS}{path}").status_code == 404
        assert ask(client, about={"scope": "link", "id": link.pk}).status_code == 400
        assert ask(client, workspace="acme").status_code == 400
    assert MailedReport.objects.get() == weekly
    made = ask(charlie_api, recipients=["alice@example.org"]).json()
    assert made["recipients"] == [{"address": "alice@example.org", "is_member": False, "state": "asked"}]
    changed = send(charlie_api, "patch", f"/{made['id']}", about={"scope": "link", "id": link.pk})
    assert changed.status_code == 400


def test_nobody_is_asked_for_a_key(site: Any) -> None:
    nobody = Client(headers={"host": "q.example.com"})
    assert nobody.get(REPORTS).status_code == 401
    assert ask(nobody).status_code == 401
