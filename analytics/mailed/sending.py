"""Sending what is due, once: a row per recipient and period, claimed before the mail is made, marked before it goes.

Two workers that plan at once make one row, for it is unique; two that send at once claim it one after the other. A
worker that dies before the mark leaves the mail to the next one. One that dies between the mark and the mail server's
answer may or may not have sent it: it is not sent again by itself, and the page says so.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from analytics.exports.wanted import find_subject
from analytics.mailed.contents import Contents, collect
from analytics.mailed.due import due_from, last_due
from analytics.mailed.messages import confirmation_message, report_message
from analytics.mailed.models import Delivery, Frequency, MailedReport, Recipient
from analytics.reports import Kind, Refused, Subject

logger = logging.getLogger(__name__)

# A claim of a worker that says nothing more is another one's.
CLAIM = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=2)
KEPT = timedelta(days=60)
# The check of a new link may be waiting behind it.
SENDING_SECONDS = 5.0
MAYBE_SENT = "The server stopped while the mail was handed over: it may have arrived, or not."


class Away(Exception):
    """The mail server cannot be reached: no use in trying the next mail now."""


def send_due(now: datetime) -> None:
    """Plan what is due, ask addresses that have to confirm, send what waits. Without a mail server nothing happens."""
    if not settings.EMAIL_CONFIGURED:
        return
    plan(now)
    try:
        _ask_new_addresses(now)
        _send_waiting(now)
    except Away as error:
        logger.warning("Mails wait, the mail server does not answer: %s", error)
    Delivery.objects.filter(created_at__lt=now - KEPT).delete()


def plan(now: datetime) -> None:
    """A row for every mail of which the morning has come; whoever came later than that gets the next one."""
    for report in MailedReport.objects.select_related("workspace"):
        zone = ZoneInfo(report.workspace.current_timezone)
        due = last_due(Frequency(report.frequency), zone, now, settings.REPORT_HOUR)
        first_day = due.period.first_date
        willing = report.recipients.willing().filter(created_at__lt=due.at)
        new = willing.exclude(confirmed_at__gt=due.at).exclude(deliveries__first_day=first_day)
        rows = [Delivery(recipient=recipient, first_day=first_day, next_try_at=now) for recipient in new]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def subject_of(report: MailedReport) -> Subject | None:
    """What a report is about; None when it is no longer there."""
    return find_subject(report.workspace, Kind(report.kind), report.subject_id)


def contents_of(report: MailedReport, first_day: Any) -> Contents | None:
    """What a report says about the period that begins with a day."""
    subject, zone = subject_of(report), ZoneInfo(report.workspace.current_timezone)
    if subject is None:
        return None
    return collect(subject, due_from(Frequency(report.frequency), zone, first_day, settings.REPORT_HOUR))


def send_again(delivery: Delivery) -> None:
    """Somebody has decided that a mail which may have been lost is to be sent again."""
    Delivery.objects.filter(pk=delivery.pk, sent_at=None).update(
        handed_over_at=None, given_up_at=None, next_try_at=timezone.now(), created_at=timezone.now(), problem=""
    )


# --- Reports -----------------------------------------------------------------------------------------


def _waiting(now: datetime) -> Any:
    return Delivery.objects.filter(sent_at=None, given_up_at=None, handed_over_at=None, next_try_at__lte=now)


def _send_waiting(now: datetime) -> None:
    made: dict[tuple[int, Any], Contents | None] = {}
    until = time.monotonic() + SENDING_SECONDS
    waiting = _waiting(now).select_related("recipient__report__workspace", "recipient__user")
    for delivery in waiting.order_by("next_try_at", "pk")[:200]:
        if time.monotonic() > until:
            return
        if not _waiting(now).filter(pk=delivery.pk).update(next_try_at=now + CLAIM, tries=F("tries") + 1):
            continue  # another worker has it
        delivery.tries += 1
        _send_claimed(delivery, made, now)


def _send_claimed(delivery: Delivery, made: dict[tuple[int, Any], Contents | None], now: datetime) -> None:
    """What a report says is found out once for all of its recipients."""
    key = (delivery.recipient.report_id, delivery.first_day)
    try:
        if key not in made:
            made[key] = contents_of(delivery.recipient.report, delivery.first_day)
        _send(delivery, made[key], now)
    except (Away, DatabaseError):
        raise
    except Refused as refusal:
        _give_up(delivery, str(refusal), now)
    except Exception:
        logger.exception("Mail %d", delivery.pk)
        _try_later(delivery, "The report could not be made; the server's log says why.", now)


def _send(delivery: Delivery, contents: Contents | None, now: datetime) -> None:
    if contents is None:
        _give_up(delivery, "What it was about is no longer there.", now)
    elif not Recipient.objects.willing().filter(pk=delivery.recipient_id).exists():
        _give_up(delivery, "The recipient has unsubscribed or left the workspace.", now)
    else:
        _hand_over(delivery, report_message(contents, delivery), now)


def _hand_over(delivery: Delivery, message: EmailMessage, now: datetime) -> None:
    """Only when the mail server has answered, the mail is marked; only when it refuses, the mark is taken off again."""
    row = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, sent_at=None)
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        _try_later(delivery, f"The mail server does not answer: {error}", now)
        raise Away(str(error)) from error
    try:
        if not row.filter(handed_over_at=None).update(handed_over_at=timezone.now()):
            return  # another worker has it
        connection.send_messages([message])
        row.update(sent_at=timezone.now(), problem="")
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        _refused(delivery, error, now)
    except (OSError, SMTPException) as error:
        row.update(problem=MAYBE_SENT)
        raise Away(str(error)) from error
    finally:
        connection.close()


def _refused(delivery: Delivery, error: SMTPRecipientsRefused | SMTPResponseException, now: datetime) -> None:
    """A server's “no” is one until the next try (4xx), or for good (5xx)."""
    codes = _codes_of(error)
    words = f"The mail server refused it: {error}"
    if codes and min(codes) >= 500:
        _give_up(delivery, words, now)
    else:
        _try_later(delivery, words, now)


