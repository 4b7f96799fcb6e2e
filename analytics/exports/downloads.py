"""Tables and files of exports as HTTP answers, with ETags."""

from django.http import FileResponse, StreamingHttpResponse

from analytics.exports import files
from analytics.exports.columns import Table
from analytics.exports.formats import Format, written
from analytics.exports.models import Export
from links.attachments import as_attachment


class NotHere(Exception):
    """The file is not on this server."""


def streamed(table: Table, format: Format, file_name: str, *, bom: bool = False) -> StreamingHttpResponse:
    """A table as a file that is made while it is read."""
    response = StreamingHttpResponse(written(table, format, bom=bom), content_type=format.media_type)
    return as_attachment(response, file_name)


def etag_of(export: Export) -> str:
    """A finished file never changes."""
    return f'"{export.pk}-{export.size}"'


def file_of(export: Export) -> FileResponse:
    """A finished export's file. Raises NotHere."""
    try:
        file = files.path_of(export).open("rb")
    except OSError as error:
        raise NotHere("The file is no longer on this server. Ask for the export again.") from error
    response = FileResponse(file, content_type=Format(export.format).media_type)
    response["ETag"] = etag_of(export)
    return as_attachment(response, export.file_name)
