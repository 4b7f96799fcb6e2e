"""GET /api/v1/stats: any question about scans in one request; parse, ask reports, answer."""

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from analytics.api.answers import answer_to, tagged
from analytics.api.questions import DEFAULT_METRICS, CannotAnswer, Metric, Question
from analytics.api.shapes import EXAMPLE, AnswerSerializer
from analytics.models import ScanClass
from analytics.periods import MAX_POINTS, Comparison, Interval
from analytics.reports import DEFAULT_LIMIT, MAX_LIMIT, MAX_LINKS, Kind, Refused
from analytics.reports.grammar import DIMENSIONS

DESCRIPTION = f"""
Totals, a series, a breakdown and a comparison of a workspace, campaign, tag, link or code. Parts that were not asked
for are null.

- **Totals and series** are answered in any time zone, by whole quarters of an hour.
- **Unique visitors and breakdowns** are kept by local day: `from` and `to` are dates, in the workspace's own zone.
- **One filter or one breakdown** is read from rollups. Two filters, or a filter with a breakdown, or a filter by the
  hour or with `heat_map` or `after_expiry`, or a breakdown of one of several codes of a link, are counted from raw
  scans: `source` says so, and they are
  refused (422) beyond the time raw scans are kept. Filters by `campaign`, `link` and `code` only make the subject
  smaller.
- **A tag** is the sum of its links, and so are the breakdowns of a campaign: of those that are in it now, at most
  {MAX_LINKS:,}.
- **A workspace that changed its zone** keeps earlier days as they were counted.

The ETag is the numbers' own: send it as `If-None-Match`, and 304 says that none has changed.
"""

PARAMETERS = [
    OpenApiParameter("scope", enum=list(Kind), default=Kind.WORKSPACE, description="What the numbers are about."),
    OpenApiParameter(
        "id", description="Its id; a workspace's slug. A key's own workspace, and a person's only one, needs none."
    ),
    OpenApiParameter(
        "metrics",
        description=f"Separated by commas, of: {', '.join(Metric)}. `heat_map` is scans by weekday (Monday first) and "
        "hour; `orphans` are scans of what is one slip away from one of the workspace's codes.",
        default=",".join(DEFAULT_METRICS),
    ),
    OpenApiParameter(
        "interval",
        enum=list(Interval),
        description=f"How long a point of the series is; left out, there is none. At most {MAX_POINTS:,} points.",
    ),
    OpenApiParameter("breakdown", enum=list(DIMENSIONS), description="The dimension to break scans down by."),
    OpenApiParameter(
        "filter",
        many=True,
        description="`dimension:value`, such as `country:DE` or `link:12`; several of different dimensions.",
    ),
    OpenApiParameter(
        "class",
        default=ScanClass.HUMAN,
        description=f"Which scans count, separated by commas: {', '.join(ScanClass.values)}; or `all`.",
    ),
    OpenApiParameter("timezone", description="An IANA zone for days and hours. Default: the workspace's own."),
    OpenApiParameter(
        "compare",
        enum=list(Comparison),
        description="With the period just before, as long on the local clock; or the same period a year ago.",
    ),
    OpenApiParameter(
        "from",
        description="A date (the beginning of that day) or a date-time with its offset. Default: so that with `to` it "
        "makes 30 days.",
    ),
    OpenApiParameter(
        "to", description="A date (that day included) or a date-time with its offset (exclusive). Default: today."
    ),
    OpenApiParameter(
        "limit",
        OpenApiTypes.INT,
        default=DEFAULT_LIMIT,
        description=f"Rows of a breakdown, at most {MAX_LIMIT:,}; all others are the rest.",
    ),
    OpenApiParameter(
        "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of the answer you have."
    ),
]


class StatsView(APIView):
    """Any question about scans."""

    @extend_schema(
        operation_id="stats",
        summary="Statistics of anything",
        description=DESCRIPTION,
        parameters=PARAMETERS,
        responses={
            200: AnswerSerializer,
            304: OpenApiResponse(description="None of the numbers has changed."),
        },
        examples=[OpenApiExample("A campaign by country, compared", value=EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponseBase:
        question = Question.of(request)
        try:
            return tagged(request, answer_to(question))
        except Refused as refused:
            raise CannotAnswer.because(refused) from refused
