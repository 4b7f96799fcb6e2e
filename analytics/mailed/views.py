"""Dashboard pages of mailed reports: set up, look at, end."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_object
from accounts.models import User, Workspace
from analytics.mailed.actions import NO_MAIL, create_report
from analytics.mailed.contents import collect
from analytics.mailed.due import last_due, next_due
from analytics.mailed.forms import MailedReportForm
from analytics.mailed.messages import preview_of
from analytics.mailed.models import Delivery, Frequency, MailedReport
from analytics.mailed.sending import MAYBE_SENT, last_results, send_again, subject_of
from analytics.reports import Kind, Refused
from links.models import Campaign, Link
from links.views import in_workspace, takes_form


@dataclass(frozen=True)
class Listed:
    """A report as the list shows it: what about, to whom, what became of its last mails."""

    report: MailedReport
    about: str
    next_at: datetime
    last: list["Result"]


@dataclass(frozen=True)
class Result:
    """What became of one mail, in words."""

    delivery: Delivery

    @property
    def words(self) -> str:
        delivery = self.delivery
        if delivery.sent_at:
            return "sent"
        if delivery.given_up_at:
            return f"not sent. {delivery.problem}"
        if delivery.handed_over_at:
            return MAYBE_SENT
        return f"waiting. {delivery.problem}" if delivery.problem else "waiting"

    @property
    def may_be_sent_again(self) -> bool:
        """Those that are not tried again by themselves."""
        return not self.delivery.sent_at and bool(self.delivery.handed_over_at or self.delivery.given_up_at)


@takes_form
@in_workspace
def mailed_reports(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What is mailed to whom, with its last result; and one more."""
    posted = request.POST if request.method == "POST" else None
    form = MailedReportForm(workspace, posted, initial={"members": [request.user.pk], **_asked(request)})
    if posted is not None and not settings.EMAIL_CONFIGURED:
        form.add_error(None, NO_MAIL)
    if form.is_valid() and isinstance(request.user, User):
        members, others = form.recipients(workspace)
        asked = form.cleaned_data
        create_report(asked["about"], Frequency(asked["frequency"]), members, others, actor=request.user)
        messages.success(request, "The report is set up. The first one comes when its period is over.")
        return redirect("mailed-reports:list", workspace.slug)
    context = {
        "workspace": workspace,
        "form": form,
        "rows": _listed(workspace),
        "is_configured": settings.EMAIL_CONFIGURED,
        "hour": settings.REPORT_HOUR,
    }
    return render(request, "analytics/mailed_reports.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: value for name in ("about", "frequency") if (value := request.GET.get(name))}


def _listed(workspace: Workspace) -> list[Listed]:
    found = list(MailedReport.objects.filter(workspace=workspace).prefetch_related("recipients__user").order_by("-pk"))
    results, names, now = last_results(found), _names(workspace, found), timezone.now()
    return [
        Listed(
            report,
            names.get((report.kind, report.subject_id), "something that is no longer there"),
            next_due(Frequency(report.frequency), ZoneInfo(workspace.current_timezone), now, settings.REPORT_HOUR).at,
            [Result(delivery) for delivery in results.get(report.pk, [])],
        )
        for report in found
    ]


def _names(workspace: Workspace, found: list[MailedReport]) -> dict[tuple[str, int], str]:
    """What reports are about, in two queries."""
    ids = {kind: [report.subject_id for report in found if report.kind == kind] for kind in Kind}
    links = Link.objects.filter(workspace=workspace).in_bulk(ids[Kind.LINK])
    campaigns = Campaign.objects.filter(workspace=workspace).in_bulk(ids[Kind.CAMPAIGN])
    return {
        (Kind.WORKSPACE.value, workspace.pk): "the whole workspace",
        **{(Kind.LINK.value, pk): f"the link “{link}”" for pk, link in links.items()},
        **{(Kind.CAMPAIGN.value, pk): f"the campaign “{campaign}”" for pk, campaign in campaigns.items()},
    }


@require_POST
@in_workspace
def end_report(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    _report(request, workspace, pk).delete()
    messages.success(request, "The report is not mailed any more.")
    return redirect("mailed-reports:list", workspace.slug)


@require_POST
@in_workspace
def send_mail_again(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Of a mail that may have been lost, or was given up."""
    mails = Delivery.objects.filter(recipient__report__workspace=workspace)
    send_again(get_object(request, mails, workspace_path="recipient__report__workspace", pk=pk))
    messages.success(request, "The mail is sent again within a minute.")
    return redirect("mailed-reports:list", workspace.slug)


@csp_update({"style-src": ["'unsafe-inline'"]})  # a mail's styles stand in its elements, where every program finds them
@require_safe
@in_workspace
def preview(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The mail on the last whole period, as it would be sent now."""
    report = _report(request, workspace, pk)
    subject = subject_of(report)
    if subject is None:
        raise Http404("What the report was about is no longer there.")
    due = last_due(
        Frequency(report.frequency), ZoneInfo(workspace.current_timezone), timezone.now(), settings.REPORT_HOUR
    )
    try:
        return HttpResponse(preview_of(collect(subject, due)))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("mailed-reports:list", workspace.slug)


def _report(request: HttpRequest, workspace: Workspace, pk: int) -> MailedReport:
    return get_object(request, MailedReport.objects.filter(workspace=workspace).select_related("workspace"), pk=pk)
