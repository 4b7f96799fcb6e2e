"""REST endpoints of a code's picture, in every format, and of the certificate that says how well it scans."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import get_object
from links import pictures
from links.api.certificates import CertificateSerializer
from links.api.outputs import AnswersPictures, PictureSerializer, picture, refusal
from links.models import Code
from links.pictures import Drawer
from links.qr.payloads.fields import FieldRefused
from links.studio import files
from links.studio.files import Format


class DoesNotScan(APIException):
    """The code's style would make it a code that does not scan."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "does_not_scan"


class CodeOutputSerializer(PictureSerializer):
    """How a code's picture is asked for."""

    preview = serializers.BooleanField(
        default=False,
        help_text="Only to look at: which modules the code has for ever is not decided yet, as its first drawing does.",
    )


class CodeImageView(AnswersPictures):
    """The picture of one code: the same modules for ever, with a quiet zone of 4, in the code's style of today."""

    @extend_schema(
        operation_id="codes_image",
        parameters=[
            OpenApiParameter("extension", str, OpenApiParameter.PATH, enum=list(files.CONTENT_TYPES)),
            CodeOutputSerializer,
        ],
        responses={(200, kind): OpenApiTypes.BINARY for kind in files.CONTENT_TYPES.values()}
        | {409: OpenApiResponse(description="It would not scan in its style.")},
    )
    def get(self, request: Request, pk: str, extension: Format) -> HttpResponseBase:
        """Draw the code as SVG, PNG, JPEG, WebP, PDF or EPS."""
        asked = CodeOutputSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        code = _code(request, pk)
        try:
            drawer, is_preview = Drawer.of(code.link.workspace_id), asked.validated_data["preview"]
            content = drawer.draw(code, asked.output(extension), is_preview=is_preview)
        except pictures.DoesNotScan as refused:
            raise DoesNotScan(str(refused)) from refused
        except FieldRefused as refused:
            raise refusal(refused) from refused
        name = pictures.filename_of(code, extension)
        return picture(request, content, extension, name, download=asked.validated_data["download"])


class CodeCertificateView(APIView):
    """How well one code scans."""

    @extend_schema(responses=CertificateSerializer, operation_id="codes_certificate")
    def get(self, request: Request, pk: int) -> Response:
        """Measure how well the code scans in its style: verdict A to F, every finding, and what helps most."""
        code = _code(request, pk)
        drawer = Drawer.of(code.link.workspace_id)
        style = drawer.style_of(code)
        try:
            certificate = drawer.certificate(pictures.shown_symbol(code, style), style, pictures.caption_of(code))
        except FieldRefused as refused:
            raise DoesNotScan(refused.advice) from refused
        return Response(certificate.to_json())


def _code(request: Request, pk: Any) -> Code:
    living = Code.objects.select_related("domain", "link", "style").filter(link__deleted_at=None)
    return get_object(request, living, workspace_path="link__workspace", pk=pk)
