"""Having a report mailed, and ending it: for everybody, or for one recipient."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from analytics.mailed.models import Delivery, Frequency, MailedReport, Recipient
from analytics.reports import Subject


@transaction.atomic
def create_report(
    subject: Subject, frequency: Frequency, members: Sequence[User], others: Sequence[str], *, actor: User
) -> MailedReport:
    """A report for members at once, for other addresses when they have confirmed."""
    report = MailedReport.objects.create(
        workspace=subject.workspace,
        kind=subject.kind.value,
        subject_id=subject.id,
        frequency=frequency,
        created_by=actor,
    )
    Recipient.objects.bulk_create(
        [Recipient(report=report, user=user) for user in members]
        + [Recipient(report=report, email=address) for address in others]
    )
    return report


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
