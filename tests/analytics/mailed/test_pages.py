"""Pages of mailed reports: set up, preview, end, last results; and what recipients open without logging in."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User, Workspace
from analytics.mailed import tokens
from analytics.mailed.models import Delivery, MailedReport, Recipient
from analytics.mailed.sending import MAYBE_SENT, send_due
from links.models import Campaign, Link
from tests.analytics.mailed.conftest import DUE

PAGE = "/w/acme/mailed-reports"


def typed(link: Link, **changes: Any) -> dict[str, Any]:
    return {"about": f"link:{link.pk}", "frequency": "weekly", "members": [], "others": "", **changes}


def anybody() -> Client:
    """Somebody with a mail program, who refuses to be forged."""
    return Client(headers={"host": "q.example.com"}, enforce_csrf_checks=True)


def path_of(url: str) -> str:
    return url.removeprefix("https://q.example.com")


def test_set_up_for_members_and_others(alice_client: Client, link: Link, alice: User, bob: User) -> None:
    others = "Boss@Example.net, BOB@example.org\nboss@example.net"
    page = alice_client.post(PAGE, typed(link, members=[alice.pk], others=others), follow=True).content.decode()
    report = MailedReport.objects.get()
    assert (report.kind, report.subject_id, report.frequency, report.created_by) == ("link", link.pk, "weekly", alice)
    found = {(recipient.user, recipient.email) for recipient in report.recipients.all()}
    assert found == {(alice, ""), (bob, ""), (None, "boss@example.net")}
    assert "Weekly, on the link “Poster”" in page
    assert "is about to be asked" in page
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "Choose at least one person, or write an address."),
        ({"others": "nobody"}, "“nobody” is no e-mail address."),
        ({"others": f"{'a' * 245}@example.net"}, "is too long: 254 characters are the most."),
        ({"others": " ".join(f"a{n}@example.net" for n in range(21))}, "20 people at most"),
        ({"others": "a@example.net", "about": "link:99999"}, "Choose one of the list."),
        ({"others": "a@example.net", "about": "tag:1"}, "Choose one of the list."),
        ({"others": "a@example.net", "frequency": "hourly"}, "Select a valid choice"),
        ({"others": "a\x00@example.net"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    alice_client: Client, link: Link, changes: dict[str, Any], says: str
) -> None:
    response = alice_client.post(PAGE, typed(link, **changes))
    assert says in response.content.decode()
    assert not MailedReport.objects.exists()


def test_strangers_are_no_members(alice_client: Client, link: Link, charlie: User) -> None:
    response = alice_client.post(PAGE, typed(link, members=[charlie.pk]))
    assert "not one of the available choices" in response.content.decode()
    assert not MailedReport.objects.exists()


def test_without_a_mail_server_the_page_says_so_and_sets_nothing_up(
    alice_client: Client, link: Link, alice: User, weekly: MailedReport, settings: Settings
) -> None:
    settings.EMAIL_CONFIGURED = False
    page = alice_client.get(PAGE).content.decode()
    assert "No mail server is configured" in page
    assert "Not mailed: there is no mail server." in page
    assert 'name="frequency"' not in page
    assert alice_client.post(PAGE, typed(link, members=[alice.pk])).status_code == 200
    assert MailedReport.objects.count() == 1


def test_the_last_result_is_shown(alice_client: Client, weekly: MailedReport, link: Link) -> None:
    send_due(DUE)
    Delivery.objects.update(sent_at=DUE)
    with time_machine.travel(DUE + timedelta(hours=1), tick=False):
        page = " ".join(alice_client.get(PAGE).content.decode().split())
    assert "alice@example.org: sent 18 May 2026, 07:00" in page
    assert "Next on 25 May 2026, 07:00." in page
    Delivery.objects.update(sent_at=None, handed_over_at=None, problem="The mail server does not answer: x")
    page = " ".join(alice_client.get(PAGE).content.decode().split())
    assert "alice@example.org: waiting. The mail server does not answer: x Next try 07:05." in page


def test_a_mail_that_may_be_lost_can_be_sent_again(alice_client: Client, weekly: MailedReport) -> None:
    send_due(DUE)
    delivery = Delivery.objects.get()
    Delivery.objects.update(sent_at=None)
    assert MAYBE_SENT in alice_client.get(PAGE).content.decode()
    alice_client.post(f"{PAGE}/mails/{delivery.pk}/again")
    delivery.refresh_from_db()
    assert delivery.handed_over_at is None
    assert delivery.next_try_at <= timezone.now()


def test_preview_is_the_mail(alice_client: Client, weekly: MailedReport, busy_week: None) -> None:
    with time_machine.travel(DUE + timedelta(hours=1), tick=False):
        response = alice_client.get(f"{PAGE}/{weekly.pk}/preview")
    html = response.content.decode()
    assert "11 May to 17 May 2026" in html
    assert 'src="data:image/png;base64,' in html
    assert "'unsafe-inline'" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert mail.outbox == []
    weekly.subject_id = 10**9
    weekly.save()
    assert alice_client.get(f"{PAGE}/{weekly.pk}/preview").status_code == 404


def test_ended(alice_client: Client, weekly: MailedReport) -> None:
    send_due(DUE)
    alice_client.post(f"{PAGE}/{weekly.pk}/end")
    assert not MailedReport.objects.exists()
    send_due(DUE + timedelta(days=7))
    assert len(mail.outbox) == 1


def test_the_list_does_not_ask_more_for_more_rows(
    alice_client: Client, weekly: MailedReport, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = Campaign.objects.create(workspace=weekly.workspace, name="Spring")
    subjects = (("campaign", campaign.pk), ("workspace", weekly.workspace_id), ("link", weekly.subject_id))

    def one_of_each_kind(now: datetime) -> None:
        for kind, pk in subjects:
            report = MailedReport.objects.create(
                workspace=weekly.workspace, kind=kind, subject_id=pk, frequency="weekly", created_by=weekly.created_by
            )
            Recipient.objects.create(report=report, user=weekly.created_by)
            Recipient.objects.create(report=report, email="boss@example.net", confirmed_at=DUE)
        Recipient.objects.update(created_at=DUE - timedelta(days=1))
        send_due(now)
        alice_client.get(PAGE)  # what a process asks once only

    one_of_each_kind(DUE)
    sent = Delivery.objects.count()
    with CaptureQueriesContext(connection) as first:
        alice_client.get(PAGE)
    queries = len(first)  # the next request clears the log
    one_of_each_kind(DUE + timedelta(minutes=1))
    assert Delivery.objects.count() > sent
    with django_assert_num_queries(queries):
        alice_client.get(PAGE)


def test_the_mail_program_unsubscribes_with_one_request(weekly: MailedReport) -> None:
    send_due(DUE)
    address = re.sub(r"[<>\s]", "", mail.outbox[0].extra_headers["List-Unsubscribe"])
    response = anybody().post(path_of(address), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "You are unsubscribed" in response.content.decode()
    assert weekly.recipients.get().unsubscribed_at
    assert anybody().post(path_of(address)).status_code == 200


def test_opening_the_address_only_asks(weekly: MailedReport) -> None:
    """Scanners open every address in a mail."""
    recipient = weekly.recipients.get()
    for url in (tokens.unsubscribe_url(recipient), tokens.confirm_url(recipient)):
        response = anybody().get(path_of(url))
        assert response.status_code == 200
        assert "<form" in response.content.decode()
        assert "no-store" in response["Cache-Control"]
    recipient.refresh_from_db()
    assert (recipient.unsubscribed_at, recipient.confirmed_at) == (None, None)


def test_an_address_confirms(weekly: MailedReport) -> None:
    recipient = Recipient.objects.create(report=weekly, email="boss@example.net")
    response = anybody().post(path_of(tokens.confirm_url(recipient)))
    assert "Thank you" in response.content.decode()
    recipient.refresh_from_db()
    assert recipient.confirmed_at


def test_an_address_that_nobody_signed_is_nothing(weekly: MailedReport) -> None:
    recipient = weekly.recipients.get()
    good = path_of(tokens.unsubscribe_url(recipient))
    bad = [
        good.replace(f"/{recipient.pk}:", f"/{recipient.pk + 1}:"),
        good.replace("/unsubscribe", "/confirm"),
        "/w/~/mail/x/unsubscribe",
    ]
    for path in (*bad, "/w/~/mail/%00:a/confirm", "/w/~/mail/é/confirm"):
        assert anybody().post(path).status_code == 404, path
    weekly.delete()
    assert anybody().post(good).status_code == 404
    assert Recipient.objects.count() == 0


def test_charlie_finds_nothing(
    charlie_client: Client, other_workspace: Workspace, weekly: MailedReport, link: Link, charlie: User
) -> None:
    send_due(DUE)
    Delivery.objects.update(sent_at=None)
    delivery = Delivery.objects.get()
    for where in ("acme", "other"):
        page = f"/w/{where}/mailed-reports"
        assert charlie_client.get(f"{page}/{weekly.pk}/preview").status_code == 404
        assert charlie_client.post(f"{page}/{weekly.pk}/end").status_code == 404
        assert charlie_client.post(f"{page}/mails/{delivery.pk}/again").status_code == 404
    assert charlie_client.get(PAGE).status_code == 404
    assert charlie_client.post(PAGE, typed(link, members=[charlie.pk])).status_code == 404
    assert "Choose one of the list." in (
        charlie_client.post("/w/other/mailed-reports", typed(link, members=[charlie.pk])).content.decode()
    )
    assert MailedReport.objects.count() == 1
