"""REST face of exports: parse, call one thing, answer with the row or with the file."""

from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import get_object, workspaces_of
from accounts.models import Workspace, known_timezones
from analytics.api.questions import CannotAnswer
from analytics.api.shapes import SCOPES
from analytics.exports import downloads
from analytics.exports.actions import TooMany, kept_until, remove_export, request_export
from analytics.exports.formats import Format
from analytics.exports.models import Export
from analytics.exports.wanted import Wanted, What, default_classes, find_subject
from analytics.models import Dimension, ScanClass
from analytics.periods import Interval, Period, PeriodError
from analytics.reports import MAX_LIMIT, Kind, Refused, Subject
from analytics.reports.grammar import GrammarError, filters_of
from links.api.views import actor_of

FILE_TYPES: dict[Any, Any] = {
    (200, "text/csv"): OpenApiTypes.STR,
    (200, "application/x-ndjson"): OpenApiTypes.STR,
}


class NotYet(APIException):
    """The file is not made yet, or will not be."""

    status_code = status.HTTP_409_CONFLICT


class FilterField(serializers.ListField):
    """Filters as GET /api/v1/stats takes them; in a query string the parameter is repeated."""

    child = serializers.CharField(trim_whitespace=False)

    def to_internal_value(self, data: Any) -> Any:
        try:
            return filters_of(super().to_internal_value(data))
        except GrammarError as error:
            raise ValidationError(str(error)) from error


