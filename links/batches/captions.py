"""Lines beside codes on labels: what a code says of itself, and cells of the CSV file that it comes from."""

from collections.abc import Callable, Mapping, Sequence

from links.models import Code
from links.pictures import caption_of

# What every code has. Any other name is that of a column of the CSV file.
OWN: dict[str, Callable[[Code], str]] = {
    "address": caption_of,
    "code": lambda code: code.path,
    "placement": lambda code: code.placement,
    "title": lambda code: code.link.title,
    "destination": lambda code: code.link.leads_to,
}
MOST_CAPTIONS = 8
LONGEST_NAME = 80


def lines_of(code: Code, captions: Sequence[str], cells: Mapping[str, str]) -> list[str]:
    """The code's lines in the order of the captions; its link and its domain are loaded. Some may be empty."""
    return [OWN[name](code) if name in OWN else cells.get(name, "") for name in captions]


def of_file(captions: Sequence[str]) -> list[str]:
    """Those that are columns of a CSV file."""
    return [name for name in captions if name not in OWN]
