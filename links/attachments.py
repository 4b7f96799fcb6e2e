"""Files as HTTP answers: safe names, and nothing that a browser would open by itself."""

from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.http import content_disposition_header

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)


def as_attachment(response: ResponseT, file_name: str) -> ResponseT:
    """The response as a file to be saved under a name, asked for again whenever it is wanted again."""
    response["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