class WantedSerializer(serializers.Serializer[Any]):
    """What is to be exported."""

    what = serializers.ChoiceField(choices=[each.value for each in What], help_text="Raw scans, or one of the reports.")
    scope = serializers.ChoiceField(choices=SCOPES, default=Kind.WORKSPACE.value)
    id = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="Of the campaign, tag, link or code."
    )
    workspace = serializers.CharField(
        required=False, help_text="The slug; needed only of people who are members of several workspaces."
    )
    to = serializers.CharField(required=False, help_text="A date (that day included) or a date-time with its offset.")
    timezone = serializers.CharField(required=False, help_text="Default: the workspace's own.")
    filter = FilterField(
        default=list,
        help_text="Only scans with this value of a dimension, such as `country:DE` or `link:17`; several of different "
        "dimensions. Of hours and after-expiry only campaign, link and code.",
    )
    interval = serializers.ChoiceField(
        choices=[each.value for each in Interval], default=Interval.DAY.value, help_text="Of a series: a row's length."
    )
    breakdown = serializers.ChoiceField(
        choices=[each.name.lower() for each in Dimension], default="country", help_text="Of a breakdown: by what."
    )
    limit = serializers.IntegerField(default=MAX_LIMIT, min_value=1, max_value=MAX_LIMIT, help_text="Rows of a report.")
    format = serializers.ChoiceField(choices=[each.value for each in Format], default=Format.CSV.value)
    bom = serializers.BooleanField(default=False, help_text="A byte order mark, so that Excel reads a CSV as UTF-8.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` and `class` cannot be written as class attributes."""
        since = serializers.CharField(required=False, help_text="A date or a date-time with its offset.")
        classes = serializers.ListField(
            child=serializers.ChoiceField(choices=ScanClass.choices),
            required=False,
            allow_empty=False,
            help_text="Default: every class for raw scans, human for reports. A series has a column for every class.",
        )
        return {**super().get_fields(), "class": classes, "from": since}

    def validate_timezone(self, name: str) -> str:
        if name not in known_timezones():
            raise serializers.ValidationError(f"“{name}” is not a time zone. Use an IANA name such as Europe/Berlin.")
        return name

    def wanted(self) -> Wanted:
        asked: Mapping[str, Any] = self.validated_data
        subject = self._subject(asked)
        zone, what = ZoneInfo(asked.get("timezone", subject.workspace.current_timezone)), What(asked["what"])
        try:
            # A series is cut into points; raw scans of any length are not.
            interval = asked["interval"] if what is What.SERIES else Interval.MONTH
            period = Period.parse(zone, timezone.now(), asked.get("from"), asked.get("to"), interval)
        except PeriodError as error:
            raise ValidationError({error.parameter: [error.message]}) from error
        classes = frozenset(map(ScanClass, asked.get("class", default_classes(what))))
        return Wanted(
            what,
            subject,
            period,
            classes,
            Dimension[asked["breakdown"].upper()],
            asked["limit"],
            tuple(asked["filter"]),
        )

    def _subject(self, asked: Mapping[str, Any]) -> Subject:
        kind, slug = Kind(asked["scope"]), asked.get("workspace")
        mine = [each for each in workspaces_of(self.context["request"]) if slug in (None, each.slug)]
        if kind is Kind.WORKSPACE:
            return Subject.of(self._workspace(mine))
        if "id" not in asked:
            raise ValidationError({"id": [f"Say which {kind}: its id."]})
        for workspace in mine:
            if subject := find_subject(workspace, kind, asked["id"]):
                return subject
        raise NotFound(f"There is no such {kind}.")

    def _workspace(self, mine: list[Workspace]) -> Workspace:
        if len(mine) != 1:
            names = ", ".join(each.slug for each in workspaces_of(self.context["request"])) or "none"
            raise ValidationError({"workspace": [f"Name one of your workspaces. Yours: {names}."]})
        return mine[0]


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An export, and how far it is."""

    workspace = serializers.SlugRelatedField[Workspace](slug_field="slug", read_only=True)
    state = serializers.ChoiceField(choices=["waiting", "running", "done", "failed"], read_only=True)
    rows = serializers.IntegerField(help_text="Rows written so far.")
    total = serializers.IntegerField(allow_null=True, help_text="About how many it will be; once done, exactly.")
    percent = serializers.IntegerField(read_only=True)
    failed = serializers.CharField(help_text="Why there is no file; empty otherwise.")
    kept_until = serializers.SerializerMethodField(help_text="When the file is deleted by itself.")
    file = serializers.SerializerMethodField(help_text="Where the file is, once it is done.")

    class Meta:
        model = Export
        fields: ClassVar = [
            "id", "workspace", "title", "state", "rows", "total", "percent", "failed", "format", "bom", "wanted",
            "file_name", "size", "created_at", "done_at", "kept_until", "file",
        ]  # fmt: skip

    def get_kept_until(self, export: Export) -> str:
        return kept_until(export).isoformat()

    def get_file(self, export: Export) -> str | None:
        return f"/api/v1/exports/{export.pk}/file" if export.done_at else None


class ExportListView(generics.ListAPIView[Export]):
    """Exports of your workspaces, newest first; and new ones."""

    queryset = Export.objects.select_related("workspace")
    serializer_class = ExportSerializer

    def get_queryset(self) -> QuerySet[Export]:
        return super().get_queryset().filter(workspace__in=workspaces_of(self.request))

    @extend_schema(request=WantedSerializer, responses={201: ExportSerializer}, operation_id="exports_create")
    def post(self, request: Request) -> Response:
        """Ask for a file of scans or of a report. It is made by a worker: look at `state`, then get `file`."""
        asked = _asked(request, request.data)
        try:
            kind, bom = Format(asked.validated_data["format"]), asked.validated_data["bom"]
            export = request_export(asked.wanted(), kind, bom=bom, actor=actor_of(request))
        except Refused as refusal:
            raise CannotAnswer.because(refusal) from refusal
        except TooMany as refusal:
            raise ValidationError([str(refusal)]) from refusal
        return Response(ExportSerializer(export).data, status=status.HTTP_201_CREATED)


class ExportView(APIView):
    """One export."""

    @extend_schema(responses=ExportSerializer, operation_id="exports_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """How far an export is."""
        return Response(ExportSerializer(_export(request, pk)).data)

    @extend_schema(request=None, responses={204: None}, operation_id="exports_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """Cancel an export that is in the making, or delete its file."""
        remove_export(_export(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class AnswersFiles(APIView):
    """Whatever the client accepts, refusals are problems in JSON; `format` is a parameter of ours, not DRF's."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        return JSONRenderer(), "application/json"


class ExportFileView(AnswersFiles):
    """The file of an export."""

    @extend_schema(
        responses={**FILE_TYPES, 304: None, 409: OpenApiResponse(description="It is not made yet.")},
        operation_id="exports_file",
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Download the file. Its ETag never changes."""
        export = _export(request, pk)
        if export.done_at is None:
            raise NotYet(export.failed or f"The file is not ready yet: {export.percent} %. Try again in a moment.")
        if answer := get_conditional_response(request._request, etag=downloads.etag_of(export)):
            return answer
        try:
            return downloads.file_of(export)
        except downloads.NotHere as error:
            raise NotFound(str(error)) from error


class ExportNowView(AnswersFiles):
    """What needs no job."""

    @extend_schema(
        parameters=[WantedSerializer],
        responses=FILE_TYPES,
        operation_id="exports_now",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A report, or scans if they are not too many, at once: as a stream, without an export to look after."""
        asked = _asked(request, request.query_params)
        kind, bom = Format(asked.validated_data["format"]), asked.validated_data["bom"]
        try:
            wanted = asked.wanted()
            if not wanted.is_short:
                raise Refused("what", "These are too many scans to wait for. Ask for a file: POST /api/v1/exports.")
            return downloads.streamed(wanted.table(), kind, wanted.file_name(kind), bom=bom)
        except Refused as refusal:
            raise CannotAnswer.because(refusal) from refusal


def _asked(request: Request, data: Any) -> WantedSerializer:
    asked = WantedSerializer(data=data, context={"request": request})
    asked.is_valid(raise_exception=True)
    return asked


def _export(request: Request, pk: int) -> Export:
    export: Export = get_object(request, Export.objects.select_related("workspace"), pk=pk)
    return export
