"""The index of a batch: which file is which code, where it is printed and where it leads."""

from links.cells import cell
from links.models import Code

COLUMNS = ("file", "code", "address", "placement", "title", "destination", "link_id", "code_id")
HEADER = (",".join(COLUMNS) + "\r\n").encode()


def index_line(file: str, code: Code) -> bytes:
    """One code's line; its link and its domain are loaded."""
    link = code.link
    texts = (file, code.path, code.url, code.placement, link.title, link.leads_to)
    return (",".join([*map(cell, texts), cell(link.pk), cell(code.pk)]) + "\r\n").encode("utf-8", "backslashreplace")
