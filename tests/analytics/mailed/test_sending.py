"""Each mail once: doubled and killed workers, a mail server that is away or says no; and only to whom it may."""

from datetime import timedelta
from functools import cache
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from pytest_django.fixtures import Settings

from accounts.models import Membership, User
from analytics.mailed import sending
from analytics.mailed.actions import confirm, create_report, unsubscribe
from analytics.mailed.messages import report_message
from analytics.mailed.models import Delivery, Frequency, MailedReport, Recipient
from analytics.mailed.sending import MAYBE_SENT, plan, send_again, send_due
from analytics.reports import Subject
from analytics.tasks import mail_reports
from links.models import Link
from tests.analytics.mailed.conftest import DUE, SUNDAY

MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """As if the process were gone."""


def sent() -> list[str]:
    return [message.to[0] for message in mail.outbox]


def reports_of(delivery: Delivery) -> Any:
    delivery.refresh_from_db()
    return delivery


def fails_once(monkeypatch: pytest.MonkeyPatch, method: str, error: BaseException) -> None:
    """The mail server's first answer is an error."""
    real, left = getattr(EmailBackend, method), [error]

    def answer(self: EmailBackend, *arguments: Any) -> Any:
        if left:
            raise left.pop()
        return real(self, *arguments)

    monkeypatch.setattr(EmailBackend, method, answer)


def test_not_before_the_morning_and_then_once(weekly: MailedReport) -> None:
    send_due(DUE - MINUTE)
    assert sent() == []
    for minutes in range(5):
        send_due(DUE + minutes * MINUTE)
    assert sent() == ["alice@example.org"]
    send_due(DUE + timedelta(days=7))
    assert len(sent()) == 2


def test_the_task_sends(weekly: MailedReport) -> None:
    mail_reports()  # the last week's Monday morning is over, whatever today is
    assert sent() == ["alice@example.org"]


