"""REST endpoints of batches: parse, call one thing, answer with the row or with the file."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.access import get_object, workspaces_of
from accounts.models import Workspace
from links.api.fields import workspace_field, workspace_of
from links.api.label_sheets import LabelsSerializer
from links.api.outputs import OutputSerializer
from links.api.views import actor_of
from links.batches import downloads
from links.batches.actions import MOST_CODES, BatchRefused, kept_until, remove_batch, request_batch
from links.batches.captions import OWN, of_file
from links.batches.models import Batch
from links.batches.outputs import Made
from links.batches.rows import COLUMNS, MOST_BYTES, MOST_ROWS, RowsRefused, read_rows
from links.batches.sources import THINGS, NoSuchCodes, Source, chosen_codes, find_thing
from links.studio import files

FORMATS = list(files.CONTENT_TYPES)
STATES = ["waiting", "running", "done", "failed"]


class NotYet(APIException):
    """The file is not made yet, or will not be."""

    status_code = status.HTTP_409_CONFLICT


def _id(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(**{"required": False, "min_value": 1, "max_value": 2**63 - 1} | options)


class MadeSerializer(OutputSerializer):
    """What is made of the codes of a batch: pictures, or with `labels` sheets of these."""

    format = serializers.ChoiceField(choices=FORMATS, default="svg")
    labels = LabelsSerializer(required=False, help_text="Sheets of labels as a PDF, instead of pictures in a ZIP.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "labels" in attrs:
            for name in ("format", "dpi", "color_space", *files.WAYS):
                if name in self.initial_data:
                    raise serializers.ValidationError(
                        {name: ["Leave this out: it is said in “labels”, or by its sheet."]}
                    )
        return super().validate(attrs)

    @staticmethod
    def captions(attrs: dict[str, Any]) -> list[str]:
        """Those that are columns of a file."""
        return of_file(attrs["labels"]["labels"].captions) if "labels" in attrs else []

    def made(self) -> Made:
        asked = self.validated_data
        return asked["labels"]["labels"] if "labels" in asked else self.output(asked["format"])


class NewBatchSerializer(MadeSerializer):
    """Codes that there are. Send one of link, campaign, tag and codes."""

    link = _id(help_text="A link's id: all its QR codes.")
    campaign = _id(help_text="A campaign's id: the QR codes of its links.")
    tag = _id(help_text="A tag's id: the QR codes of links that have it.")
    codes = serializers.ListField(
        child=_id(required=True),
        required=False,
        allow_empty=False,
        max_length=MOST_CODES,
        help_text="The ids of QR codes, all of one workspace.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put the source in the place of its id."""
        attrs = super().validate(attrs)
        if unknown := self.captions(attrs):
            advice = f"There is no “{unknown[0]}”. Choose of {', '.join(OWN)}; others are columns of a CSV file."
            raise serializers.ValidationError({"labels": {"captions": [advice]}})
        given = [name for name in (*THINGS, "codes") if name in attrs]
        if len(given) != 1:
            raise serializers.ValidationError("Send one of link, campaign, tag and codes; for a CSV file see the docs.")
        return {**attrs, "source": self._source(given[0], attrs[given[0]])}

    def _source(self, name: str, value: Any) -> Source:
        mine = list(workspaces_of(self.context["request"]))
        if name == "codes":
            try:
                return chosen_codes(mine, value)
            except NoSuchCodes as refusal:
                raise serializers.ValidationError({"codes": [str(refusal)]}) from refusal
        if (source := find_thing(mine, Batch.Source(name), value)) is None:
            raise serializers.ValidationError({name: [f"There is no {name} with this id."]})
        return source


