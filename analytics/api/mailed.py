"""REST face of mailed reports: set up, look at, change, end; the rules are those of the dashboard's form."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import get_object, workspaces_of
from accounts.models import Membership, Workspace
from analytics.exports.wanted import find_subject
from analytics.mailed.actions import NO_MAIL, change_report, create_report
from analytics.mailed.due import next_due
from analytics.mailed.forms import KINDS
from analytics.mailed.models import Frequency, MailedReport, Recipient
from analytics.mailed.recipients import MOST_RECIPIENTS, AddressRefused, parse_addresses, told_apart
from analytics.reports import Kind, Subject
from links.api.fields import workspace_field, workspace_of
from links.api.views import actor_of

STATES = {
    "active": "gets the report",
    "asked": "an address outside the workspace that has not said yes so far",
    "unsubscribed": "gets none any more, whoever writes the address again",
    "left": "no member any more",
}


class NoMailServer(APIException):
    """Nothing could be sent."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = NO_MAIL
    default_code = "no_mail_server"


class AboutSerializer(serializers.Serializer[Any]):
    """What a report is about."""

    scope = serializers.ChoiceField(choices=[kind.value for kind in KINDS], default=Kind.WORKSPACE.value)
    id = serializers.IntegerField(
        default=None, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="Of the campaign or link."
    )


class RecipientSerializer(serializers.ModelSerializer[Recipient]):
    """Who gets a report."""

    address = serializers.EmailField(read_only=True)
    is_member = serializers.BooleanField(read_only=True, help_text="Members get it without having been asked.")
    state = serializers.SerializerMethodField(help_text="; ".join(f"{name}: {words}" for name, words in STATES.items()))

    class Meta:
        model = Recipient
        fields = ("address", "is_member", "state")

    @extend_schema_field({"type": "string", "enum": list(STATES)})
    def get_state(self, recipient: Recipient) -> str:
        if recipient.unsubscribed_at is not None:
            return "unsubscribed"
        if recipient.user_id is None:
            return "asked" if recipient.confirmed_at is None else "active"
        return "active" if getattr(recipient, "is_member", False) else "left"


class MailedReportSerializer(serializers.ModelSerializer[MailedReport]):
    """A report by mail: about what, how often, to whom."""

    workspace = serializers.SlugRelatedField[Workspace](slug_field="slug", read_only=True)
    about = serializers.SerializerMethodField()
    recipients = RecipientSerializer(many=True, read_only=True)
    next_at = serializers.SerializerMethodField(help_text="When the next one is due, if there is a mail server.")

    class Meta:
        model = MailedReport
        fields = ("id", "workspace", "about", "frequency", "recipients", "next_at", "created_at")
        read_only_fields = fields

    @extend_schema_field(AboutSerializer)
    def get_about(self, report: MailedReport) -> dict[str, Any]:
        return {"scope": report.kind, "id": None if report.kind == Kind.WORKSPACE else report.subject_id}

    def get_next_at(self, report: MailedReport) -> str:
        zone = ZoneInfo(report.workspace.current_timezone)
        due = next_due(Frequency(report.frequency), zone, timezone.now(), settings.REPORT_HOUR)
        return due.at.astimezone(zone).isoformat()


class AddressesField(serializers.ListField):
    """E-mail addresses; a member's is that member."""

    child = serializers.CharField()

    def to_internal_value(self, data: Any) -> Any:
        try:
            addresses = parse_addresses(super().to_internal_value(data))
        except AddressRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        if len(addresses) > MOST_RECIPIENTS:
            raise ValidationError(f"A report goes to {MOST_RECIPIENTS} people at most.")
        return addresses