def test_two_beats_plan_one_mail(weekly: MailedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look before either writes."""
    bulk_create, depth = Delivery.objects.bulk_create, [0]

    def plan_meanwhile(rows: Any, **options: Any) -> Any:
        depth[0] += 1
        if depth[0] == 1:
            plan(DUE)
        return bulk_create(rows, **options)

    monkeypatch.setattr(Delivery.objects, "bulk_create", plan_meanwhile)
    plan(DUE)
    assert depth == [2]
    assert Delivery.objects.count() == 1


def test_two_workers_send_one_mail(weekly: MailedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one runs whenever this one has read, claimed or made something."""
    for name in ("contents_of", "report_message"):
        real = getattr(sending, name)

        def meanwhile(*arguments: Any, real: Any = real, name: str = name) -> Any:
            monkeypatch.setattr(sending, name, real)
            send_due(DUE + MINUTE)
            return real(*arguments)

        monkeypatch.setattr(sending, name, meanwhile)
    send_due(DUE)
    assert sent() == ["alice@example.org"]


def test_a_worker_that_lost_its_claim_sends_nothing(weekly: MailedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    """It slept for longer than a claim lasts, and another one has sent the mail."""
    real = report_message

    def sleep(*arguments: Any) -> Any:
        monkeypatch.setattr(sending, "report_message", real)
        send_due(DUE + sending.CLAIM + MINUTE)
        return real(*arguments)

    monkeypatch.setattr(sending, "report_message", sleep)
    send_due(DUE)
    assert sent() == ["alice@example.org"]


@pytest.mark.parametrize("moment", ["plan", "contents_of", "report_message", "get_connection"])
def test_killed_before_the_mail_was_handed_over_it_goes_out_later_once(
    weekly: MailedReport, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, moment, die)
        with pytest.raises(Killed):
            send_due(DUE)
    for minutes in range(1, 20):
        send_due(DUE + minutes * MINUTE)
    assert sent() == ["alice@example.org"]


@pytest.mark.parametrize("has_sent", [False, True])
def test_killed_while_the_mail_was_handed_over_it_is_not_sent_twice_and_that_is_said(
    weekly: MailedReport, monkeypatch: pytest.MonkeyPatch, has_sent: bool
) -> None:
    real = EmailBackend.send_messages

    def die(self: EmailBackend, messages: Any) -> None:
        if has_sent:
            real(self, messages)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", die)
        with pytest.raises(Killed):
            send_due(DUE)
    for minutes in range(1, 20):
        send_due(DUE + minutes * MINUTE)
    assert len(sent()) == has_sent
    delivery = Delivery.objects.get()
    assert delivery.handed_over_at
    assert not delivery.sent_at
    with time_machine.travel(DUE + timedelta(hours=1)):
        send_again(delivery)
        mail_reports()
    assert len(sent()) == has_sent + 1


def test_a_mail_server_that_is_away_is_tried_again(weekly: MailedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_once(monkeypatch, "open", ConnectionRefusedError("nobody listens"))
    send_due(DUE)
    delivery = Delivery.objects.get()
    assert sent() == []
    assert delivery.problem == "The mail server does not answer: nobody listens"
    assert delivery.next_try_at == DUE + MINUTE
    send_due(DUE + MINUTE)
    assert sent() == ["alice@example.org"]
    assert reports_of(delivery).problem == ""


def test_pauses_grow_and_end(weekly: MailedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: EmailBackend) -> None:
        raise TimeoutError("frozen")

    monkeypatch.setattr(EmailBackend, "open", away)
    monkeypatch.setattr(sending, "contents_of", cache(sending.contents_of))  # always the same report
    now, tries = DUE, 0
    plan(now)
    Delivery.objects.update(created_at=DUE)
    while not (delivery := Delivery.objects.get()).given_up_at:
        now = max(now, delivery.next_try_at)
        send_due(now)
        tries += 1
    assert timedelta(days=2) < now - DUE < timedelta(days=2, hours=2)
    assert 40 < tries < 70
    assert sent() == []


def test_a_greylisted_address_is_tried_again_and_a_refused_one_is_not(
    weekly: MailedReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_once(monkeypatch, "send_messages", SMTPRecipientsRefused({"alice@example.org": (451, b"later")}))
    send_due(DUE)
    assert Delivery.objects.get().handed_over_at is None
    send_due(DUE + MINUTE)
    assert sent() == ["alice@example.org"]
    fails_once(monkeypatch, "send_messages", SMTPRecipientsRefused({"alice@example.org": (550, b"no such user")}))
    send_due(DUE + timedelta(days=7))
    newest = Delivery.objects.latest("pk")
    assert newest.given_up_at
    assert "no such user" in newest.problem


def test_a_line_that_breaks_leaves_it_open(weekly: MailedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_once(monkeypatch, "send_messages", SMTPServerDisconnected("gone"))
    send_due(DUE)
    send_due(DUE + timedelta(hours=1))
    assert sent() == []
    assert Delivery.objects.get().problem == MAYBE_SENT


def test_without_a_mail_server_nothing_is_planned_in_vain(weekly: MailedReport, settings: Settings) -> None:
    settings.EMAIL_CONFIGURED = False
    send_due(DUE)
    assert not Delivery.objects.exists()
    settings.EMAIL_CONFIGURED = True
    send_due(DUE + timedelta(days=6))
    assert len(sent()) == 1


def test_one_that_was_just_set_up_begins_with_the_next_period(link: Link, alice: User) -> None:
    create_report(Subject.of(link), Frequency.DAILY, [alice], [], actor=alice)
    mail_reports()
    assert sent() == []


def test_who_left_the_workspace_gets_nothing(weekly: MailedReport, alice: User) -> None:
    plan(DUE)
    Membership.objects.filter(user=alice).delete()
    send_due(DUE)
    send_due(DUE + timedelta(days=7))
    assert sent() == []
    assert "left the workspace" in Delivery.objects.get().problem


def test_who_unsubscribed_gets_nothing(weekly: MailedReport) -> None:
    plan(DUE)
    unsubscribe(weekly.recipients.get())
    send_due(DUE)
    send_due(DUE + timedelta(days=7))
    assert sent() == []


def test_an_address_of_nobody_is_asked_once_and_gets_reports_when_it_said_yes(weekly: MailedReport) -> None:
    other = Recipient.objects.create(report=weekly, email="boss@example.net")
    Recipient.objects.update(created_at=SUNDAY)
    for minutes in range(3):
        send_due(SUNDAY + minutes * MINUTE)
    (question,) = mail.outbox
    assert question.to == ["boss@example.net"]
    assert "/confirm" in question.body
    send_due(DUE)
    assert sent() == ["boss@example.net", "alice@example.org"]
    confirm(other)
    Recipient.objects.filter(pk=other.pk).update(confirmed_at=DUE + MINUTE)
    send_due(DUE + 2 * MINUTE)  # it said yes after this one was due
    assert len(sent()) == 2
    send_due(DUE + timedelta(days=7))
    assert sorted(sent()[2:]) == ["alice@example.org", "boss@example.net"]


def test_a_question_waits_for_the_mail_server(weekly: MailedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    Recipient.objects.create(report=weekly, email="boss@example.net")
    fails_once(monkeypatch, "send_messages", ConnectionRefusedError("nobody listens"))
    send_due(SUNDAY)
    assert sent() == []
    send_due(SUNDAY + MINUTE)
    assert sent() == ["boss@example.net"]


def test_one_report_that_cannot_be_made_holds_up_no_other(
    weekly: MailedReport, link: Link, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = create_report(Subject.of(link.workspace), Frequency.WEEKLY, [bob], [], actor=bob)
    Recipient.objects.update(created_at=SUNDAY)
    real = sending.contents_of

    def broken(report: MailedReport, first_day: Any) -> Any:
        if report.pk == weekly.pk:
            raise ZeroDivisionError
        return real(report, first_day)

    monkeypatch.setattr(sending, "contents_of", broken)
    send_due(DUE)
    assert sent() == ["bob@example.org"]
    assert "could not be made" in Delivery.objects.exclude(recipient__report=second).get().problem


def test_what_is_gone_is_given_up(weekly: MailedReport) -> None:
    MailedReport.objects.update(subject_id=10**9)
    send_due(DUE)
    assert "no longer there" in Delivery.objects.get().problem
    assert sent() == []


def test_mails_of_long_ago_are_forgotten(weekly: MailedReport) -> None:
    send_due(DUE)
    Delivery.objects.update(created_at=DUE - timedelta(days=61))
    send_due(DUE + MINUTE)
    assert Delivery.objects.filter(created_at__lt=DUE).count() == 0
    assert len(sent()) == 1