def _codes_of(error: SMTPRecipientsRefused | SMTPResponseException) -> list[int]:
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [int(error.smtp_code)]


def _try_later(delivery: Delivery, problem: str, now: datetime) -> None:
    if now - delivery.created_at > GIVE_UP_AFTER:
        _give_up(delivery, problem, now)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(10, delivery.tries - 1))
    _update(delivery, handed_over_at=None, problem=problem[:300], next_try_at=now + pause)


def _give_up(delivery: Delivery, problem: str, now: datetime) -> None:
    _update(delivery, handed_over_at=None, problem=problem[:300], given_up_at=now)


def _update(delivery: Delivery, **fields: Any) -> None:
    Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, sent_at=None).update(**fields)


# --- Addresses that have to say yes ------------------------------------------------------------------


def _ask_new_addresses(now: datetime) -> None:
    for recipient in _unasked().select_related("report__workspace")[:20]:
        if not _unasked().filter(pk=recipient.pk).update(asked_at=now):
            continue  # another worker does
        try:
            confirmation_message(recipient, _name_of(recipient.report)).send()
        except (SMTPRecipientsRefused, SMTPResponseException) as error:
            logger.warning("The address of recipient %d cannot be asked: %s", recipient.pk, error)
        except (OSError, SMTPException) as error:
            Recipient.objects.filter(pk=recipient.pk).update(asked_at=None)
            raise Away(str(error)) from error


def _unasked() -> Any:
    return Recipient.objects.filter(user=None, confirmed_at=None, asked_at=None, unsubscribed_at=None)


def _name_of(report: MailedReport) -> str:
    subject = subject_of(report)
    return f"the {report.frequency} report on {subject.name if subject else report.workspace.name}"


def last_results(reports: Iterable[MailedReport]) -> dict[int, list[Delivery]]:
    """The mails of the last period of each report; one query."""
    of_report = Delivery.objects.filter(recipient__report=OuterRef("recipient__report"))
    newest = Subquery(of_report.order_by("-first_day").values("first_day")[:1])
    rows = Delivery.objects.filter(recipient__report__in=reports, first_day=newest)
    found: dict[int, list[Delivery]] = {}
    for row in rows.select_related("recipient__user").order_by("pk"):
        found.setdefault(row.recipient.report_id, []).append(row)
    return found