class MailedReportChangeSerializer(serializers.Serializer[MailedReport]):
    """What may change of a report. Fields that are absent stay as they are."""

    about = AboutSerializer(required=False)
    frequency = serializers.ChoiceField(choices=Frequency.choices, required=False)
    recipients = AddressesField(
        required=False,
        allow_empty=False,
        help_text=f"All of them, {MOST_RECIPIENTS} at most. Whoever is no member is asked first, and gets reports once "
        "they have said yes.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise ValidationError("Send about, frequency or recipients.")
        return attrs

    def subject(self, workspace: Workspace) -> Subject | None:
        """What it is to be about; None where that was not sent."""
        about: Mapping[str, Any] | None = self.validated_data.get("about")
        if about is None:
            return None
        kind, pk = Kind(about["scope"]), about["id"]
        if kind is Kind.WORKSPACE:
            return Subject.of(workspace)
        subject = find_subject(workspace, kind, pk) if pk is not None else None
        if subject is None:
            words = f"There is no such {kind} in this workspace." if pk is not None else f"Say which {kind}: its id."
            raise ValidationError({"about": {"id": [words]}})
        return subject


class NewMailedReportSerializer(MailedReportChangeSerializer):
    """A report that is to be mailed."""

    workspace = workspace_field()
    about = AboutSerializer(required=False, help_text="Default: the whole workspace.")
    frequency = serializers.ChoiceField(choices=Frequency.choices)
    recipients = AddressesField(
        allow_empty=False, help_text=MailedReportChangeSerializer().fields["recipients"].help_text
    )


class MailedReportListView(generics.ListAPIView[MailedReport]):
    """Reports that are mailed from your workspaces, newest first; and new ones."""

    queryset = MailedReport.objects.all()
    serializer_class = MailedReportSerializer

    def get_queryset(self) -> QuerySet[MailedReport]:
        return _with_recipients().filter(workspace__in=workspaces_of(self.request))

    @extend_schema(
        request=NewMailedReportSerializer,
        responses={201: MailedReportSerializer, 409: OpenApiResponse(description="There is no mail server.")},
        operation_id="mailed_reports_create",
    )
    def post(self, request: Request) -> Response:
        """Have a report mailed. The first one comes when its period is over."""
        wanted = NewMailedReportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        asked = wanted.validated_data
        workspace = workspace_of(request, asked.get("workspace"))
        subject = wanted.subject(workspace) or Subject.of(workspace)
        if not settings.EMAIL_CONFIGURED:
            raise NoMailServer
        people = told_apart(workspace, asked["recipients"])
        report = create_report(subject, Frequency(asked["frequency"]), *people, actor=actor_of(request).user)
        return Response(MailedReportSerializer(_report(request, report.pk)).data, status=status.HTTP_201_CREATED)


class MailedReportView(APIView):
    """One mailed report."""

    @extend_schema(responses=MailedReportSerializer, operation_id="mailed_reports_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Read what is mailed to whom."""
        return Response(MailedReportSerializer(_report(request, pk)).data)

    @extend_schema(
        request=MailedReportChangeSerializer, responses=MailedReportSerializer, operation_id="mailed_reports_change"
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change it. About something else, or at another pace, its first mail comes when its period is over.

        Recipients on the old list and the new one stay as they are; whoever has unsubscribed stays unsubscribed.
        """
        report = _report(request, pk)
        wanted = MailedReportChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        asked, workspace = wanted.validated_data, report.workspace
        people = told_apart(workspace, asked["recipients"]) if "recipients" in asked else None
        frequency = Frequency(asked["frequency"]) if "frequency" in asked else None
        change_report(report, subject=wanted.subject(workspace), frequency=frequency, recipients=people)
        return Response(MailedReportSerializer(_report(request, pk)).data)

    @extend_schema(request=None, responses={204: None}, operation_id="mailed_reports_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """End it: what is waiting is not sent any more."""
        _report(request, pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _with_recipients() -> QuerySet[MailedReport]:
    """Three queries for any number of them."""
    memberships = Membership.objects.filter(
        user=OuterRef("user"), workspace=OuterRef("report__workspace"), user__is_active=True
    )
    recipients = Recipient.objects.select_related("user").annotate(is_member=Exists(memberships)).order_by("pk")
    return MailedReport.objects.select_related("workspace").prefetch_related(Prefetch("recipients", recipients))


def _report(request: Request, pk: int) -> MailedReport:
    return get_object(request, _with_recipients(), pk=pk)
