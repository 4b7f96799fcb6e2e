"""What is mailed to whom, and each mail that was due: a row that is claimed before it is sent."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models


class Frequency(models.TextChoices):
    """How often a report is mailed: which period it is about."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class MailedReport(models.Model):
    """A report on a workspace, campaign or link that goes out by mail."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="mailed_reports")
    kind = models.CharField(max_length=10, help_text="workspace, campaign or link")
    subject_id = models.BigIntegerField()
    frequency = models.CharField(max_length=10, choices=Frequency)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace"], name="mailed_reports_of_a_workspace")]

    def __str__(self) -> str:
        return f"{self.frequency} report on {self.kind} {self.subject_id}"


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def willing(self) -> Self:
        """Members of the workspace, as long as they are, and confirmed addresses, until they unsubscribe."""
        is_member = models.Q(user__memberships__workspace=models.F("report__workspace"), user__is_active=True)
        has_confirmed = models.Q(user=None, confirmed_at__isnull=False)
        return self.filter(is_member | has_confirmed, unsubscribed_at=None)


class Recipient(models.Model):
    """Who gets a report: a member of the workspace, or an address that has to say yes first."""

    report = models.ForeignKey(MailedReport, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True)
    email = models.EmailField(blank=True, help_text="Empty for a member: the mail goes to the member's own address.")
    created_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the address was asked to confirm.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "user"], name="a_member_gets_a_report_once"),
            models.UniqueConstraint(
                fields=["report", "email"], condition=~models.Q(email=""), name="an_address_gets_a_report_once"
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        return self.user.email if self.user else self.email


class Delivery(models.Model):
    """One mail about one period to one recipient. Unique, so that however many workers plan, one mail is due."""

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="deliveries")
    first_day = models.DateField(help_text="The first local day of the period.")
    created_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(help_text="Whoever moves this on has claimed the mail until then.")
    handed_over_at = models.DateTimeField(null=True, blank=True, help_text="From here on it may have been sent.")
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="What the last try ran into, in words.")
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "first_day"], name="one_mail_per_period_and_recipient")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at=None, given_up_at=None, handed_over_at=None),
                name="mails_that_are_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} from {self.first_day}"
