"""How a picture is asked for over REST, and how it is answered: format, size, a strong ETag."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from links.api.fields import LengthField
from links.qr.payloads.fields import FieldRefused
from links.studio import files
from links.studio.files import Format, Output
from links.studio.pixel_gate import RETRY_SECONDS, Busy

SIZES = (21, 20_000)


class OutputSerializer(serializers.Serializer[Any]):
    """How large a picture is, told in one way: `scale`, `size`, `mm` or `inches`."""

    scale = serializers.IntegerField(
        min_value=files.SCALES[0],
        max_value=files.SCALES[-1],
        required=False,
        help_text=f"Width of a module in whole pixels. {files.DEFAULT_SCALE} where no size is given.",
    )
    size = serializers.IntegerField(
        min_value=SIZES[0],
        max_value=SIZES[1],
        required=False,
        help_text="Width of the picture in pixels at most: every module gets as many whole ones as fit. Of PDF and EPS "
        "`scale` and `size` count dots of `dpi`.",
    )
    mm = LengthField(
        *files.MILLIMETRES,
        required=False,
        help_text=f"Width of the picture in print. {files.DEFAULT_MM:g} for PDF and EPS where no size is given.",
    )
    inches = LengthField(*files.INCHES, required=False, help_text="The same in inches.")
    dpi = serializers.IntegerField(
        min_value=files.DPIS[0], max_value=files.DPIS[1], default=300, help_text="Dots an inch, of pixels in print."
    )
    color_space = serializers.ChoiceField(choices=["rgb", "cmyk"], default="rgb", help_text="Of PDF and EPS.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(given := [name for name in files.WAYS if name in attrs]) > 1:
            raise ValidationError({given[1]: [f"Say how large it is in one way: leave out this or “{given[0]}”."]})
        return attrs

    def output(self, extension: Format) -> Output:
        asked = self.validated_data
        sizes = {name: asked[name] for name in files.WAYS if name in asked}
        return Output(extension, **sizes, dpi=asked["dpi"], color_space=asked["color_space"])


class PictureSerializer(OutputSerializer):
    """How one picture is asked for."""

    download = serializers.BooleanField(default=False, help_text="Save as a file instead of showing it.")


class PicturesWait(APIException):
    """Too many large pictures at the same time."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"
    wait = RETRY_SECONDS  # becomes Retry-After

    def __init__(self) -> None:
        super().__init__(str(Busy()))


class AnswersPictures(APIView):
    """The address or a field names the format, so `Accept: image/png` is no reason to refuse; problems are JSON."""

    def handle_exception(self, exc: Exception) -> Response:
        """What memory has no room for just now is asked for again."""
        return super().handle_exception(PicturesWait() if isinstance(exc, Busy) else exc)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        return super().perform_content_negotiation(request, force=True)


def picture(request: Request, content: bytes, extension: Format, name: str, *, download: bool) -> HttpResponseBase:
    """The file with a strong ETag, or 304 to who has these very bytes."""
    response = HttpResponse(content, content_type=files.CONTENT_TYPES[extension])
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = content_disposition_header(download, name) or "inline"
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    # What an SVG might refer to is nobody's business: opened by itself it loads and runs nothing.
    response["Content-Security-Policy"] = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    if request.method == "POST":  # what was sent is not what a condition is about
        return response
    return get_conditional_response(request._request, etag=response["ETag"], response=response) or response


def refusal(refused: FieldRefused) -> ValidationError:
    return ValidationError({refused.field: [refused.advice]})
