"""REST views of statistics: parse, ask reports, answer in the workspace's zone."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.access import get_object
from analytics import reports
from analytics.api.answers import tagged
from analytics.api.questions import period_of
from analytics.api.serializers import ScanSerializer, StatsSerializer
from analytics.models import Scan
from analytics.periods import MAX_POINTS, Interval
from links.models import Link

LINK_ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The link's id.")


def link_of(request: Request, link_id: int) -> Link:
    return get_object(request, Link.objects.alive().select_related("workspace"), pk=link_id)


class LinkStatsView(APIView):
    """Scans of one link over time."""

    @extend_schema(
        operation_id="links_stats",
        summary="Statistics of a link",
        description=(
            "Scans per class and unique visitors, in total and per interval of the workspace's time "
            "zone. Points without scans are there with zeros; when clocks go back the repeated hour is two points. "
            "The answer covers whole quarters of an hour: `from` is rounded down and `to` up, and both say what was "
            "counted. The first point begins at `from`, even in the middle of a week or month; weeks begin on Monday."
        ),
        parameters=[
            LINK_ID,
            OpenApiParameter(
                "from",
                description=(
                    "A date (the beginning of that day in the workspace's zone) or a date-time with its offset. "
                    "Default: so that with `to` it makes 30 days."
                ),
            ),
            OpenApiParameter(
                "to",
                description="A date (that day included) or a date-time with its offset (exclusive). Default: today.",
            ),
            OpenApiParameter(
                "interval",
                enum=list(Interval),
                default=Interval.DAY,
                description=f"How long a point is. More than {MAX_POINTS:,} points are refused.",
            ),
        ],
        responses=StatsSerializer,
    )
    def get(self, request: Request, id: int) -> HttpResponseBase:
        link = link_of(request, id)
        asked = request.query_params
        period = period_of(asked, ZoneInfo(link.workspace.current_timezone), asked.get("interval"))
        series = reports.scan_series(reports.Subject.of(link), period)
        with timezone.override(period.zone):
            return tagged(request, StatsSerializer(series, context={"link": link}).data)


if TYPE_CHECKING:
    from rest_framework.pagination import CursorPagination
else:
    CursorPagination = api_settings.DEFAULT_PAGINATION_CLASS  # it lives in qrplatform, which nobody imports


class ScanPagination(CursorPagination):
    """Newest first, as the index has them."""

    ordering = ("-at", "-event_id")


class LinkScansView(generics.ListAPIView[Scan]):
    """Raw scans of one link."""

    serializer_class = ScanSerializer
    pagination_class = ScanPagination
    queryset = Scan.objects.none()
    link: Link

    def get_queryset(self) -> QuerySet[Scan]:
        return reports.scans_of(self.link)

    @extend_schema(
        operation_id="links_scans",
        summary="Raw scans of a link",
        description="Every scan of this link, of every class, newest first; times are in the workspace's zone.",
        parameters=[LINK_ID],
    )
    def get(self, request: Request, id: int) -> Response:
        self.link = link_of(request, id)
        with timezone.override(ZoneInfo(self.link.workspace.current_timezone)):
            return self.list(request)
