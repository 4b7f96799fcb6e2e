"""Having a report mailed, changing it, and ending it for one recipient."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from analytics.mailed.models import Delivery, Frequency, MailedReport, Recipient
from analytics.mailed.recipients import add_recipients, replace_recipients
from analytics.reports import Subject

NO_MAIL = "No mail server is configured on this server, so no report is mailed."


@transaction.atomic
def create_report(
    subject: Subject, frequency: Frequency, members: Sequence[User], others: Sequence[str], *, actor: User | None
) -> MailedReport:
    """A report for members at once, for other addresses when they have confirmed."""
    report = MailedReport.objects.create(
        workspace=subject.workspace,
        kind=subject.kind.value,
        subject_id=subject.id,
        frequency=frequency,
        created_by=actor,
    )
    add_recipients(report, members, others)
    return report


@transaction.atomic
def change_report(
    report: MailedReport,
    *,
    subject: Subject | None = None,
    frequency: Frequency | None = None,
    recipients: tuple[Sequence[User], Sequence[str]] | None = None,
) -> None:
    """What it is about, how often, and to whom; None leaves each as it is.

    About something else, or at another pace, it is a new report to the same people: no mail of the old one goes out,
    and the first one of the new one when its period is over.
    """
    row = MailedReport.objects.select_for_update().get(pk=report.pk)
    before = (row.kind, row.subject_id, row.frequency)
    if subject is not None:
        row.kind, row.subject_id = subject.kind.value, subject.id
    if frequency is not None:
        row.frequency = frequency.value
    row.save()
    if recipients is not None:
        replace_recipients(row, *recipients)
    if before != (row.kind, row.subject_id, row.frequency):
        Delivery.objects.filter(recipient__report=row).delete()
        row.recipients.update(created_at=timezone.now())


def unsubscribe(recipient: Recipient) -> None:
    """No more mails of this report, for good; those that are due already are not sent either."""
    now = timezone.now()
    Recipient.objects.filter(pk=recipient.pk, unsubscribed_at=None).update(unsubscribed_at=now)
    waiting = Delivery.objects.filter(recipient=recipient, sent_at=None, handed_over_at=None, given_up_at=None)
    waiting.update(given_up_at=now, problem="The recipient has unsubscribed.")


def confirm(recipient: Recipient) -> None:
    """An address says yes; one that has unsubscribed meanwhile says so again by this."""
    now = timezone.now()
    Recipient.objects.filter(pk=recipient.pk, confirmed_at=None).update(confirmed_at=now, unsubscribed_at=None)
