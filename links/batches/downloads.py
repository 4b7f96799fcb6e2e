"""A finished batch as an HTTP answer."""

from django.http import FileResponse

from links.attachments import as_attachment
from links.batches import archives
from links.batches.models import Batch


class NotHere(Exception):
    """The file is not on this server."""


def etag_of(batch: Batch) -> str:
    """A finished file never changes."""
    return f'"{batch.pk}-{batch.starts}-{batch.size}"'


def file_of(batch: Batch) -> FileResponse:
    """A finished batch's ZIP. Raises NotHere."""
    try:
        file = archives.path_of(batch).open("rb")
    except OSError as error:
        raise NotHere("The file is no longer on this server. Ask for the batch again.") from error
    response = FileResponse(file, content_type="application/zip")
    response["ETag"] = etag_of(batch)
    return as_attachment(response, batch.file_name)
