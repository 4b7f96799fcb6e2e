"""A finished batch as an HTTP answer."""

from django.http import FileResponse

from links.attachments import as_attachment
from links.batches import stored
from links.batches.models import Batch

CONTENT_TYPES = {Batch.Output.ZIP: "application/zip", Batch.Output.LABELS: "application/pdf"}


class NotHere(Exception):
    """The file is not on this server."""


def etag_of(batch: Batch) -> str:
    """A finished file never changes."""
    return f'"{batch.pk}-{batch.starts}-{batch.size}"'


def file_of(batch: Batch) -> FileResponse:
    """A finished batch's ZIP or PDF. Raises NotHere."""
    try:
        file = stored.path_of(batch).open("rb")
    except OSError as error:
        raise NotHere("The file is no longer on this server. Ask for the batch again.") from error
    response = FileResponse(file, content_type=CONTENT_TYPES[Batch.Output(batch.output)])
    response["ETag"] = etag_of(batch)
    return as_attachment(response, batch.file_name)