class NewBatchOfFileSerializer(MadeSerializer):
    """Links that are made first, from a CSV file, a row each."""

    file = serializers.FileField(
        max_length=100,
        help_text=f"UTF-8, at most {MOST_ROWS:,} rows and {MOST_BYTES:,} bytes. Its first line names columns: "
        f"{', '.join(COLUMNS)}.",
    )
    workspace = workspace_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put source and rows in the place of the file."""
        attrs = super().validate(attrs)
        workspace, file = workspace_of(self.context["request"], attrs.get("workspace")), attrs["file"]
        if file.size > MOST_BYTES:
            raise serializers.ValidationError({"file": [f"The file has more than {MOST_BYTES:,} bytes. Cut it."]})
        try:
            rows = read_rows(workspace, file.read(), self.captions(attrs))
        except RowsRefused as refusal:
            raise serializers.ValidationError({"file": refusal.sentences}) from refusal
        return {**attrs, "source": Source(workspace, Batch.Source.FILE, file.name), "rows": rows}


class RefusedSerializer(serializers.Serializer[Any]):
    """A row of a CSV file that became no link, or a code that would not scan in its style."""

    line = serializers.IntegerField(allow_null=True, help_text="Where the row begins in the file; null for a code.")
    message = serializers.CharField()


class BatchSerializer(serializers.ModelSerializer[Batch]):
    """A batch, and how far it is."""

    workspace = serializers.SlugRelatedField[Workspace](slug_field="slug", read_only=True)
    state = serializers.ChoiceField(choices=STATES, read_only=True)
    percent = serializers.IntegerField(read_only=True)
    codes_of = serializers.ChoiceField(source="source", choices=Batch.Source.choices, help_text="Whose codes they are.")
    codes_of_id = serializers.IntegerField(
        source="source_id", allow_null=True, help_text="Of the link, campaign or tag."
    )
    refused = RefusedSerializer(many=True, help_text="Rows that became no link, codes that are left out.")
    options = serializers.JSONField(
        read_only=True, help_text="How it is drawn: sizes of pictures, or sheet and captions."
    )
    kept_until = serializers.SerializerMethodField(help_text="When the file is deleted by itself.")
    file = serializers.SerializerMethodField(help_text="Where the file is, once it is done.")

    class Meta:
        model = Batch
        fields: ClassVar = [
            "id", "workspace", "title", "state", "percent", "links_made", "links_total", "codes_drawn", "codes_total",
            "refused", "failed", "codes_of", "codes_of_id", "output", "format", "options", "file_name", "size",
            "created_at", "done_at", "kept_until", "file",
        ]  # fmt: skip

    def get_kept_until(self, batch: Batch) -> str:
        return kept_until(batch).isoformat()

    def get_file(self, batch: Batch) -> str | None:
        return f"/api/v1/batches/{batch.pk}/file" if batch.done_at else None


class BatchListView(generics.ListAPIView[Batch]):
    """Batches of your workspaces, newest first; and new ones."""

    queryset = Batch.objects.select_related("workspace").defer("code_ids")
    serializer_class = BatchSerializer
    # For JSON and, with a CSV file, for a form. Its type stubs take the setting for what is written in it.
    parser_classes = (*api_settings.DEFAULT_PARSER_CLASSES, MultiPartParser)  # type: ignore[arg-type]

    def get_queryset(self) -> QuerySet[Batch]:
        return super().get_queryset().filter(workspace__in=workspaces_of(self.request))

    @extend_schema(
        request={"application/json": NewBatchSerializer, "multipart/form-data": NewBatchOfFileSerializer},
        responses={201: BatchSerializer},
        operation_id="batches_create",
    )
    def post(self, request: Request) -> Response:
        """Ask for pictures of many codes in a ZIP, or for sheets of labels. Look at `state`, then get `file`."""
        is_form = (request.content_type or "").startswith("multipart/")
        asked = (NewBatchOfFileSerializer if is_form else NewBatchSerializer)(
            data=request.data, context={"request": request}
        )
        asked.is_valid(raise_exception=True)
        source, rows = asked.validated_data["source"], asked.validated_data.get("rows", ())
        try:
            batch = request_batch(source, asked.made(), actor=actor_of(request), rows=rows)
        except BatchRefused as refusal:
            raise ValidationError(list(refusal.sentences)) from refusal
        return Response(BatchSerializer(batch).data, status=status.HTTP_201_CREATED)


class BatchView(APIView):
    """One batch."""

    @extend_schema(responses=BatchSerializer, operation_id="batches_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """How far a batch is."""
        return Response(BatchSerializer(_batch(request, pk)).data)

    @extend_schema(request=None, responses={204: None}, operation_id="batches_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """Cancel a batch that is in the making, or delete its file. Links that it made stay."""
        remove_batch(_batch(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BatchFileView(APIView):
    """The file of a batch."""

    @extend_schema(
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (200, "application/pdf"): OpenApiTypes.BINARY,
            304: None,
            409: OpenApiResponse(description="It is not made yet."),
        },
        operation_id="batches_file",
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Download the ZIP (the pictures, and index.csv) or the PDF. Its ETag never changes."""
        batch = _batch(request, pk)
        if batch.done_at is None:
            raise NotYet(batch.failed or f"The file is not ready yet: {batch.percent} %. Try again in a moment.")
        if answer := get_conditional_response(request._request, etag=downloads.etag_of(batch)):
            return answer
        try:
            return downloads.file_of(batch)
        except downloads.NotHere as error:
            raise NotFound(str(error)) from error

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """Whatever the client accepts, it gets the file; problems are told in JSON."""
        return JSONRenderer(), "application/json"


def _batch(request: Request, pk: int) -> Batch:
    batch: Batch = get_object(request, Batch.objects.select_related("workspace"), pk=pk)
    return batch
